"""A signal in the words of the trend engine: its questions, its chart, the deals behind it."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.utils.safestring import SafeString

from common.charts import SHARE, Annotation, Lines, Period, Point, Series, figure
from common.periods import Period as Days
from common.periods import add_months, month_end, month_start
from people.models import User
from trends import engine
from trends.addresses import deals_address, table_address
from trends.dashboard.words import day, percent, short_period
from trends.query import TrendQuery
from trends.results import Key, Row
from trends.signals.models import Signal, SignalKind
from trends.signals.series import Subject
from trends.statistics import fewest

MONTHS_BEFORE = 12
MOST_MONTHS = 36

_MEASURES: dict[str, str] = {
    Subject.REASON: "mentions",
    Subject.WINNER: "lost",
    Subject.COMPETITOR: "deals",
    Subject.STAGE: "lost",
    Subject.SEGMENT: "win_rate",
}
_SHARES: dict[str, tuple[str, str]] = {
    Subject.REASON: ("Share of debriefed losses that cite it", "debriefed losses"),
    Subject.WINNER: ("Share of losses", "losses"),
    Subject.COMPETITOR: ("Share of closed deals in which it was met", "closed deals"),
    Subject.STAGE: ("Share of losses", "losses"),
    Subject.SEGMENT: ("Win rate", "closed deals"),
}


def deals_query(signal: Signal) -> TrendQuery:
    """The deals that the signal counts since its onset."""
    measure = "lost" if signal.dimension == Subject.SEGMENT else _MEASURES[signal.dimension]
    query = TrendQuery(
        measure=measure,
        by=(signal.dimension,),
        since=signal.onset,
        until=signal.seen_until,
    )
    return query.where(**_within(signal))


def deals_cell(signal: Signal) -> dict[str, str | None]:
    return {signal.dimension: signal.value}


def deals_url(signal: Signal) -> str:
    return deals_address(deals_query(signal), [Key(signal.value, signal.name)])


def over_time_query(signal: Signal, *, today: date) -> TrendQuery:
    """By month, from a year before the onset on."""
    period = _months(signal, today)
    query = TrendQuery(
        measure=_MEASURES[signal.dimension],
        by=("month",) if signal.dimension == Subject.SEGMENT else ("month", signal.dimension),
        since=period.since,
        until=period.until,
    )
    only = {"segment": signal.value} if signal.dimension == Subject.SEGMENT else {}
    return query.where(**_within(signal), **only)


def over_time(signal: Signal, viewer: User, *, today: date) -> SafeString:
    """The chart: its share by month with 95 % intervals; each point opens its deals."""
    query = over_time_query(signal, today=today)
    result = engine.run(query, viewer)
    rows = {row.keys[0].label: row for row in result.rows if _is_its(row, signal)}
    months = [f"{month:%Y-%m}" for month in _months(signal, today).months()]
    heading, of = _SHARES[signal.dimension]
    point = partial(_point, signal, query, of)
    chart = Lines(
        key=f"signal-{signal.pk}",
        title=f"{heading}, by month",
        description=f"{_about(signal)}, of the {of} of each month, with 95% intervals; "
        f"below {fewest()} none is drawn. The mark is where it begins to look different.",
        periods=[
            Period(label, short_period("month", label), is_partial=label == f"{today:%Y-%m}")
            for label in months
        ],
        series=[Series(signal.name, [point(label, rows.get(label)) for label in months])],
        unit=SHARE,
        annotations=_onset(signal, months),
        period_heading="Month",
    )
    return figure(chart, csv_href=table_address(query), no_data="No deal of these months counts.")


def _months(signal: Signal, today: date) -> Days:
    """Whole months around the change, at most three years."""
    last = min(month_end(today), month_end(add_months(signal.seen_until, 24)))
    first = add_months(month_start(signal.onset), -MONTHS_BEFORE)
    return Days(max(first, add_months(month_start(last), 1 - MOST_MONTHS)), last)


def _within(signal: Signal) -> dict[str, str]:
    return {signal.within_dimension: signal.within_value} if signal.within_dimension else {}


def _is_its(row: Row, signal: Signal) -> bool:
    return len(row.keys) == 1 or row.keys[1].id == signal.value


def _about(signal: Signal) -> str:
    return f"{signal.name} in {signal.within_name}" if signal.within_name else signal.name


def _point(signal: Signal, query: TrendQuery, of: str, label: str, row: Row | None) -> Point:
    if row is None or row.share is None or (row.of or 0) < fewest():
        return Point(None, "")
    key = Key(label, label)
    keys: Sequence[Key] = [key] if len(row.keys) == 1 else [key, Key(signal.value, signal.name)]
    hits = row.n if len(row.keys) > 1 else round(row.share * row.n)
    words = f"{_about(signal)}, {label}: {percent(row.share)}, {hits:,} of {row.of or 0:,} {of}"
    return Point(row.share, words, deals_address(query, keys) if row.n else "", row.low, row.high)


def _onset(signal: Signal, months: Sequence[str]) -> list[Annotation]:
    label = f"{signal.onset:%Y-%m}"
    if signal.kind == SignalKind.STANDS_OUT or label not in months:
        return []
    end = month_end(signal.onset).day
    place = months.index(label) + (signal.onset.day - 1) / end
    return [Annotation(place, "Looks different", f"Looks different from {day(signal.onset)} on")]
