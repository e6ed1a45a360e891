"""What every chart has around it: a caption, a legend, a drawing that says what it is, its data as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from django.utils.safestring import SafeString

from common.charts.links import Href, link_attributes
from common.charts.marks import COLOURS, DASHES, DOTS, INK, SHAPES, built, fill_of, hatch_of

WIDTH = 720
NO_DATA = "Nothing to draw for these filters yet."


@dataclass(frozen=True)
class Cell:
    """One figure of a table, opening what lies behind it where `href` is given."""

    text: str
    href: Href = ""


@dataclass(frozen=True)
class Table:
    """A chart's data in words and numbers; the first cell of a row is its heading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Sample:
    """One entry of a legend: a filled swatch, a line with its marker, the hatching, a dotted line."""

    label: str
    index: int
    is_line: bool = False
    is_hatched: bool = False
    is_dotted: bool = False


class Chart(Protocol):
    """What `figure` frames: `key` names the chart uniquely on its page (letters, digits, hyphens)."""

    @property
    def key(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def is_empty(self) -> bool: ...

    def legend(self) -> Sequence[Sample]: ...

    def svg(self) -> SafeString: ...

    def table(self) -> Table: ...


def figure(
    chart: Chart, *, csv_href: str = "", heading: int = 2, no_data: str = NO_DATA
) -> SafeString:
    """A whole figure for a page: caption, legend, drawing, and the table behind it with its CSV link."""
    caption = (
        f'<figcaption><h{heading} class="chart-title">{escape(chart.title)}</h{heading}>'
        f'<p class="chart-note">{escape(chart.description)}</p></figcaption>'
    )
    if chart.is_empty:
        body = f'<p class="chart-empty">{escape(no_data)}</p>'
    else:
        table = table_html(chart.table(), chart.title)
        body = f"{_legend_html(chart)}{chart.svg()}{_data(table, csv_href, chart.title)}"
    return built(f'<figure class="chart-figure" id="{escape(chart.key)}">{caption}{body}</figure>')


def listing(
    key: str,
    title: str,
    description: str,
    table: Table | None,
    *,
    csv_href: str = "",
    empty: str = NO_DATA,
    heading: int = 2,
) -> SafeString:
    """A figure that is a table; without one it says in words why there is nothing."""
    body = f'<p class="chart-empty">{escape(empty)}</p>'
    if table is not None:
        link = f'<p class="mt-2 mb-0"><a href="{escape(csv_href)}" download>Download as CSV'
        link += f'<span class="visually-hidden">: {escape(title)}</span></a></p>'
        body = table_html(table, title) + (link if csv_href else "")
    return built(
        f'<figure class="chart-figure" id="{escape(key)}"><figcaption>'
        f'<h{heading} class="chart-title">{escape(title)}</h{heading}>'
        f'<p class="chart-note">{escape(description)}</p></figcaption>{body}</figure>'
    )


def drawing(chart: Chart, height: float, body: str) -> SafeString:
    """The `<svg>` element: as wide as its place, `height` pixels high, named and described."""
    key = escape(chart.key)
    return built(
        f'<svg class="chart" role="group" aria-labelledby="{key}-title {key}-desc" '
        f'width="{WIDTH}" height="{height:g}" font-family="Instrument Sans, sans-serif" font-size="13">'
        f'<title id="{key}-title">{escape(chart.title)}</title>'
        f'<desc id="{key}-desc">{escape(chart.description)}</desc>{body}</svg>'
    )


def table_html(table: Table, caption: str) -> str:
    """A plain table with row and column headings."""
    head = "".join(
        f'<th scope="col"{_numeric(place)}>{escape(column)}</th>'
        for place, column in enumerate(table.columns)
    )
    body = "".join(_row(row) for row in table.rows)
    return (
        f'<div class="table-wrap" role="region" aria-label="{escape(caption)}" tabindex="0">'
        f'<table class="table table-sm"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _numeric(place: int) -> str:
    return ' class="num"' if place else ""


def _row(row: tuple[Cell, ...]) -> str:
    first, *others = row
    cells = "".join(f'<td class="num">{_cell(cell)}</td>' for cell in others)
    return f'<tr><th scope="row">{_cell(first)}</th>{cells}</tr>'


def _cell(cell: Cell) -> str:
    words = escape(cell.text)
    return f"<a {link_attributes(cell.href)}>{words}</a>" if cell.href else words


def _data(table: str, csv_href: str, title: str) -> str:
    link = ""
    if csv_href:
        link = (
            f'<p class="mt-2 mb-0"><a href="{escape(csv_href)}" download>Download as CSV'
            f'<span class="visually-hidden">: {escape(title)}</span></a></p>'
        )
    return (
        '<details class="disclosure chart-data"><summary>Show the numbers'
        f'<span class="visually-hidden">: {escape(title)}</span></summary>'
        f'<div class="disclosure-body">{table}{link}</div></details>'
    )


def _legend_html(chart: Chart) -> str:
    samples = chart.legend()
    if not samples:
        return ""
    items = "".join(
        f'<li><svg width="26" height="14" aria-hidden="true">{swatch(sample, chart.key)}</svg>'
        f"{escape(sample.label)}</li>"
        for sample in samples
    )
    return f'<ul class="chart-legend">{items}</ul>'


def swatch(sample: Sample, key: str) -> str:
    """Drawn with the chart's own patterns, which stand in the same document."""
    if sample.is_hatched:
        return f'<rect class="co" fill="{hatch_of(key)}" x="1" y="1" width="24" height="12"/>'
    if sample.is_dotted:
        return (
            f'<line class="cw" stroke="{INK}" stroke-width="1.5" stroke-dasharray="{DOTS}" '
            f'x1="0" x2="26" y1="7" y2="7"/>'
        )
    place = sample.index % len(COLOURS)
    if not sample.is_line:
        css = f' class="s{place + 1}"' if place == 0 else ""
        return f'<rect{css} fill="{fill_of(key, place)}" x="1" y="1" width="24" height="12"/>'
    return (
        f'<g class="l{place + 1}" stroke="{COLOURS[place]}" fill="{COLOURS[place]}">'
        f'<line x1="0" x2="26" y1="7" y2="7" stroke-width="2" stroke-dasharray="{DASHES[place]}"/>'
        f'<path transform="translate(13 7)" d="{SHAPES[place]}"/></g>'
    )
