"""Two dimensions crossed: a real table whose cells are shaded by their value."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from common.charts.links import Href, link_attributes
from common.charts.marks import built
from common.charts.units import COUNT, Number, Unit

SHADES = 6


@dataclass(frozen=True)
class HeatCell:
    """One crossing: its value, None where nothing was counted, and what its link says.

    `is_hatched` is for what isn't debriefed: it is no part of the scale of shades.
    """

    value: Number | None
    words: str
    href: Href = ""
    is_hatched: bool = False


@dataclass(frozen=True)
class HeatTable:
    """`cells[row][column]`, with the headings of both."""

    key: str
    title: str
    description: str
    corner: str
    columns: Sequence[str]
    rows: Sequence[str]
    cells: Sequence[Sequence[HeatCell]]
    unit: Unit = COUNT

    def html(self, *, csv_href: str = "", heading: int = 2) -> SafeString:
        """A whole figure; it needs no table behind it, being one."""
        head = "".join(f'<th scope="col" class="num">{escape(name)}</th>' for name in self.columns)
        high = self._highest()
        body = "".join(
            f'<tr><th scope="row">{escape(name)}</th>{"".join(self._cell(c, high) for c in cells)}</tr>'
            for name, cells in zip(self.rows, self.cells, strict=True)
        )
        link = f'<p class="mt-2 mb-0"><a href="{escape(csv_href)}" download>Download as CSV</a></p>'
        return built(
            f'<figure class="chart-figure" id="{escape(self.key)}"><figcaption>'
            f'<h{heading} class="chart-title">{escape(self.title)}</h{heading}>'
            f'<p class="chart-note">{escape(self.description)}</p></figcaption>'
            f'<div class="table-wrap" role="region" aria-label="{escape(self.title)}" tabindex="0">'
            f'<table class="table heat-table"><thead><tr><th scope="col">{escape(self.corner)}</th>{head}'
            f"</tr></thead><tbody>{body}</tbody></table></div>{link if csv_href else ''}</figure>"
        )

    def _highest(self) -> float:
        shaded = (c for row in self.cells for c in row if c.value and not c.is_hatched)
        return max((float(c.value or 0) for c in shaded), default=0.0)

    def _cell(self, cell: HeatCell, high: float) -> str:
        if cell.value is None:
            return '<td class="num heat-0">–</td>'
        figure = escape(self.unit.label(cell.value))
        if cell.href:
            attributes = link_attributes(cell.href)
            figure = f'<a {attributes} aria-label="{escape(cell.words)}">{figure}</a>'
        css = "heat-hatched" if cell.is_hatched else f"heat-{shade(cell.value, high)}"
        return f'<td class="num {css}" title="{escape(cell.words)}">{figure}</td>'


def shade(value: Number, high: float) -> int:
    """0 for nothing, then 1 to 6 in equal steps up to the highest value."""
    if value <= 0 or high <= 0:
        return 0
    return min(SHADES, 1 + int(float(value) / high * SHADES * (1 - 1e-12)))
