"""What bulk rows owe the rest of the house, since no event tells of them."""

from debriefs.services.reminders import repair_reminders
from playbook.services import rebuild_entries
from trends import services as tally
from trends.participation.quality import measure_all


def rebuild_derived() -> None:
    """Build the tally, the playbook's entries and the notices anew, and measure the debriefs."""
    tally.rebuild()
    rebuild_entries()
    repair_reminders()
    measure_all()
