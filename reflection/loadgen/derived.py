"""What bulk rows owe the rest of the house, since no event tells of them."""

from playbook.services import rebuild_entries
from trends import services as tally


def rebuild_derived() -> None:
    """Build the trend tally and the playbook's entries anew from the source rows."""
    tally.rebuild()
    rebuild_entries()
