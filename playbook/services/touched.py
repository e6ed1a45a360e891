"""Which deals an event touches, as the playbook's entries see it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from deals.events import ACCOUNT_CHANGED, CATALOGUE_CHANGED, DEAL_CHANGED, DEAL_CLOSED, RATE_CHANGED
from debriefs.events import DEBRIEF_SUBMITTED, REASON_CHANGED, REASON_RECODED
from outbox.models import Event
from people.events import MEMBERSHIP_CHANGED, PERSON_CHANGED

# Names and all that were merged into them, however often.
_WITH_MERGED = """
WITH RECURSIVE named AS (
    SELECT id FROM {table} WHERE id = ANY(%(ids)s)
    UNION
    SELECT merged.id FROM {table} merged JOIN named ON merged.merged_into_id = named.id
)
"""
_BY_NAME = {
    "account": "SELECT id FROM deals_deal WHERE account_id IN (SELECT id FROM named)",
    "product": "SELECT id FROM deals_deal WHERE product_id IN (SELECT id FROM named)",
    "stage": "SELECT deal_id FROM deals_closing WHERE stage_id IN (SELECT id FROM named)",
    "competitor": """
        SELECT deal_id FROM deals_dealcompetitor WHERE competitor_id IN (SELECT id FROM named)
        UNION
        SELECT deal_id FROM deals_closing WHERE winner_id IN (SELECT id FROM named)
    """,
}
_BY_REASON = """
SELECT closing.deal_id
FROM debriefs_citedreason cited
JOIN debriefs_debrief debrief ON debrief.current_version_id = cited.version_id
JOIN deals_closing closing ON closing.id = debrief.closing_id
WHERE cited.reason_id IN (SELECT id FROM named)
UNION
SELECT closing.deal_id
FROM debriefs_recoding recoding
JOIN debriefs_debrief debrief ON debrief.current_version_id = recoding.version_id
JOIN deals_closing closing ON closing.id = debrief.closing_id
WHERE recoding.into_id IN (SELECT id FROM named)
"""
_BY_PEOPLE = """
SELECT id FROM deals_deal WHERE owner_id = ANY(%(ids)s)
UNION
SELECT closing.deal_id FROM debriefs_debrief debrief
JOIN deals_closing closing ON closing.id = debrief.closing_id
WHERE debrief.author_id = ANY(%(ids)s)
"""
_BY_MEMBERSHIP = """
SELECT deal.id FROM deals_deal deal JOIN deals_closing closing ON closing.deal_id = deal.id
WHERE deal.owner_id = %(user_id)s AND closing.closed_on >= %(since)s
    AND closing.closed_on < COALESCE(%(until)s::date, 'infinity')
"""
_BY_RATE = """
SELECT deal_id FROM deals_closing
WHERE currency_id = %(currency)s AND closed_on >= %(since)s
    AND closed_on < COALESCE(%(until)s::date, 'infinity')
"""


def deals_touched_by(events: Iterable[Event]) -> set[int]:
    """The deals whose entries may read differently after these events."""
    return {deal for event in events for deal in _READERS[event.kind](event.payload)}


def _deals_named(payload: dict[str, Any]) -> list[int]:
    if "deal_ids" in payload:
        return list(payload["deal_ids"])
    if "deal_id" in payload:
        return [payload["deal_id"]]
    query = "SELECT deal_id FROM deals_closing WHERE id = ANY(%(ids)s)"
    return _ids(query, {"ids": payload["closing_ids"]})


def _deals_of_accounts(payload: dict[str, Any]) -> list[int]:
    return _deals_of_catalogue({"catalogue": "account", "ids": payload["account_ids"]})


def _deals_of_catalogue(payload: dict[str, Any]) -> list[int]:
    catalogue = payload["catalogue"]
    query = _WITH_MERGED.format(table=f"deals_{catalogue}") + _BY_NAME[catalogue]
    return _ids(query, {"ids": payload["ids"]})


def _deals_of_reasons(payload: dict[str, Any]) -> list[int]:
    query = _WITH_MERGED.format(table="debriefs_lossreason") + _BY_REASON
    return [*_ids(query, {"ids": payload["reason_ids"]}), *payload.get("deal_ids", ())]


def _deals_of_people(payload: dict[str, Any]) -> list[int]:
    return _ids(_BY_PEOPLE, {"ids": payload["user_ids"]})


def _ids(query: str, parameters: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [row[0] for row in cursor.fetchall()]


_READERS: dict[str, Callable[[dict[str, Any]], list[int]]] = {
    DEBRIEF_SUBMITTED: _deals_named,
    DEAL_CHANGED: _deals_named,
    DEAL_CLOSED: _deals_named,
    ACCOUNT_CHANGED: _deals_of_accounts,
    CATALOGUE_CHANGED: _deals_of_catalogue,
    REASON_CHANGED: _deals_of_reasons,
    REASON_RECODED: _deals_named,
    PERSON_CHANGED: _deals_of_people,
    MEMBERSHIP_CHANGED: lambda payload: _ids(_BY_MEMBERSHIP, payload),
    RATE_CHANGED: lambda payload: _ids(_BY_RATE, payload),
}
KINDS = frozenset(_READERS)
