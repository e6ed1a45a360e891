"""What bulk rows owe the rest of the house, since no event tells of them."""

from debriefs.services.reminders import repair_reminders
from playbook.services import rebuild_entries
from trends import services as tally


def rebuild_derived() -> None:
    """Build the trend tally, the playbook's entries and the notices anew from the source rows."""
    tally.rebuild()
    rebuild_entries()
    repair_reminders()
