"""What the tally hears of, and which deals that touches."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from deals import events as deals
from debriefs import events as debriefs
from outbox.models import Event
from outbox.subscriptions import subscriber
from people import events as people
from trends import services, source
from trends.services import TALLY, Touched

BATCH_SIZE = 2_000

_NAME_LABELS = {
    deals.CATALOGUE_CHANGED,
    debriefs.REASON_CHANGED,
    debriefs.CODE_CHANGED,
    debriefs.TEMPLATE_PUBLISHED,
    people.MEMBERSHIP_CHANGED,
    people.TEAM_CHANGED,
    people.PERSON_CHANGED,
}
_NAME_ACCOUNTS = {deals.ACCOUNT_CHANGED, deals.CATALOGUE_CHANGED}


@subscriber(
    TALLY,
    kinds=[
        deals.DEAL_CHANGED,
        deals.ACCOUNT_CHANGED,
        deals.CATALOGUE_CHANGED,
        deals.RATE_CHANGED,
        debriefs.DEBRIEF_SUBMITTED,
        debriefs.REQUEST_DECIDED,
        debriefs.REASON_CHANGED,
        debriefs.REASON_RECODED,
        debriefs.REASONS_JUDGED,
        debriefs.TEXT_CODED,
        debriefs.CODE_CHANGED,
        debriefs.TEMPLATE_PUBLISHED,
        people.MEMBERSHIP_CHANGED,
        people.TEAM_CHANGED,
        people.PERSON_CHANGED,
    ],
    batch=True,
    batch_size=BATCH_SIZE,
)
def bring_up_to_date(events: Sequence[Event]) -> None:
    """One tally for all events of the batch."""
    services.bring_up_to_date(touched_by(events))


def touched_by(events: Sequence[Event]) -> Touched:
    kinds = {event.kind for event in events}
    deal_ids: set[int] = set()
    for event in events:
        deal_ids.update(_deals_of(event))
    return Touched(
        deal_ids=frozenset(deal_ids),
        labels=bool(kinds & _NAME_LABELS),
        accounts=bool(kinds & _NAME_ACCOUNTS),
    )


def _deals_of(event: Event) -> Iterable[int]:
    payload: dict[str, Any] = event.payload
    if event.kind == deals.RATE_CHANGED:
        return source.deals_in_currency(payload["currency"], *_days(payload))
    if event.kind == people.MEMBERSHIP_CHANGED:
        return source.deals_owned_by(payload["user_id"], *_days(payload))
    return [*payload.get("deal_ids", ()), *([payload["deal_id"]] if "deal_id" in payload else ())]


def _days(payload: dict[str, Any]) -> tuple[date, date | None]:
    until = payload.get("until")
    return date.fromisoformat(payload["since"]), date.fromisoformat(until) if until else None
