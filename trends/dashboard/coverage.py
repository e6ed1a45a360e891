"""What charts about debriefs leave out: the losses not debriefed, hatched, and what that means for a share."""

from collections.abc import Iterable
from dataclasses import replace

from common.charts import Bar, Href, Point
from common.charts.marks import NOT_DEBRIEFED
from common.charts.units import Number
from trends.dashboard.figures import Links
from trends.dashboard.words import chart_unit, deals, percent
from trends.measures import SAID, Unit
from trends.query import TrendQuery
from trends.results import Covered, Key, Row, TrendResult

BOUNDS_LABEL = "Share if none, or all, of those not debriefed were of it"


def tells_debriefs(answer: TrendResult) -> bool:
    """Whether the answer is divided or chosen by what debriefs of losses say."""
    query = answer.query
    counted = query.measure in ("mentions", "primary", "lost_amount", "lost")
    return counted and not SAID.isdisjoint({*query.by, *dict(query.filters)})


def whatever_is_said(query: TrendQuery) -> TrendQuery:
    """The query without the filters that only debriefed deals can pass."""
    return query.with_filters({name: () for name, _ in query.filters if name in SAID | {"debrief"}})


def undebriefed(query: TrendQuery, *by: str) -> TrendQuery:
    """The lost deals without a submitted debrief.

    What `query` asks of debriefs is left out: of these deals nobody knows.
    """
    losses = whatever_is_said(replace(query, measure="lost", by=by))
    return losses.with_filters({"debrief": ("missing", "dismissed")})


def undebriefed_bar(answer: TrendResult, links: Links) -> list[Bar]:
    """The lost deals of which no debrief says anything, hatched; none where all are debriefed."""
    missing = answer.undebriefed
    if not missing:
        return []
    query = undebriefed(answer.query)
    if answer.query.asked_measure.unit is Unit.MONEY:
        unit = chart_unit(answer.query.asked_measure, answer.currency)
        words = f"{deals(missing)} lost and not debriefed, {unit.full(answer.undebriefed_amount)}"
        value: Number = answer.undebriefed_amount
        basis = deals(missing)
    else:
        words = f"{deals(missing)} lost and not debriefed: their reasons are unknown"
        value, basis = missing, f"of {missing + answer.loss_coverage.debriefed:,} lost"
    link = links.cell(query, (), missing)
    return [Bar(NOT_DEBRIEFED, value, words, link, basis=basis, is_unknown=True)]


def left_out(answer: TrendResult) -> str:
    """“343 lost deals are not debriefed.”, nothing where all are."""
    if not answer.undebriefed or not tells_debriefs(answer):
        return ""
    return f"{answer.undebriefed:,} lost deals are not debriefed."


def bounds_on(row: Row, of: int) -> tuple[float, float] | None:
    """The bounds of a share, on an axis of so many debriefed losses."""
    if row.bounds is None or row.covered is None or not row.covered.missing:
        return None
    low, high = row.bounds
    return low * of, high * of


def covered_by(rows: Iterable[Row], place: int) -> dict[Key, Covered]:
    """The coverage of the losses by one dimension of an answer."""
    return {row.keys[place]: row.covered for row in rows if row.covered}


def hatched_columns(
    answer: TrendResult, at: int, periods: Iterable[Key], links: Links, *, as_share: bool = False
) -> list[Point]:
    """The losses not debriefed of each period, behind lines about debriefs; none where there are none."""
    found = covered_by(answer.rows, at)
    if not any(each.missing for each in found.values()):
        return []
    query = undebriefed(answer.query, answer.query.by[at])
    return [
        _column(period, found.get(period, Covered(0, 0)), query, links, as_share=as_share)
        for period in periods
    ]


def _column(
    period: Key, covered: Covered, query: TrendQuery, links: Links, *, as_share: bool
) -> Point:
    lost = covered.debriefed + covered.missing
    share = covered.missing / lost if lost else None
    words = f"{period.label}: {deals(covered.missing)} lost and not debriefed"
    if share:
        words += f" ({percent(share)} of {lost:,} lost)"
    link: Href = links.cell(query, (period,), covered.missing) if covered.missing else ""
    return Point(share if as_share else covered.missing, words, link)
