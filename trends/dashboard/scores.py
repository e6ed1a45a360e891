"""How often the questions and factors that the page is filtered by were present, over time."""

from collections.abc import Iterable, Sequence
from datetime import date

from common.charts import SHARE, Annotation, Lines, Period, Point, Series
from debriefs.queries.wordings import wording_changes_of
from trends.axes import period_bounds
from trends.dashboard.coverage import hatched_columns
from trends.dashboard.figures import Figure, Links
from trends.dashboard.words import day, percent, short_period
from trends.results import Key, Row, TrendResult
from trends.statistics import fewest

SCORED = ("question", "factor")
MOST_SERIES = 5

TITLES = {
    "question": "Questions answered “no” in lost deals, over time",
    "factor": "Factors that hurt in lost deals, over time",
}


def scores_over_time(
    answer: TrendResult,
    keys: Sequence[Key],
    *,
    links: Links,
    marks: Sequence[Annotation] = (),
) -> Figure:
    """The share of debriefed losses in which each of these questions or factors was present."""
    time, name = answer.query.by
    reworded, told = rewordings([key.id for key in keys if key.id], time, periods_in(answer))
    return shares_over_time(
        answer,
        keys,
        key=f"{name}-over-time",
        title=TITLES[name],
        links=links,
        marks=[*marks, *reworded],
        told=told,
    )


def shares_over_time(
    answer: TrendResult,
    keys: Sequence[Key],
    *,
    key: str,
    title: str,
    links: Links,
    marks: Sequence[Annotation] = (),
    told: str = "",
) -> Figure:
    """A line per key of an answer by (time, dimension): its share in each period, from 5 deals on."""
    time = answer.query.by[0]
    periods = periods_in(answer)
    rows = {row.keys: row for row in answer.rows}
    partial = {row.keys[0] for row in answer.rows if row.partial}
    chart = Lines(
        key=key,
        title=title,
        description=_description(keys, time, told),
        periods=[
            Period(each.label, short_period(time, each.label), is_partial=each in partial)
            for each in periods
        ],
        series=[
            Series(one.label, [_point(answer, rows.get((each, one)), links) for each in periods])
            for one in keys
        ],
        unit=SHARE,
        annotations=marks,
        period_heading=time.capitalize(),
        undebriefed=hatched_columns(answer, 0, periods, links, as_share=True),
    )
    return Figure(chart, answer.query, "No lost deal of this period has been debriefed.")


def periods_in(answer: TrendResult) -> list[Key]:
    """The periods of an answer whose first dimension is of time."""
    return sorted({row.keys[0] for row in answer.rows}, key=lambda key: key.label)


def most_present(answer: TrendResult) -> list[Key]:
    """The keys of the second dimension that the most deals have, unknown left out."""
    sums: dict[Key, int] = {}
    for row in answer.rows:
        sums[row.keys[1]] = sums.get(row.keys[1], 0) + row.n
    known = [key for key in sums if key.id is not None and sums[key]]
    return sorted(known, key=lambda key: -sums[key])[:MOST_SERIES]


def _description(keys: Sequence[Key], time: str, told: str) -> str:
    """A line that is alone has no legend: the note names it."""
    named = f"“{keys[0].label}” " if len(keys) == 1 else ""
    share = f"{named}Share of the debriefed losses of each {time}; below {fewest()} none is drawn."
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
    for changes in wording_changes_of(keys).values():
        for change in changes:
            place = place_of(change.day, time, periods)
            if place is not None:
                words = f"Reworded on {day(change.day)}: “{change.before}” became “{change.after}”"
                marks.append(Annotation(place, "Reworded", words))
                sentences.append(f"{words}.")
    return sorted(marks, key=lambda mark: mark.before), " ".join(sentences)


def place_of(day: date, time: str, periods: Sequence[Key]) -> float | None:
    """Where the day lies among the periods: 2.5 is the middle of the third."""
    for number, period in enumerate(periods):
        bounds = period_bounds(time, period.label)
        if bounds and bounds.since <= day <= bounds.until:
            return number + (day - bounds.since).days / bounds.days
    return None


def _point(answer: TrendResult, row: Row | None, links: Links) -> Point:
    if row is None or row.share is None:
        return Point(None, "")
    period, key = row.keys
    words = (
        f"{key.label}, {period.label}: {percent(row.share)}, "
        f"{row.n:,} of {row.of or 0:,} debriefed losses"
    )
    return Point(row.share, words, links.row(answer, row) if row.n else "", row.low, row.high)
