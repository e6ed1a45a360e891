"""What debriefs do when something happens elsewhere."""

from collections.abc import Sequence

from deals.events import DEAL_CHANGED, DEAL_CLOSED
from debriefs.events import DEBRIEF_SUBMITTED, REASON_CHANGED
from debriefs.services.reminders import keep_reminders_of_deals, keep_reviews
from debriefs.services.requests import open_requests
from outbox.models import Event
from outbox.subscriptions import subscriber


@subscriber("debriefs.requests", kinds=[DEAL_CLOSED])
def ask_for_debriefs(event: Event) -> None:
    """A deal closed, or an import brought closed ones: their owners are asked."""
    payload = event.payload
    open_requests(payload.get("closing_ids") or [payload["closing_id"]])


@subscriber("debriefs.reminders", kinds=[DEAL_CHANGED, DEBRIEF_SUBMITTED], batch=True)
def end_reminders(events: Sequence[Event]) -> None:
    """A debrief was submitted, a deal renamed or opened again: the notices say so."""
    payloads = [event.payload for event in events]
    deal_ids = {key for each in payloads for key in each.get("deal_ids") or [each["deal_id"]]}
    keep_reminders_of_deals(deal_ids)


@subscriber("debriefs.reviews", kinds=[REASON_CHANGED], batch=True)
def follow_reviews(_events: Sequence[Event]) -> None:
    """A reason got another owner or review day, or left the list: the notices say so."""
    keep_reviews()
