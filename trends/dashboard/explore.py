"""The free cut: any measure by any one or two dimensions, and what goes with what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from common.charts import Cell, Table
from people.models import User
from trends.coding import attribute_keys
from trends.dashboard.boards import Answers, Board, Canvas, Question, Widget
from trends.dashboard.figures import Listing, Shown
from trends.dashboard.plain import NOTHING, answered
from trends.dashboard.state import DashboardState
from trends.dashboard.words import measured, name_of, percent
from trends.dimensions import DIMENSIONS
from trends.errors import TrendError
from trends.layout import ATTRIBUTE
from trends.measures import MEASURES, Measure, Unit
from trends.query import TrendQuery
from trends.results import Compared, Row, TrendResult, Verdict
from trends.snapshot import store

SLUG = "explore"
TITLE = "Any cut"
MOST_ROWS = 200
START: dict[str, Any] = {"measure": "lost", "by": ("reason",)}


@dataclass(frozen=True)
class Choice:
    """One option of a list."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Offer:
    """Something that goes, where what was asked for doesn't."""

    label: str
    url: str


def explore_path() -> str:
    return reverse(f"trends:{SLUG}")


def state_from(params: Mapping[str, Any], *, today: date, path: str = "") -> DashboardState:
    """The state of the page, its question included. TrendError where the pair doesn't go."""
    start = {} if params.get("measure") or params.get("by") else START
    path = path or explore_path()
    return DashboardState.from_params(params, today=today, path=path, asks=True, **start)


def board_of(query: TrendQuery) -> Board:
    """The page that answers one query: its chart, and all its rows as a table."""
    question = Question(query.measure, query.by, compared=True)
    return Board(
        slug=SLUG,
        title=title_of(query),
        tab=TITLE,
        lede="Choose what to count and by what; every figure opens its deals.",
        headlines=(),
        widgets=(
            Widget("cut", title_of(query), (question,), answered, wide=True),
            Widget("rows", "Every row", (question,), _rows, wide=True),
        ),
    )


def title_of(query: TrendQuery) -> str:
    """“Lost deals by stage and segment”"""
    by = " and ".join(name_of(name).lower() for name in query.by)
    return f"{query.asked_measure.label} by {by}" if by else query.asked_measure.label


def measure_choices(chosen: str) -> list[Choice]:
    return [Choice(each.name, each.label, each.name == chosen) for each in MEASURES.values()]


def dimension_choices(viewer: User, chosen: str) -> list[Choice]:
    """What this reader can divide by, the attributes of the CRM included."""
    names = [each.name for each in DIMENSIONS.values() if not each.filter_only]
    names = [name for name in names if _may_ask(name, viewer)]
    names += [f"{ATTRIBUTE}{key}" for key in attribute_keys(store.held)]
    return [Choice(name, name_of(name), name == chosen) for name in names]


def _may_ask(name: str, viewer: User) -> bool:
    if name == "rep":
        return viewer.is_manager or viewer.is_admin
    return viewer.in_sales or name != "team"


def offers(measure: str, by: Sequence[str], state: DashboardState) -> list[Offer]:
    """The measures that go with these dimensions, then the dimensions that go with the measure."""
    fitting = [
        (f"{each.label} by {_joined(by)}", each.name, tuple(by))
        for each in MEASURES.values()
        if _goes(each.name, by)
    ]
    if measure in MEASURES:
        fitting += [
            (f"{MEASURES[measure].label} by {name_of(name).lower()}", measure, (name,))
            for name in by
            if len(by) > 1 and _goes(measure, (name,))
        ]
    return [
        Offer(label, state.asked(name, dimensions).address()) for label, name, dimensions in fitting
    ]


def _joined(by: Iterable[str]) -> str:
    return " and ".join(name_of(name).lower() for name in by)


def _goes(measure: str, by: Sequence[str]) -> bool:
    try:
        TrendQuery(measure, tuple(by))
    except TrendError:
        return False
    return True


def _rows(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """All rows with their n, share, interval, what is unknown, and what it was before."""
    answer = answers[0]
    measure = answer.query.asked_measure
    rows = answer.rows if answer.query.by else (answer.total,)
    lines = tuple(_line(answer, row, canvas) for row in rows[:MOST_ROWS])
    names = [name_of(name) for name in answer.query.by] or ["All"]
    columns = (*names, measure.label, "n", "Share", "95% interval", "Unknown", "Before")
    beyond = len(rows) - MOST_ROWS
    note = f"{beyond:,} more rows are in the CSV." if beyond > 0 else ""
    denominator = f"Of {answer.denominator}."
    return Listing(
        widget.key,
        widget.title,
        f"{denominator} {note}".strip(),
        Table(columns, lines),
        answer.query,
        NOTHING,
    )


def _line(answer: TrendResult, row: Row, canvas: Canvas) -> tuple[Cell, ...]:
    measure = answer.query.asked_measure
    names = [Cell(key.label) for key in row.keys] or [Cell("All")]
    link = canvas.links.row(answer, row) if row.n else ""
    value = "too few" if row.too_few else measured(measure, row.value, answer.currency)
    return (
        *names,
        Cell(value, link),
        Cell(f"{row.n:,}" if row.of in (None, row.n) else f"{row.n:,} of {row.of:,}"),
        Cell(percent(row.share) if measure.unit is not Unit.RATE else "–"),
        Cell(_interval(measure, row)),
        Cell(f"{row.unknown:,}" if row.unknown else "–"),
        Cell(_before(measure, row.compared, answer.currency)),
    )


def _interval(measure: Measure, row: Row) -> str:
    if row.low is None or row.high is None:
        return "–"
    if measure.unit in (Unit.COUNT, Unit.RATE):
        return f"{percent(float(row.low))} to {percent(float(row.high))}"
    return f"{float(row.low):,.1f} to {float(row.high):,.1f}"


def _before(measure: Measure, compared: Compared | None, currency: str) -> str:
    """The value of the other period, with the way it went where that is more than chance."""
    if compared is None:
        return "–"
    way = ""
    if compared.verdict in (Verdict.UP, Verdict.DOWN):
        way = f", {compared.verdict} since"
    return measured(measure, compared.value, currency) + way
