"""What the playbook hears of through the outbox."""

from collections.abc import Sequence

from outbox.models import Event
from outbox.subscriptions import subscriber
from playbook.services.entries import refresh_entries
from playbook.services.touched import KINDS, deals_touched_by


@subscriber("playbook.entries", kinds=KINDS, batch=True)
def keep_entries(events: Sequence[Event]) -> None:
    """Refresh the entries of every deal that the events touch."""
    refresh_entries(list(deals_touched_by(events)))
