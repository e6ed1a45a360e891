"""What a dashboard page says on paper: the page's own figures, with all that its reader has on screen.

Period, filters in words, n and denominators, coverage, when the tally was brought up to date, and
the address that shows the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.conf import settings

from common.charts import Columns, HeatTable, Lines, Table
from common.charts.frame import Chart
from common.charts.heat import HeatCell, shade
from common.charts.printing import standalone, swatches, widened
from people.models import User
from trends.dashboard.boards import Drawing, Drawn
from trends.dashboard.catalogue.competitors import COMPETITOR
from trends.dashboard.figures import Crossed, Figure, Listing, Prose
from trends.dashboard.tiles import Tile
from trends.dashboard.voices import Voice, voices_of
from trends.dashboard.words import days, name_of, percent
from trends.query import Judgement, ListReading
from trends.withheld import in_words

WIDE, HALF = 800, 400  # pixels of a chart across the page, and across half of it
PAGE_WIDTH, COLUMN_WIDTH, HIGHEST = 180, 86, 225  # millimetres of `report.typ`
LONGEST_ADDRESS = 110
NARROWEST, WIDEST = 7, 34  # letters that a column of a table is given room for
LONGEST_FIGURE = 30
BUYERS_NOTE = (
    "Quoted in debriefs of lost deals, the latest first, as the reader of this page may see them."
)
WORKED_NOTE = "Said in debriefs of won deals of what helped, the latest first."


@dataclass(frozen=True)
class PrintedTile:
    label: str
    value: str
    lines: list[str]
    change: str
    tone: str


@dataclass(frozen=True)
class PrintedFigure:
    """A chart, a table, words from debriefs, sentences, or in words why there is none of them."""

    title: str
    note: str
    kind: str
    wide: bool
    svg: str = ""
    alt: str = ""
    legend: list[dict[str, str]] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    empty: str = ""
    quotes: list[dict[str, str]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """What `report.typ` sets."""

    title: str
    kicker: str
    lede: str
    reading: list[str]
    tiles: list[PrintedTile]
    figures: list[PrintedFigure]
    appendix: list[dict[str, Any]]
    empty: str
    company: str
    as_of: str
    address: str
    address_shown: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def report_for(page: Drawn, viewer: User) -> Report:
    """The page with the words beside its figures, where it has any, as `viewer` may read them."""
    report = report_of(page)
    if page.board is not COMPETITOR or page.subject is None or not page.lost.coverage.closed:
        return report
    voices = voices_of(page.state, int(page.subject.id or 0), viewer)
    words = [
        _quoted("In the buyers' words", BUYERS_NOTE, voices.buyers, marks=("“", "”")),
        _quoted("What worked", WORKED_NOTE, voices.what_worked),
    ]
    return replace(report, figures=report.figures + [each for each in words if each.quotes])


def _quoted(
    title: str, note: str, voices: Iterable[Voice], *, marks: tuple[str, str] = ("", "")
) -> PrintedFigure:
    begin, end = marks
    quotes = [
        {
            "words": f"{begin}{each.words}{end}",
            "about": f"{each.about} · {each.deal}, {each.closed_on:%-d %b %Y}",
        }
        for each in voices
    ]
    return PrintedFigure(title, note, "quotes", wide=False, quotes=quotes)


def report_of(page: Drawn) -> Report:
    """The page in the order of the screen; charts over time take the whole width."""
    address = f"{settings.ENV.base_url}{page.state.address()}"
    shown = unquote(address)
    figures = list(_figures(page.drawings))
    return Report(
        title=page.title,
        kicker=f"{days(page.state.period)}{' · still running' if page.lost.partial else ''}",
        lede=page.board.lede,
        reading=list(_reading(page)),
        tiles=[_tile(each) for each in page.tiles],
        figures=figures,
        appendix=[
            {"title": each.figure.chart.title, "table": _table(each.figure.chart.table())}
            for each in page.drawings
            if isinstance(each.figure, Figure) and _is_over_time(each.figure.chart)
            if not each.figure.chart.is_empty
        ],
        empty=page.empty,
        company=settings.ENV.company_name,
        as_of=_as_of(page.lost.as_of),
        address=address,
        address_shown=shown if len(shown) <= LONGEST_ADDRESS else f"{shown[:LONGEST_ADDRESS]}…",
    )


def _reading(page: Drawn) -> Iterator[str]:
    """How the figures are to be read, a sentence or two for each line."""
    query, counts = page.state.query, page.lost.coverage
    compared = page.lost.compared_period
    yield f"Compared with {days(compared)}." if compared else "Not compared with another time."
    filters = [
        f"{name_of(each.dimension)}: {', '.join(key.label for key in each.values)}"
        for each in page.lost.filters
    ]
    yield f"Only {'; '.join(filters)}." if filters else "All closed deals, without a filter."
    if counts.closed:
        share = percent(counts.debriefed / counts.closed)
        dismissed = f", {counts.dismissed:,} of them not worth one" if counts.dismissed else ""
        yield (
            f"{counts.debriefed:,} of {counts.closed:,} closed deals are debriefed ({share}); "
            f"{counts.missing + counts.dismissed:,} are not{dismissed}. "
            "Shares of reasons are of debriefed losses."
        )
    if page.withheld:
        yield in_words(page.withheld)
    yield from page.scopes
    if query.reading is ListReading.RECORDED:
        yield "Names as recorded when each deal closed."
    if query.judgement is Judgement.CONFIRMED:
        yield "Reasons are the manager's, else the triaged, else the author's."


def _tile(tile: Tile) -> PrintedTile:
    lines = [line for line in (tile.n, tile.interval, tile.note) if line]
    return PrintedTile(tile.label, tile.value, lines, tile.delta, tile.tone)


def _figures(drawings: Iterable[Drawing]) -> Iterator[PrintedFigure]:
    for each in drawings:
        shown = each.figure
        if isinstance(shown, Figure):
            yield _chart(shown, wide=each.widget.wide)
        elif isinstance(shown, Crossed):
            yield _crossed(shown)
        elif isinstance(shown, Listing):
            yield _listing(shown)
        elif isinstance(shown, Prose):
            yield _prose(shown)
        else:
            raise TypeError(f"{type(shown).__name__} can't be printed")


def _chart(shown: Figure, *, wide: bool) -> PrintedFigure:
    chart = shown.chart
    is_wide = wide or _is_over_time(chart)
    if chart.is_empty:
        return PrintedFigure(chart.title, chart.description, "empty", is_wide, empty=shown.no_data)
    return PrintedFigure(
        title=chart.title,
        note=chart.description,
        kind="chart",
        wide=is_wide,
        svg=_fitting(standalone(chart), WIDE if is_wide else HALF, is_wide=is_wide),
        alt=chart.description,
        legend=[asdict(each) for each in swatches(chart)],
    )


def _fitting(svg: str, width: int, *, is_wide: bool) -> str:
    """As wide as its place; a chart too high for a page is drawn wider, and so gets smaller."""
    found = re.search(r'height="(\d+)', svg)
    high = int(found[1]) if found else 0
    place = PAGE_WIDTH if is_wide else COLUMN_WIDTH
    return widened(svg, max(width, ceil(high * place / HIGHEST)))


def _is_over_time(chart: Chart) -> bool:
    return isinstance(chart, Columns | Lines)


def _listing(shown: Listing) -> PrintedFigure:
    if not shown.table.rows:
        return PrintedFigure(
            shown.title, shown.description, "empty", wide=True, empty=shown.no_data
        )
    table = _table(shown.table)
    return PrintedFigure(shown.title, shown.description, "table", wide=True, table=table)


def _prose(shown: Prose) -> PrintedFigure:
    return PrintedFigure(shown.title, "", "sentences", wide=True, sentences=list(shown.sentences))


def _crossed(shown: Crossed) -> PrintedFigure:
    chart = shown.chart
    if not chart.rows:
        return PrintedFigure(
            chart.title, chart.description, "empty", wide=True, empty=shown.no_data
        )
    every = [cell for row in chart.cells for cell in row if cell.value and not cell.is_hatched]
    high = max((float(cell.value or 0) for cell in every), default=0.0)
    rows = [
        [name, *(_shaded(chart, cell, high) for cell in cells)]
        for name, cells in zip(chart.rows, chart.cells, strict=True)
    ]
    table = _laid_out([chart.corner, *chart.columns], rows)
    return PrintedFigure(chart.title, chart.description, "table", wide=True, table=table)


def _shaded(chart: HeatTable, cell: HeatCell, high: float) -> dict[str, Any]:
    if cell.value is None:
        return {"text": "–", "shade": 0}
    if cell.is_hatched:
        return {"text": chart.unit.label(cell.value), "shade": 0, "hatched": True}
    return {"text": chart.unit.label(cell.value), "shade": shade(cell.value, high)}


def _table(table: Table) -> dict[str, Any]:
    return _laid_out(list(table.columns), [[cell.text for cell in row] for row in table.rows])


def _laid_out(columns: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    """Each column with its part of the width, by its longest cell and the longest word of its
    heading, and whether it holds words, which begin at the left."""
    texts = [[_text(row[place]) for row in rows] for place in range(len(columns))]
    widths = [
        max(NARROWEST, min(WIDEST, max(map(len, [*cells, *heading.split()]), default=0)))
        for heading, cells in zip(columns, texts, strict=True)
    ]
    words = [not place or _holds_words(cells) for place, cells in enumerate(texts)]
    return {"columns": columns, "rows": rows, "widths": widths, "words": words}


def _text(cell: Any) -> str:
    return str(cell["text"] if isinstance(cell, dict) else cell)


def _holds_words(cells: Iterable[str]) -> bool:
    """Names, or sentences; figures have a digit."""
    told = [cell for cell in cells if cell.strip("– ")]
    has_figures = any(character.isdigit() for cell in told for character in cell)
    return any(len(cell) > LONGEST_FIGURE for cell in told) or bool(told and not has_figures)


def _as_of(moment: datetime | None) -> str:
    if moment is None:
        return "Nothing counted yet"
    local = moment.astimezone(ZoneInfo(settings.ENV.company_time_zone))
    return f"Figures as of {local:%-d %b %Y, %H:%M} {local.tzname()}"
