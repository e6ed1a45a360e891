"""Competitors: the list of all that were met, and a page each."""

from django.urls import reverse

from common.charts import Cell, Table
from trends.dashboard import charts
from trends.dashboard.boards import TIME, Answers, Board, Canvas, Question, Widget
from trends.dashboard.catalogue.parts import (
    HEADLINES,
    RATE_NOTE,
    REASONS_OVER_TIME,
    TOP_REASONS,
    lost_by,
    win_rate,
)
from trends.dashboard.coded import named_by_code
from trends.dashboard.figures import Listing, Shown
from trends.dashboard.plain import answered, dots
from trends.dashboard.words import chart_unit, deals, interval, measured, unknown_short
from trends.measures import Unit
from trends.query import TrendQuery
from trends.results import Row, TrendResult

MOST = 40


def _list(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """One row per competitor: deals met, the win rate with its interval, won by them, lost value."""
    met, rate, winners, amount = answers
    found = {
        row.keys[0].id: _line(row, (rate, winners, amount), met, canvas)
        for row in met.rows
        if row.keys[0].id is not None
    }
    columns = (
        "Competitor",
        "Deals met",
        "Win rate",
        "95% interval",
        "Lost to them",
        "Lost value",
        "From",
    )
    return Listing(
        widget.key,
        widget.title,
        widget.note,
        Table(columns, tuple(found.values())[:MOST]),
        rate.query,
        "No competitor was met in the deals of this period.",
    )


def _line(
    row: Row, others: tuple[TrendResult, ...], met: TrendResult, canvas: Canvas
) -> tuple[Cell, ...]:
    key = row.keys[0]
    page = canvas.state.on(reverse("trends:competitor", args=[key.id])).filtered("competitor", ())
    rate, winners, amount = others
    won = rate.row(key.id)
    return (
        Cell(key.label, page.address()),
        _cell(met, row, canvas),
        _cell(rate, won, canvas),
        Cell(interval(won).removeprefix("95% interval ") if won else "–"),
        _cell(winners, winners.row(key.id), canvas),
        _cell(amount, lost := amount.row(key.id), canvas),
        Cell(_known(lost)),
    )


def _cell(answer: TrendResult, row: Row | None, canvas: Canvas) -> Cell:
    if row is None or not row.n:
        return Cell("–")
    measure = answer.query.asked_measure
    words = (
        f"{row.n:,} deals: too few"
        if row.too_few and row.value is None
        else measured(measure, row.value, answer.currency)
    )
    if measure.unit is Unit.MONEY and row.value is not None:
        words = chart_unit(measure, answer.currency).label(row.value)
    return Cell(words, canvas.links.row(answer, row))


def _known(row: Row | None) -> str:
    """Of how many deals the amount is known, and of how many it isn't."""
    if row is None:
        return "–"
    return ", ".join(filter(None, [deals(row.n), unknown_short(row)]))


COMPETITORS = Board(
    slug="competitors",
    title="Whom we meet",
    tab="Competitors",
    lede="A deal counts at each competitor it met; its winner is one of them, or nobody.",
    headlines=HEADLINES,
    widgets=(
        Widget(
            "competitor-list",
            "Competitors met",
            (
                Question("deals", ("competitor",)),
                Question("win_rate", ("competitor",)),
                Question("lost", ("winner",)),
                Question("lost_amount", ("competitor",)),
            ),
            _list,
            note="Open one for its record, its segments, its reasons and what worked against it.",
            wide=True,
        ),
        win_rate("competitors", "Win rate where a competitor was met", "competitor"),
        lost_by("winners", "Who won the deals we lost", "winner"),
        Widget(
            "met-over-time",
            "Closed deals in which each was met, over time",
            (Question("deals", (TIME, "competitor")),),
            answered,
            wide=True,
        ),
        named_by_code("rival-strengths", "What the rival did better", "rival_strength"),
        Widget(
            "competitor-by-segment",
            "Win rate by competitor and segment",
            (Question("win_rate", ("competitor", "segment")),),
            answered,
            note="A dash: none met, or too few deals.",
        ),
    ),
)


def _won_and_lost(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    lost, won = answers
    return charts.won_and_lost(
        lost,
        won,
        key=widget.key,
        title=widget.title,
        links=canvas.links,
        marks=canvas.marked(lost.query.by[0], charts.periods_of(lost)),
    )


def _others_met(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """The competitors met beside the one that the page is about."""
    answer = answers[0]
    own = canvas.state.query.values_of("competitor")
    beside = charts.only(answer, lambda row: row.keys[0].id not in (*own, None))
    return dots(beside, canvas, key=widget.key, title=widget.title, note=widget.note)


def _won_by_them(query: TrendQuery) -> TrendQuery:
    return query.with_filters({"winner": query.values_of("competitor")})


COMPETITOR = Board(
    slug="competitor",
    title="Competitor",
    tab="Competitor",
    lede="The deals in which we met them.",
    subject="competitor",
    headlines=HEADLINES,
    widgets=(
        Widget(
            "won-and-lost",
            "Won and lost against them, over time",
            (Question("lost", (TIME,)), Question("won", (TIME,))),
            _won_and_lost,
            wide=True,
        ),
        TOP_REASONS,
        Widget(
            "reasons-they-won",
            "Reasons cited where they won",
            (Question("mentions", ("reason",), narrowed=_won_by_them),),
            answered,
            note="Debriefed losses of which they are named as the winner; a loss may cite three reasons.",
        ),
        win_rate("segments", "Win rate by segment", "segment"),
        win_rate("industries", "Win rate by industry", "industry"),
        Widget(
            "others-met",
            "Whom else we met in these deals",
            (Question("win_rate", ("competitor",)),),
            _others_met,
            note=RATE_NOTE,
        ),
        lost_by("stages", "Stage at which deals were lost", "stage"),
        Widget(
            "what-decides",
            "Factors present in losses against wins",
            (Question("lift", ("factor",)),),
            answered,
            note="How many times as often a factor hurt in the deals lost as in those won against them. "
            "1 is no difference; an interval that holds 1 tells nothing.",
        ),
        Widget(
            "questions-decide",
            "Questions answered no in losses against wins",
            (Question("lift", ("question",)),),
            answered,
            note="How many times as often the answer was no in the deals lost as in those won against them.",
        ),
        REASONS_OVER_TIME,
    ),
    no_data="No deal of this period met them. Choose a longer one.",
)
