"""What a dashboard page says on paper: the page's own figures, with all that its reader has on screen.

Period, filters in words, n and denominators, coverage, when the tally was brought up to date, and
the address that shows the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
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
from trends.dashboard.boards import Drawing, Drawn
from trends.dashboard.figures import Crossed, Figure, Listing
from trends.dashboard.tiles import Tile
from trends.dashboard.words import days, name_of, percent
from trends.query import Judgement, ListReading

WIDE, HALF = 800, 400  # pixels of a chart across the page, and across half of it
PAGE_WIDTH, COLUMN_WIDTH, HIGHEST = 180, 86, 225  # millimetres of `report.typ`
LONGEST_ADDRESS = 110
MOST_COLUMNS = 8


@dataclass(frozen=True)
class PrintedTile:
    label: str
    value: str
    lines: list[str]
    change: str
    tone: str


@dataclass(frozen=True)
class PrintedFigure:
    """A chart, a table, or in words why there is neither."""

    title: str
    note: str
    kind: str
    wide: bool
    svg: str = ""
    alt: str = ""
    legend: list[dict[str, str]] = field(default_factory=list)
    table: dict[str, Any] = field(default_factory=dict)
    empty: str = ""


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
        empty="" if page.lost.coverage.closed else page.board.no_data,
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


def _crossed(shown: Crossed) -> PrintedFigure:
    chart = shown.chart
    if not chart.rows:
        return PrintedFigure(
            chart.title, chart.description, "empty", wide=True, empty=shown.no_data
        )
    values = [float(cell.value) for row in chart.cells for cell in row if cell.value]
    high = max(values, default=0.0)
    rows = [
        [name, *(_shaded(chart, cell, high) for cell in cells)]
        for name, cells in zip(chart.rows, chart.cells, strict=True)
    ]
    table = {"columns": [chart.corner, *chart.columns], "rows": rows}
    return PrintedFigure(chart.title, chart.description, "table", wide=True, table=table)


def _shaded(chart: HeatTable, cell: HeatCell, high: float) -> dict[str, Any]:
    if cell.value is None:
        return {"text": "–", "shade": 0}
    return {"text": chart.unit.label(cell.value), "shade": shade(cell.value, high)}


def _table(table: Table) -> dict[str, Any]:
    rows = [[cell.text for cell in row] for row in table.rows]
    return {"columns": list(table.columns), "rows": rows}


def _as_of(moment: datetime | None) -> str:
    if moment is None:
        return "Nothing counted yet"
    local = moment.astimezone(ZoneInfo(settings.ENV.company_time_zone))
    return f"Figures as of {local:%-d %b %Y, %H:%M} {local.tzname()}"
