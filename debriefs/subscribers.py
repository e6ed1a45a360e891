"""What debriefs do when something happens elsewhere."""

from deals.events import DEAL_CLOSED
from debriefs.services.requests import open_requests
from outbox.models import Event
from outbox.subscriptions import subscriber


@subscriber("debriefs.requests", kinds=[DEAL_CLOSED])
def ask_for_debriefs(event: Event) -> None:
    """A deal closed, or an import brought closed ones: their owners are asked."""
    payload = event.payload
    open_requests(payload.get("closing_ids") or [payload["closing_id"]])
