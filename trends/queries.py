"""The deals behind a number, as rows for a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deals.models import Closing, Outcome
from debriefs.models import CitedReason, Debrief
from people.models import User
from trends import engine
from trends.query import TrendQuery
from trends.results import Row

PAGE = 50
EVERYTHING = 10_000_000


@dataclass(frozen=True)
class DealRow:
    """One deal of a drill-down. `amount` is what it closed at, in its own currency."""

    deal_id: int
    name: str
    account: str
    owner: str
    closed_on: date
    outcome: str
    outcome_label: str
    stage: str
    reason: str
    amount: Decimal | None
    currency: str
    debrief_id: int | None


@dataclass(frozen=True)
class DealsBehind:
    """One page of the deals behind a number.

    `total` is the number's n; `worth` sums the `known` of them whose amount is known, in minor
    units of the reporting currency. Only `open_to_viewer` of them are listed where fewer are open:
    to a partner those with a debrief for the company.
    """

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
    number = _number(query, cell, viewer)
    if viewer.is_partner:
        return _behind_for_partner(query, cell, viewer, number, after)
    drill = engine.drill(query, cell, viewer, after=after, limit=PAGE)
    rows = deal_rows(drill.closing_ids, viewer)
    return DealsBehind(
        number, drill.total, drill.total, rows, drill.after, drill.known, drill.amount
    )


def _number(query: TrendQuery, cell: dict[str, str | None], viewer: User) -> Row | None:
    result = engine.run(query, viewer)
    return result.row(*(cell[name] for name in query.by)) if cell else result.total


def _behind_for_partner(
    query: TrendQuery,
    cell: dict[str, str | None],
    viewer: User,
    number: Row | None,
    after: tuple[date, int] | None,
) -> DealsBehind:
    drill = engine.drill(query, cell, viewer, limit=EVERYTHING)
    shared = Debrief.objects.visible_to(viewer).filter(closing__in=drill.closing_ids)
    opened = (
        Closing.objects.filter(pk__in=shared.values("closing"))
        .order_by("-closed_on", "-pk")
        .values_list("closed_on", "pk")
    )
    places = list(opened)
    page = [place for place in places if after is None or place < after][: PAGE + 1]
    rows = deal_rows(tuple(pk for _, pk in page[:PAGE]), viewer)
    following = page[PAGE - 1] if len(page) > PAGE else None
    known, worth = drill.known, drill.amount
    return DealsBehind(number, drill.total, len(places), rows, following, known, worth)


def deal_rows(closing_ids: tuple[int, ...], viewer: User) -> tuple[DealRow, ...]:
    """The rows of these closings, in their order, with what `viewer` may read of each."""
    closings = Closing.objects.select_related("deal__account", "deal__owner", "stage").in_bulk(
        closing_ids
    )
    debriefs = _counting_debriefs(closing_ids, viewer)
    reasons = _primary_reasons(debriefs.values(), viewer)
    return tuple(
        _row(closings[pk], debriefs.get(pk), reasons) for pk in closing_ids if pk in closings
    )


def _counting_debriefs(closing_ids: tuple[int, ...], viewer: User) -> dict[int, Debrief]:
    debriefs = Debrief.objects.visible_to(viewer).counting().filter(closing__in=closing_ids)
    return {debrief.closing_id: debrief for debrief in debriefs}


def _primary_reasons(debriefs: Iterable[Debrief], viewer: User) -> dict[int, str]:
    versions = [debrief.current_version_id for debrief in debriefs]
    cited = CitedReason.objects.visible_to(viewer).filter(version__in=versions, rank=1)
    return dict(cited.values_list("version_id", "reason__name"))


def _row(closing: Closing, debrief: Debrief | None, reasons: dict[int, str]) -> DealRow:
    deal = closing.deal
    return DealRow(
        deal_id=deal.pk,
        name=deal.name,
        account=deal.account.name if deal.account else "",
        owner=str(deal.owner) if deal.owner else "",
        closed_on=closing.closed_on,
        outcome=closing.outcome,
        outcome_label=Outcome(closing.outcome).label,
        stage=closing.stage.name if closing.stage else "",
        reason=reasons.get(debrief.current_version_id or 0, "") if debrief else "",
        amount=closing.amount,
        currency=closing.currency_id or "",
        debrief_id=debrief.pk if debrief else None,
    )
