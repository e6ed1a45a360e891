"""What bulk rows owe the rest of the house, since no event tells of them."""

from debriefs.services.reminders import repair_reminders
from playbook.services import rebuild_entries
from trends import services as tally
from trends.participation.quality import measure_all
from trends.signals.services import look_for_signals


def rebuild_derived() -> None:
    """Build the tally, the playbook's entries and the notices anew, measure the debriefs, and look for signals."""
    tally.rebuild()
    rebuild_entries()
    repair_reminders()
    measure_all()
    look_for_signals()
