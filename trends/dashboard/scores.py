"""How often the questions and factors that the page is filtered by were present, over time."""

from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString

from common.charts import SHARE, Annotation, Lines, Period, Point, Series, figure
from debriefs.queries.wordings import WordingChange, wording_changes
from trends.addresses import deals_address, table_address
from trends.axes import period_bounds
from trends.dashboard.state import DashboardState
from trends.dashboard.words import day, percent, short_period
from trends.query import TrendQuery
from trends.results import Key, Row, TrendResult
from trends.statistics import FEWEST

SCORED = ("question", "factor")
MOST_SERIES = 5

TITLES = {
    "question": "Questions answered “no” in lost deals, over time",
    "factor": "Factors that hurt in lost deals, over time",
}


def questions_of(state: DashboardState) -> dict[str, TrendQuery]:
    """By dimension what to ask: presence over time, of all deals that the other filters leave."""
    return {
        name: state.filtered(name, ()).asking("mentions", state.time_dimension, name)
        for name in SCORED
        if state.query.values_of(name)
    }


def scores_over_time(answer: TrendResult, state: DashboardState) -> SafeString:
    """The share of debriefed losses in which each chosen question or factor was present."""
    time, name = answer.query.by
    keys = chosen(answer.rows, state.query.values_of(name))[:MOST_SERIES]
    periods = list(dict.fromkeys(row.keys[0] for row in answer.rows))
    rows = {row.keys: row for row in answer.rows}
    partial = {row.keys[0] for row in answer.rows if row.partial}
    marks, told = rewordings([key.id for key in keys if key.id], time, periods)
    chart = Lines(
        key=f"{name}-over-time",
        title=TITLES[name],
        description=_description(keys, time, told),
        periods=[
            Period(each.label, short_period(time, each.label), is_partial=each in partial)
            for each in periods
        ],
        series=[
            Series(
                key.label,
                [_point(answer.query, rows.get((each, key)), each, key) for each in periods],
            )
            for key in keys
        ],
        unit=SHARE,
        annotations=marks,
        period_heading=time.capitalize(),
    )
    return figure(
        chart,
        csv_href=table_address(answer.query),
        no_data="No lost deal of this period has been debriefed.",
    )


def _description(keys: Sequence[Key], time: str, told: str) -> str:
    """A line that is alone has no legend: the note names it."""
    named = f"“{keys[0].label}” " if len(keys) == 1 else ""
    share = f"{named}Share of the debriefed losses of each {time}; below 5 none is drawn."
    return f"{share} {told}".rstrip()


def chosen(rows: Iterable[Row], values: Sequence[str | None]) -> list[Key]:
    """The keys that a filter's values name, by id or in words, in the order of the template."""
    keys = dict.fromkeys(row.keys[1] for row in rows)
    return [key for key in keys if key.id in values or key.label in values]


def rewordings(
    keys: Iterable[str], time: str, periods: Sequence[Key]
) -> tuple[list[Annotation], str]:
    """Marks where the words of these questions or factors changed, and the same in a sentence."""
    marks, sentences = [], []
    for key in keys:
        for change in wording_changes(key):
            place = _place(change, time, periods)
            if place is not None:
                words = f"Reworded on {day(change.day)}: “{change.before}” became “{change.after}”"
                marks.append(Annotation(place, "Reworded", words))
                sentences.append(f"{words}.")
    return sorted(marks, key=lambda mark: mark.before), " ".join(sentences)


def _place(change: WordingChange, time: str, periods: Sequence[Key]) -> float | None:
    """Where the day lies among the periods: 2.5 is the middle of the third."""
    for number, period in enumerate(periods):
        bounds = period_bounds(time, period.label)
        if bounds and bounds.since <= change.day <= bounds.until:
            return number + (change.day - bounds.since).days / bounds.days
    return None


def _point(query: TrendQuery, row: Row | None, period: Key, key: Key) -> Point:
    if row is None or row.share is None or (row.of or 0) < FEWEST:
        return Point(None, "")
    words = f"{key.label}, {period.label}: {percent(row.share)}, {row.n:,} of {row.of or 0:,} debriefed losses"
    href = deals_address(query, (period, key)) if row.n else ""
    return Point(row.share, words, href, row.low, row.high)
