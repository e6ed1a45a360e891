"""What bulk rows owe the rest of the house, since no event tells of them."""

from trends import services as tally


def rebuild_derived() -> None:
    """Build the trend tally anew from the source rows."""
    tally.rebuild()
