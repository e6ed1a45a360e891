"""The dashboard's charts, drawn from answers of the trend engine."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from common.charts import (
    COUNT,
    Annotation,
    Bar,
    Bars,
    Columns,
    Dot,
    Dots,
    Period,
    Point,
    Reference,
    Series,
)
from trends.dashboard.coverage import (
    BOUNDS_LABEL,
    bounds_on,
    tells_debriefs,
    undebriefed,
    undebriefed_bar,
)
from trends.dashboard.figures import Figure, Links
from trends.dashboard.scores import rewordings
from trends.dashboard.untested import LABEL as UNTESTED
from trends.dashboard.untested import untested_part, untested_words
from trends.dashboard.words import (
    bounds_words,
    chart_unit,
    compared_words,
    deals,
    percent,
    short_period,
    unknown_short,
    unknown_words,
)
from trends.query import TrendQuery
from trends.results import Key, Row, TrendResult

MOST_SERIES = 5
MOST_ROWS = 12
PLAIN = Links()


def reasons_over_time(
    primary: TrendResult,
    losses: TrendResult,
    *,
    narrowed_by: Sequence[str] = (),
    links: Links = PLAIN,
    marks: Sequence[Annotation] = (),
) -> Figure:
    """Primary reasons of debriefed losses, stacked, with the losses not debriefed on top.

    `primary` is by (time, reason), `losses` by (time, debrief); `narrowed_by` are the keys of
    the questions and factors that both are filtered by, `marks` what happened meanwhile.
    """
    periods = periods_of(losses, primary)
    missing = _undebriefed_by_period(losses)
    of_missing = undebriefed(losses.query, losses.query.by[0])
    cells = {row.keys_ids: row for row in map(_Cell, primary.rows)}
    shown, folded = _largest_reasons(primary)
    series = [
        Series(key.label, [_reason_point(primary, cells, each, key, links) for each in periods])
        for key in shown
    ]
    if folded:
        any_of_them = replace(primary.query, by=primary.query.by[:1]).with_filters(
            {"primary_reason": [key.id for key in folded if key.id]}
        )
        series.append(
            Series(
                "Other reasons",
                [_folded_point(any_of_them, cells, each, folded, links) for each in periods],
            )
        )
    series.append(
        Series(
            "Not debriefed",
            [_undebriefed_point(of_missing, missing[each.id], each, links) for each in periods],
            is_hatched=True,
        )
    )
    name = primary.query.by[0]
    partial = {row.keys[0].id for row in (*primary.rows, *losses.rows) if row.partial}
    reworded, told = rewordings(narrowed_by, name, periods)
    chart = Columns(
        key="reasons-over-time",
        title="Primary reason of lost deals, over time",
        description="Each lost deal once, by the day it closed; those without a debrief are hatched."
        f" {told}".rstrip(),
        annotations=[*marks, *reworded],
        periods=[
            Period(each.label, short_period(name, each.label), is_partial=each.id in partial)
            for each in periods
        ],
        series=series if primary.rows or losses.rows else [],
        period_heading=name.capitalize(),
    )
    return Figure(chart, primary.query, "No deal was lost in this period.")


class _Cell:
    """A row of a two-dimensional answer, by the ids of its keys."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.keys_ids = tuple(key.id for key in row.keys)


def periods_of(*results: TrendResult) -> list[Key]:
    """All periods of the answers, in the order of time."""
    found = {row.keys[0].label: row.keys[0] for result in results for row in result.rows}
    return [found[label] for label in sorted(found)]


def _largest_reasons(primary: TrendResult) -> tuple[list[Key], list[Key]]:
    sums: dict[str | None, int] = {}
    keys: dict[str | None, Key] = {}
    for row in primary.rows:
        key = row.keys[1]
        keys[key.id] = key
        sums[key.id] = sums.get(key.id, 0) + row.n
    ranked = [keys[each] for each in sorted(sums, key=lambda each: (-sums[each], keys[each].label))]
    ranked = [key for key in ranked if sums[key.id]]
    if len(ranked) <= MOST_SERIES + 1:
        return ranked, []
    return ranked[:MOST_SERIES], ranked[MOST_SERIES:]


def _reason_point(
    primary: TrendResult,
    cells: dict[tuple[str | None, ...], _Cell],
    period: Key,
    reason: Key,
    links: Links,
) -> Point:
    cell = cells.get((period.id, reason.id))
    count = cell.row.n if cell else 0
    untested = f", {untested_words(cell.row)}" if cell and untested_words(cell.row) else ""
    words = f"{reason.label}, {period.label}: primary reason of {deals(count)}{untested}"
    return Point(count, words, links.cell(primary.query, (period, reason), count) if count else "")


def _folded_point(
    any_of_them: TrendQuery,
    cells: dict[tuple[str | None, ...], _Cell],
    period: Key,
    reasons: Sequence[Key],
    links: Links,
) -> Point:
    found = [cells[(period.id, key.id)].row for key in reasons if (period.id, key.id) in cells]
    count = sum(row.n for row in found)
    words = f"Other reasons, {period.label}: primary reason of {deals(count)}"
    return Point(count, words, links.cell(any_of_them, (period,), count) if count else "")


def _undebriefed_by_period(losses: TrendResult) -> Counter[str | None]:
    found = Counter[str | None]()
    for row in losses.rows:
        if row.keys[1].id != "submitted":
            found[row.keys[0].id] += row.n
    return found


def _undebriefed_point(of_missing: TrendQuery, count: int, period: Key, links: Links) -> Point:
    words = f"{period.label}: {deals(count)} lost and not debriefed"
    return Point(count, words, links.cell(of_missing, (period,), count) if count else "")


def won_and_lost(
    lost: TrendResult,
    won: TrendResult,
    *,
    key: str,
    title: str,
    links: Links = PLAIN,
    marks: Sequence[Annotation] = (),
) -> Figure:
    """Closed deals over time; both answers are by one dimension of time."""
    name = lost.query.by[0]
    chart = Columns(
        key=key,
        title=title,
        description="Each closed deal once, by the day it closed.",
        annotations=marks,
        periods=[
            Period(row.keys[0].label, short_period(name, row.keys[0].label), is_partial=row.partial)
            for row in lost.rows
        ],
        series=[
            Series(label, [_closed_point(answer, row, label, links) for row in answer.rows])
            for label, answer in (("Lost", lost), ("Won", won))
        ],
        period_heading=name.capitalize(),
    )
    return Figure(chart, lost.query, "No deal closed in this period.")


def _closed_point(answer: TrendResult, row: Row, label: str, links: Links) -> Point:
    words = f"{row.keys[0].label}: {deals(row.n)} {label.lower()}"
    return Point(row.n, words, links.row(answer, row) if row.n else "")


def only(answer: TrendResult, keep: Callable[[Row], bool]) -> TrendResult:
    """The answer with some of its rows."""
    return replace(answer, rows=tuple(row for row in answer.rows if keep(row)))


def top_reasons(mentions: TrendResult, *, links: Links = PLAIN) -> Figure:
    """How many debriefed losses cite each reason, the losses without a debrief hatched below."""
    coverage = mentions.loss_coverage
    bars = [_reason_bar(mentions, row, links) for row in _known(mentions.rows)[:MOST_ROWS]]
    if bars:
        bars += undebriefed_bar(mentions, links)
    chart = Bars(
        key="top-reasons",
        title="Reasons cited",
        description=(
            f"Losses that cite each reason, of {coverage.debriefed:,} debriefed losses; a deal "
            f"may cite three. The whiskers are 95% intervals."
        ),
        bars=bars,
        row_heading="Reason",
        value_heading="Losses citing it",
        part_label=UNTESTED,
        bounds_label=BOUNDS_LABEL,
    )
    return Figure(chart, mentions.query, "No lost deal of this period has been debriefed yet.")


def _reason_bar(mentions: TrendResult, row: Row, links: Links) -> Bar:
    key, of = row.keys[0], row.of or 0
    missing = mentions.undebriefed
    before = compared_words(row.compared)
    basis = (
        f"{percent(row.share)} of {of:,}"
        if not row.too_few and row.share is not None
        else f"of {of:,}"
    )
    return Bar(
        key.label,
        row.n,
        f"{key.label}: {row.n:,} of {of:,} debriefed losses; {missing:,} not debriefed",
        links.row(mentions, row),
        basis=" · ".join(part for part in (basis, before, untested_words(row)) if part),
        low=row.low * of if row.low is not None else None,
        high=row.high * of if row.high is not None else None,
        bounds=bounds_on(row, of),
        bounds_words=bounds_words(row),
        **untested_part(mentions, row, COUNT, links),
    )


def amount_by(
    amount: TrendResult, *, key: str, title: str, heading: str, links: Links = PLAIN
) -> Figure:
    """Lost value by a dimension: known amounts only, the unknown ones counted in the words."""
    unit = chart_unit(amount.query.asked_measure, amount.currency)
    bars = [
        Bar(
            row.keys[0].label,
            row.value,
            f"{row.keys[0].label}: {unit.full(row.value or 0)} from {deals(row.n)} with an amount; "
            f"{unknown_words(row) or 'none of unknown value'}",
            links.row(amount, row),
            basis=_amount_basis(row),
            **untested_part(amount, row, unit, links),
        )
        for row in _shown(amount.rows)[:MOST_ROWS]
    ]
    if bars and tells_debriefs(amount):
        bars += undebriefed_bar(amount, links)
    chart = Bars(
        key=key,
        title=title,
        description=(
            f"Deals with a known amount, in {amount.currency} at the rate of the day each closed."
        ),
        bars=bars,
        unit=unit,
        row_heading=heading,
        value_heading="Lost value",
        part_label=UNTESTED,
    )
    return Figure(chart, amount.query, "No lost deal of this period has a known amount.")


def _amount_basis(row: Row) -> str:
    unknown = f", {unknown_short(row)}" if row.unknown else ""
    untested = f" · {untested_words(row)}" if untested_words(row) else ""
    return f"{deals(row.n)}{unknown}{untested}"


def lost_by(
    lost: TrendResult, *, key: str, title: str, heading: str, links: Links = PLAIN
) -> Figure:
    """Lost deals by a dimension in its own order; unknown is a bar of its own."""
    bars = [
        Bar(
            row.keys[0].label,
            row.n,
            f"{row.keys[0].label}: {row.n:,} of {row.of or 0:,} lost deals",
            links.row(lost, row),
            basis=f"{percent(row.share)} of {row.of or 0:,}" if row.share is not None else "",
            low=row.low * (row.of or 0) if row.low is not None else None,
            high=row.high * (row.of or 0) if row.high is not None else None,
            is_unknown=row.keys[0].id is None,
        )
        for row in _shown(lost.rows)[:MOST_ROWS]
    ]
    if bars and tells_debriefs(lost):
        bars += undebriefed_bar(lost, links)
    chart = Bars(
        key=key,
        title=title,
        description="Lost deals and their share of all that were lost, with 95% intervals.",
        bars=bars,
        row_heading=heading,
        value_heading="Lost deals",
    )
    return Figure(chart, lost.query, "No deal was lost in this period.")


def rate_by(
    rate: TrendResult,
    *,
    key: str,
    title: str,
    heading: str,
    description: str,
    reference: str,
    counted: Callable[[Row], str] = lambda row: f"of {row.n:,}",
    links: Links = PLAIN,
) -> Figure:
    """A rate by a dimension with Wilson intervals and the overall rate as a line."""
    measure = rate.query.asked_measure
    overall = rate.total.value
    dots = [
        Dot(
            row.keys[0].label,
            float(row.value) if row.value is not None else None,
            f"{row.keys[0].label}: {measure.label.lower()} {percent(_float(row.value))} {counted(row)}",
            links.row(rate, row) if row.n else "",
            basis=_basis(row, counted),
            low=row.low,
            high=row.high,
        )
        for row in _shown(rate.rows)[:MOST_ROWS]
    ]
    chart = Dots(
        key=key,
        title=title,
        description=description,
        dots=dots,
        row_heading=heading,
        value_heading=measure.label,
        reference=Reference(float(overall), f"{reference} {percent(float(overall))}")
        if overall is not None and dots
        else None,
    )
    return Figure(chart, rate.query, "No deal closed in this period under these filters.")


def _float(value: object) -> float | None:
    return float(value) if value is not None else None  # type: ignore[arg-type]


def _basis(row: Row, counted: Callable[[Row], str]) -> str:
    return f"{deals(row.n)}: too few" if row.too_few else counted(row)


def _known(rows: Sequence[Row]) -> list[Row]:
    return [row for row in _shown(rows) if row.keys[0].id is not None]


def _shown(rows: Sequence[Row]) -> list[Row]:
    """Rows that say something: a deal behind them."""
    return [row for row in rows if row.n or row.unknown]
