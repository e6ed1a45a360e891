"""Questions, headline figures and widgets that several pages share."""

from trends.dashboard import charts
from trends.dashboard.boards import TIME, Answers, Canvas, Question, Widget, headline
from trends.dashboard.coverage import whatever_is_said
from trends.dashboard.figures import Figure, Shown
from trends.dashboard.plain import answered
from trends.dashboard.scores import SCORED, chosen, scores_over_time
from trends.dashboard.tiles import coverage_tile, lost_amount_tile, lost_tile, win_rate_tile
from trends.query import TrendQuery
from trends.results import TrendResult

RATE_NOTE = "Won of closed deals, with 95% intervals; the line is the rate over all of them."

HEADLINES = (
    headline(Question("lost", compared=True), lost_tile),
    headline(Question("lost_amount", compared=True), lost_amount_tile),
    headline(Question("win_rate", compared=True), win_rate_tile),
    headline(Question("coverage", compared=True), coverage_tile),
)


def win_rate(key: str, title: str, dimension: str, *, sales_only: bool = False) -> Widget:
    """The win rate by a dimension, or where the page shows values the lost value by it."""
    return Widget(
        key,
        title,
        (Question("win_rate", (dimension,)),),
        answered,
        note=RATE_NOTE,
        in_money=lost_value(key, f"Lost value{title.removeprefix('Win rate')}", dimension),
        sales_only=sales_only,
    )


def lost_value(key: str, title: str, dimension: str) -> Widget:
    return Widget(key, title, (Question("lost_amount", (dimension,)),), _amounts)


def lost_by(key: str, title: str, dimension: str) -> Widget:
    """Lost deals by a dimension in its own order, or their value."""
    return Widget(
        key,
        title,
        (Question("lost", (dimension,)),),
        _lost_by,
        in_money=lost_value(key, f"Lost value by {dimension}", dimension),
    )


def _amounts(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    return charts.amount_by(
        answers[0],
        key=widget.key,
        title=widget.title,
        heading=answers[0].query.dimensions[0].label,
        links=canvas.links,
    )


def _lost_by(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    return charts.lost_by(
        answers[0],
        key=widget.key,
        title=widget.title,
        heading=answers[0].query.dimensions[0].label,
        links=canvas.links,
    )


def _reasons_over_time(_widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    primary, losses = answers
    return charts.reasons_over_time(
        primary,
        losses,
        narrowed_by=scored_in(primary),
        links=canvas.links,
        marks=canvas.marked(primary.query.by[0], charts.periods_of(losses, primary)),
    )


def scored_in(answer: TrendResult) -> list[str]:
    """The keys of the questions and factors in the filters of an answer."""
    filters = (shown for shown in answer.filters if shown.dimension in SCORED)
    return [key.id for shown in filters for key in shown.values if key.id]


REASONS_OVER_TIME = Widget(
    "reasons-over-time",
    "Primary reason of lost deals, over time",
    (
        Question("primary", (TIME, "reason")),
        Question("lost", (TIME, "debrief"), narrowed=whatever_is_said),
    ),
    _reasons_over_time,
    wide=True,
)


def _top_reasons(_widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    return charts.top_reasons(answers[0], links=canvas.links)


TOP_REASONS = Widget(
    "top-reasons",
    "Reasons cited",
    (Question("mentions", ("reason",), compared=True),),
    _top_reasons,
    in_money=lost_value("top-reasons", "Lost value by reason cited", "reason"),
)


def _scores(_widget: Widget, answers: Answers, canvas: Canvas) -> Figure:
    answer = answers[0]
    keys = chosen(answer.rows, canvas.state.query.values_of(answer.query.by[1]))
    marks = canvas.marked(answer.query.by[0], charts.periods_of(answer))
    return scores_over_time(answer, keys, links=canvas.links, marks=marks)


def chosen_over_time(name: str) -> Widget:
    """Presence over time of the questions or factors that the page is filtered by, if it is.

    It is of all deals that the other filters leave.
    """

    def narrowed(query: TrendQuery) -> TrendQuery | None:
        return query.with_filters({name: ()}) if query.values_of(name) else None

    title = f"{name.capitalize()}s of the filters, over time"
    asks = (Question("mentions", (TIME, name), narrowed=narrowed),)
    return Widget(f"{name}-over-time", title, asks, _scores, wide=True)
