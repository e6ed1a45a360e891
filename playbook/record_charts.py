"""What the trends say of one competitor, product or reason over the last two years."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from common.charts import Columns, Period, Point, Series
from common.clock import company_today
from common.periods import add_months, quarter_start
from people.models import User
from playbook.kept import Kept
from trends import engine
from trends.addresses import deals_address
from trends.dashboard import charts
from trends.dashboard.figures import Figure
from trends.dashboard.tiles import (
    Tile,
    coverage_tile,
    lost_amount_tile,
    lost_tile,
    untested_tile,
    win_rate_tile,
)
from trends.errors import TrendError
from trends.query import TrendQuery
from trends.results import Row, TrendResult
from trends.snapshot import store

QUARTERS = 8
RATE_NOTE = "Won of closed deals, with 95% intervals; the line is the rate over all of them."

Answers = Mapping[str, TrendResult]


@dataclass(frozen=True)
class Record:
    """Headline figures and figures to look at; `closed` is how many deals they stand on."""

    closed: int
    tiles: tuple[Tile, ...] = ()
    charts: tuple[SafeString, ...] = ()


_kept: "Kept[Record]" = Kept(64)


def record_of(dimension: str, pk: int, viewer: User) -> Record:
    """The record of one value of a dimension. Kept until the tally or the day changes."""
    today = company_today()
    key = (tuple(sorted(store.current().versions.items())), dimension, pk, viewer.role, today)
    try:
        return _kept.get(key, lambda: _record(dimension, pk, viewer))
    except TrendError:
        return Record(closed=0)


def _record(dimension: str, pk: int, viewer: User) -> Record:
    questions = _questions(dimension, pk)
    answers = dict(zip(questions, engine.run_many(list(questions.values()), viewer), strict=True))
    if not answers["lost"].coverage.closed:
        return Record(closed=0)
    return Record(
        closed=answers["lost"].coverage.closed,
        tiles=tuple(_tiles(answers)),
        charts=tuple(figure.html() for figure in _charts(answers)),
    )


def _questions(dimension: str, pk: int) -> dict[str, TrendQuery]:
    today = company_today()
    since = add_months(quarter_start(today), -3 * (QUARTERS - 1))
    base = TrendQuery("lost", since=since, until=today).where(**{dimension: pk})

    def asking(measure: str, *by: str) -> TrendQuery:
        return TrendQuery(measure, by, base.filters, base.since, base.until)

    questions = {
        "lost": asking("lost"),
        "lost_amount": asking("lost_amount"),
        "lost_over_time": asking("lost", "quarter"),
        "stages": asking("lost", "stage"),
    }
    if dimension == "reason":
        untested = base.where(untested_reason=pk)
        return questions | {
            "untested": untested,
            "untested_over_time": replace(untested, by=("quarter",)),
            "lost_by_competitor": asking("lost", "competitor"),
            "lost_by_segment": asking("lost", "segment"),
        }
    questions |= {
        "win_rate": asking("win_rate"),
        "coverage": asking("coverage"),
        "won_over_time": asking("won", "quarter"),
        "reasons": asking("mentions", "reason"),
        "segments": asking("win_rate", "segment"),
    }
    if dimension != "competitor":
        questions["competitors"] = asking("win_rate", "competitor")
    return questions


def _tiles(answers: Answers) -> list[Tile]:
    tiles = [lost_tile(answers["lost"]), lost_amount_tile(answers["lost_amount"])]
    if "win_rate" in answers:
        tiles += [win_rate_tile(answers["win_rate"]), coverage_tile(answers["coverage"])]
    if "untested" in answers and answers["untested"].total.n:
        tiles.append(untested_tile(answers["untested"], charts.PLAIN, of=answers["lost"].total.n))
    return tiles


def _charts(answers: Answers) -> list[Figure]:
    drawn: dict[str, Callable[[TrendResult], Figure]] = {
        "lost_over_time": lambda answer: over_time(
            answer, answers.get("won_over_time"), answers.get("untested_over_time")
        ),
        "reasons": charts.top_reasons,
        "segments": _rate("segments", "Win rate by segment"),
        "competitors": _rate("competitors", "Win rate where a competitor was met"),
        "lost_by_competitor": _lost("competitors", "Lost deals by competitor met"),
        "lost_by_segment": _lost("segments", "Lost deals by segment"),
        "stages": _lost("stages", "Stage at which deals were lost"),
    }
    return [draw(answers[name]) for name, draw in drawn.items() if name in answers]


def over_time(
    lost: TrendResult, won: TrendResult | None, untested: TrendResult | None = None
) -> Figure:
    """Deals by quarter of closing; the running quarter is marked as partial.

    `untested` are those of the lost ones of which the reason did not pass its price checks.
    """
    series = [Series("Lost", [_point(lost, row, "lost") for row in lost.rows])]
    if won is not None:
        series.append(Series("Won", [_point(won, row, "won") for row in won.rows]))
    if untested is not None and any(row.n for row in untested.rows):
        points = [_point(untested, row, "lost and untested") for row in untested.rows]
        series.append(Series("Of them untested", points))
    chart = Columns(
        key="over-time",
        title="Closed deals by quarter" if won else "Lost deals by quarter",
        description="Deals count in the quarter in which they closed.",
        periods=[
            Period(row.keys[0].label, row.keys[0].label, is_partial=row.partial)
            for row in lost.rows
        ],
        series=series,
        is_stacked=won is not None,
        period_heading="Quarter",
    )
    return Figure(chart, lost.query, "No deal closed in these two years.")


def _point(answer: TrendResult, row: Row, what: str) -> Point:
    words = f"{row.keys[0].label}: {row.n:,} {what}"
    return Point(row.n, words, deals_address(answer.query, row.keys) if row.n else "")


def _rate(key: str, title: str) -> Callable[[TrendResult], Figure]:
    def draw(answer: TrendResult) -> Figure:
        return charts.rate_by(
            answer,
            key=key,
            title=title,
            heading=answer.query.dimensions[0].label,
            description=RATE_NOTE,
            reference="all",
        )

    return draw


def _lost(key: str, title: str) -> Callable[[TrendResult], Figure]:
    def draw(answer: TrendResult) -> Figure:
        heading = answer.query.dimensions[0].label
        return charts.lost_by(answer, key=key, title=title, heading=heading)

    return draw
