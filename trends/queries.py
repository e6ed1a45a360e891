"""The deals behind a number, as rows for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from deals.models import Closing
from debriefs.models import Debrief
from debriefs.queries.counting import counting_debriefs
from people.models import User
from trends import engine
from trends.query import TrendQuery
from trends.results import Row, TrendResult

PAGE = 50
EVERYTHING = 10_000_000

# By hand, and a name at a time: writing and planning a join of all these takes longer than reading them.
_ROWS = """
SELECT closing.id, closing.deal_id, deal.name,
    coalesce((SELECT name FROM deals_account WHERE id = deal.account_id), ''),
    coalesce((
        SELECT coalesce(nullif(full_name, ''), username) FROM people_user WHERE id = deal.owner_id
    ), ''),
    closing.closed_on, closing.outcome,
    coalesce((SELECT name FROM deals_stage WHERE id = closing.stage_id), ''),
    closing.amount, coalesce(closing.currency_id, '')
FROM deals_closing closing JOIN deals_deal deal ON deal.id = closing.deal_id
WHERE closing.id = ANY(%s)
"""


class DealRow(NamedTuple):
    """One deal of a drill-down. `amount` is what it closed at, in its own currency."""

    deal_id: int
    name: str
    account: str
    owner: str
    closed_on: date
    outcome: str
    stage: str
    amount: Decimal | None
    currency: str
    debrief_id: int | None
    reason: str


@dataclass(frozen=True)
class DealsBehind:
    """One page of the deals behind a number.

    `result` is the answer that has the number, `total` the number's n; `worth` sums the `known` of them whose amount is known, in minor
    units of the reporting currency. Only `open_to_viewer` of them are listed where fewer are open:
    to a partner those with a debrief for the company.
    """

    result: TrendResult
    number: Row | None
    total: int
    open_to_viewer: int
    rows: tuple[DealRow, ...]
    after: tuple[date, int] | None
    known: int
    worth: int


def deals_behind(
    query: TrendQuery,
    cell: dict[str, str | None],
    viewer: User,
    *,
    after: tuple[date, int] | None = None,
) -> DealsBehind:
    """The deals of one cell, latest first, with the rights of `viewer`."""
    if viewer.is_partner:
        return _behind_for_partner(query, cell, viewer, after)
    result, drill = engine.run_and_drill(query, cell, viewer, after=after, limit=PAGE)
    return DealsBehind(
        result=result,
        number=_number(result, cell),
        total=drill.total,
        open_to_viewer=drill.total,
        rows=deal_rows(drill.closing_ids, viewer),
        after=drill.after,
        known=drill.known,
        worth=drill.amount,
    )


def _number(result: TrendResult, cell: dict[str, str | None]) -> Row | None:
    return result.row(*(cell[name] for name in result.query.by)) if cell else result.total


def _behind_for_partner(
    query: TrendQuery,
    cell: dict[str, str | None],
    viewer: User,
    after: tuple[date, int] | None,
) -> DealsBehind:
    result, drill = engine.run_and_drill(query, cell, viewer, limit=EVERYTHING)
    shared = Debrief.objects.visible_to(viewer).filter(closing__in=drill.closing_ids)
    opened = (
        Closing.objects.filter(pk__in=shared.values("closing"))
        .order_by("-closed_on", "-pk")
        .values_list("closed_on", "pk")
    )
    places = list(opened)
    page = [place for place in places if after is None or place < after][: PAGE + 1]
    return DealsBehind(
        result=result,
        number=_number(result, cell),
        total=drill.total,
        open_to_viewer=len(places),
        rows=deal_rows(tuple(pk for _, pk in page[:PAGE]), viewer),
        after=page[PAGE - 1] if len(page) > PAGE else None,
        known=drill.known,
        worth=drill.amount,
    )


def deal_rows(closing_ids: Sequence[int], viewer: User) -> tuple[DealRow, ...]:
    """The rows of these closings, in their order, with what `viewer` may read of each."""
    if not closing_ids:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(closing_ids)])
        facts = {pk: rest for pk, *rest in cursor.fetchall()}
    debriefs = counting_debriefs(closing_ids, viewer)
    said = {pk: (each.id, each.reason) for pk, each in debriefs.items()}
    return tuple(
        DealRow(*facts[pk], *said.get(pk, (None, ""))) for pk in closing_ids if pk in facts
    )
