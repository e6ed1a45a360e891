"""A dashboard page as data: what it asks the engine, and how it shows the answers.

A page is a `Board`: headline figures and widgets, each with its questions. `drawn` asks all of
them over one snapshot with the rights of the reader. The page, its PDF and its mail show the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from common.charts import Annotation
from people.models import User
from trends import engine
from trends.dashboard.figures import Links, Shown
from trends.dashboard.marks import Marks
from trends.dashboard.state import DashboardState, Show
from trends.dashboard.tiles import Tile
from trends.query import TrendQuery
from trends.results import Key, TrendResult
from trends.withheld import NOTHING, Withheld, withheld_from

UNMARKED = Marks()
TIME = "time"  # weeks, months or quarters, as suits the period
FIRST_FIGURES = 1  # below the headline figures a screen shows no more


class Part(StrEnum):
    """Which of a page's figures are drawn; FIRST has the headline figures too, REST has not."""

    WHOLE = "whole"
    FIRST = "first"
    REST = "rest"


@dataclass(frozen=True)
class Question:
    """One question of a widget, asked within the period and filters of the page.

    `TIME` in `by` stands for the page's own step of time. `narrowed` turns the query into the
    one meant, where a filter of its own belongs to the question. None from it asks nothing.
    """

    measure: str
    by: tuple[str, ...] = ()
    compared: bool = False
    narrowed: Callable[[TrendQuery], TrendQuery | None] | None = None

    def within(self, state: DashboardState) -> TrendQuery | None:
        by = (state.time_dimension if name == TIME else name for name in self.by)
        query = state.asking(self.measure, *by, compared=self.compared)
        return self.narrowed(query) if self.narrowed else query


@dataclass(frozen=True)
class Canvas:
    """What a widget is drawn on: the state of the page, its links, and what happened meanwhile."""

    state: DashboardState
    links: Links
    marks: Marks

    def marked(self, time: str, periods: Sequence[Key]) -> list[Annotation]:
        """The annotations that lie within these periods."""
        return self.marks.among(time, periods)


Answers = Sequence[TrendResult]


@dataclass(frozen=True)
class Widget:
    """One chart or table. `draw` gets the answers to `asks` in their order; None shows nothing.

    `in_money` takes its place where the page shows values; a widget that is `sales_only` does
    not stand on a partner's page.
    """

    key: str
    title: str
    asks: tuple[Question, ...]
    draw: Callable[["Widget", Answers, Canvas], Shown | None]
    note: str = ""
    sales_only: bool = False
    in_money: "Widget | None" = None
    wide: bool = False

    def is_asked(self, state: DashboardState) -> bool:
        """Whether there is something to ask: some questions are of certain filters only."""
        return all(ask.within(state) is not None for ask in self.asks)

    def shown_as(self, show: Show) -> "Widget":
        return self.in_money if self.in_money and show is Show.MONEY else self


@dataclass(frozen=True)
class Headline:
    """One headline figure."""

    asks: tuple[Question, ...]
    draw: Callable[[Answers, Links], Tile]


def headline(ask: Question, draw: Callable[[TrendResult, Links], Tile]) -> Headline:
    """A headline figure with one question."""
    return Headline((ask,), lambda answers, links: draw(answers[0], links))


@dataclass(frozen=True)
class Board:
    """A page of the dashboard. `slug` names it in addresses, `url_name` is that of its path.

    A board with a `subject` is about one value of that dimension, which its path names.
    """

    slug: str
    title: str
    tab: str
    lede: str
    headlines: tuple[Headline, ...]
    widgets: tuple[Widget, ...]
    sales_only: bool = False
    subject: str = ""
    no_data: str = "No deal closed in this period under these filters."

    @property
    def url_name(self) -> str:
        return "trends:dashboard" if self.slug == "overview" else f"trends:{self.slug}"

    def widgets_for(self, viewer: User) -> list[Widget]:
        return [each for each in self.widgets if viewer.in_sales or not each.sales_only]


@dataclass(frozen=True)
class Drawing:
    """A widget and what it shows."""

    widget: Widget
    figure: Shown


@dataclass(frozen=True)
class Drawn:
    """A page with its answers: `lost` is the answer on lost deals, which gives coverage and dates.

    `withheld` are the deals left out of what debriefs say, for this reader; `scopes` say to whom
    the answers were narrowed, and which groups' months count together; `later` are the widgets that
    are still to be drawn.
    """

    board: Board
    state: DashboardState
    lost: TrendResult
    withheld: Withheld = NOTHING
    tiles: list[Tile] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    subject: Key | None = None
    scopes: tuple[str, ...] = ()
    later: tuple[Widget, ...] = ()

    @property
    def title(self) -> str:
        return self.subject.label if self.subject else self.board.title

    @property
    def empty(self) -> str:
        """What stands in place of figures where there are none."""
        has_figures = self.lost.coverage.closed and (self.drawings or self.tiles)
        return "" if has_figures else self.board.no_data


_LOST = Question("lost", compared=True)


def drawn(
    board: Board,
    state: DashboardState,
    viewer: User,
    *,
    marks: Marks = UNMARKED,
    subject: str = "",
    arranged: Sequence[Widget] | None = None,
    withheld: Withheld | None = None,
    part: Part = Part.WHOLE,
) -> Drawn:
    """The page as `viewer` may see it. `arranged` are the widgets wanted in place of the board's own.

    `subject` is the id of the value that the board is about.
    """
    chosen = board if arranged is None else replace(board, widgets=tuple(arranged))
    widgets = [each.shown_as(state.show) for each in chosen.widgets_for(viewer)]
    about = state.filtered(board.subject, (subject,)) if board.subject else state
    widgets = [each for each in widgets if each.is_asked(about)]
    headlines = () if part is Part.REST else board.headlines
    later: list[Widget] = []
    if part is Part.FIRST:
        widgets, later = widgets[:FIRST_FIGURES], widgets[FIRST_FIGURES:]
    elif part is Part.REST:
        widgets = widgets[FIRST_FIGURES:]
    questions = [_LOST, *(ask for each in headlines for ask in each.asks)]
    questions += [ask for widget in widgets for ask in widget.asks]
    withheld = withheld_from(viewer) if withheld is None else withheld
    answers = _answers(questions, about, viewer, withheld)
    lost = answers[_LOST]
    assert lost is not None
    scopes = dict.fromkeys(each.scope for each in answers.values() if each and each.scope)
    page = Drawn(board, state, lost, withheld, subject=_subject(board, lost), scopes=tuple(scopes))
    if not lost.coverage.closed:
        return page
    canvas = Canvas(about, Links(state.address()), marks)
    return replace(
        page,
        tiles=list(_tiles(headlines, answers, canvas.links)),
        drawings=list(_drawings(widgets, answers, canvas)),
        later=tuple(later),
    )


def _answers(
    questions: Iterable[Question], state: DashboardState, viewer: User, withheld: Withheld
) -> dict[Question, TrendResult | None]:
    asked = {each: each.within(state) for each in questions}
    queries = list(dict.fromkeys(query for query in asked.values() if query is not None))
    run = engine.run_many(queries, viewer, withheld=withheld)
    found = dict(zip(queries, run, strict=True))
    return {each: found[query] if query is not None else None for each, query in asked.items()}


def _found(
    asks: Iterable[Question], answers: dict[Question, TrendResult | None]
) -> list[TrendResult] | None:
    """The answers to all of these, None where one was not asked."""
    found = [answers[ask] for ask in asks]
    return None if None in found else [each for each in found if each is not None]


def _tiles(
    headlines: Iterable[Headline], answers: dict[Question, TrendResult | None], links: Links
) -> Iterable[Tile]:
    for each in headlines:
        found = _found(each.asks, answers)
        if found is not None:
            yield each.draw(found, links)


def _drawings(
    widgets: Iterable[Widget], answers: dict[Question, TrendResult | None], canvas: Canvas
) -> Iterable[Drawing]:
    """Those of the widgets that have something to show: all their questions, and a figure."""
    for widget in widgets:
        found = _found(widget.asks, answers)
        shown = widget.draw(widget, found, canvas) if found is not None else None
        if shown is not None:
            yield Drawing(widget, shown)


def _subject(board: Board, lost: TrendResult) -> Key | None:
    found = [each for each in lost.filters if each.dimension == board.subject]
    return found[0].values[0] if found else None
