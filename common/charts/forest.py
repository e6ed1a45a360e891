"""A forest plot: how many times as often, a dot with its interval per row around a line at 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from django.utils.safestring import SafeString

from common.charts.frame import Cell, Sample, Table, drawing
from common.charts.links import Href
from common.charts.marks import COLOURS, INK, RULE, SOFT, across, mark, num, pct, text
from common.charts.naming import LINE, label_at, label_lines
from common.charts.scale import RatioScale, ratio_scale
from common.charts.units import TIMES

ROW = 64
FOOT = 22
HEAD = 18
LABEL_LENGTH = 46  # beside the ratio
TEXT = 36  # what the words of a row take of its height; below them its dot


@dataclass(frozen=True)
class Odds:
    """One row: `value` times as often on one side as on the other, with its interval.

    `basis` gives the n of both sides; `cells` are what the table says of them besides, in the
    order of the chart's `columns`.
    """

    label: str
    value: float
    low: float
    high: float
    words: str
    basis: str
    cells: tuple[Cell, ...] = ()
    href: Href = ""


@dataclass(frozen=True)
class Forest:
    """`left` and `right` say what lies on either side of the line at 1."""

    key: str
    title: str
    description: str
    rows: Sequence[Odds]
    left: str
    right: str
    row_heading: str = "What"
    columns: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def legend(self) -> list[Sample]:
        return []

    def scale(self) -> RatioScale:
        return ratio_scale(end for row in self.rows for end in (row.low, row.high))

    def svg(self) -> SafeString:
        scale = self.scale()
        *tops, below = accumulate((ROW + _taller(row) for row in self.rows), initial=HEAD)
        rows = "".join(
            mark(row.href, row.words, self._row(row, scale, top))
            for row, top in zip(self.rows, tops, strict=True)
        )
        return drawing(self, below + FOOT, f"{self._grid(scale, below)}{rows}")

    def _grid(self, scale: RatioScale, below: float) -> str:
        """The lines of the axis stand beside the dots, not behind words: a dash for each row."""
        bottom = below - 6
        one = pct(scale.part(1))
        words = [TEXT + _taller(row) for row in self.rows]
        dashes = " ".join(f"{ROW - TEXT - 6} {num(each + 6)}" for each in (*words[1:], TEXT))
        down = f'y1="{num(HEAD + words[0])}" y2="{num(bottom)}"'
        lines = "".join(
            f'<line x1="{pct(scale.part(tick))}" x2="{pct(scale.part(tick))}" {down}/>'
            for tick in scale.ticks
        )
        return (
            f'<g class="cg" stroke="{RULE}" stroke-dasharray="{dashes}">{lines}</g>'
            f'<line class="cr" stroke="{COLOURS[1]}" stroke-width="1.5" stroke-dasharray="{dashes}" '
            f'x1="{one}" x2="{one}" {down}/>'
            f"{text('0', 12, f'‹ {self.left}')}{text('100%', 12, f'{self.right} ›', anchor='end')}"
            f"{''.join(self._tick(scale, tick, bottom + 18) for tick in scale.ticks)}"
        )

    def _tick(self, scale: RatioScale, tick: float, y: float) -> str:
        part = scale.part(tick)
        anchor = "start" if part == 0 else "end" if part == 1 else "middle"
        words = f"{tick:g}×" if tick >= 1 else f"1/{1 / tick:g}×"
        return text(pct(part), y, words, anchor=anchor)

    def _row(self, row: Odds, scale: RatioScale, top: float) -> str:
        """The whole row is one target: label and ratio, then the n of both sides, then the dot."""
        more = _taller(row)
        below = top + more
        y = below + TEXT + 11
        return (
            f'<rect class="cz" fill="none" pointer-events="all" x="0" y="{num(top)}" width="100%" '
            f'height="{num(ROW + more - 4)}"/>'
            f"{label_at(label_lines(row.label, LABEL_LENGTH), top)}"
            f'<text class="cl" fill="{INK}" x="100%" y="{num(below + 15)}" text-anchor="end">'
            f"{escape(TIMES.label(row.value))}</text>"
            f'<text class="cv" fill="{SOFT}" x="0" y="{num(below + 32)}">{escape(row.basis)}</text>'
            f"{across(scale.part(row.low), scale.part(row.high), y)}"
            f'<circle class="s1" fill="{COLOURS[0]}" cx="{pct(scale.part(row.value))}" '
            f'cy="{num(y)}" r="6"/>'
        )

    def table(self) -> Table:
        columns = (self.row_heading, *self.columns, "Times as often", "95% interval")
        return Table(columns, tuple(self._line(row) for row in self.rows))

    def _line(self, row: Odds) -> tuple[Cell, ...]:
        interval = f"{TIMES.tick(row.low)} to {TIMES.tick(row.high)}"
        return (Cell(row.label), *row.cells, Cell(TIMES.label(row.value)), Cell(interval))


def _taller(row: Odds) -> int:
    """By how much a row whose label takes more than one line is higher."""
    return LINE * (len(label_lines(row.label, LABEL_LENGTH)) - 1)
