"""Charts of one row per thing: bars with intervals and a hatched part, dots with intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from django.utils.safestring import SafeString

from common.charts.frame import Cell, Sample, Table, drawing
from common.charts.links import Href
from common.charts.marks import (
    COLOURS,
    DOTS,
    INK,
    NOT_DEBRIEFED,
    RULE,
    across,
    fill_of,
    hatch_of,
    mark,
    num,
    pct,
    text,
    textures,
)
from common.charts.naming import names, taller
from common.charts.scale import Scale, nice_scale
from common.charts.units import COUNT, SHARE, Number, Unit

ROW = 46
BAR = 14
FOOT = 22
PART = 1  # the place of the texture that marks a part of a bar


@dataclass(frozen=True)
class Bar:
    """One row. `value` is None when nothing can be said; `words` is what its link says.

    `basis` is the n beside the value ("8 of 31"); `low` and `high` are its interval; `undebriefed` is what
    stands behind the value hatched, in the chart's own unit; `is_unknown` draws the whole row hatched.
    `part` is as much of the value as is drawn in a texture, with words and an address of its own.
    `bounds` are where the value could lie whatever the missing debriefs say, `bounds_words` the same
    for the table.
    """

    label: str
    value: Number | None
    words: str
    href: Href = ""
    basis: str = ""
    low: Number | None = None
    high: Number | None = None
    undebriefed: Number = 0
    is_unknown: bool = False
    part: Number = 0
    part_words: str = ""
    part_href: Href = ""
    bounds: tuple[float, float] | None = None
    bounds_words: str = ""


@dataclass(frozen=True)
class Bars:
    """Horizontal bars from zero."""

    key: str
    title: str
    description: str
    bars: Sequence[Bar]
    unit: Unit = COUNT
    row_heading: str = "Name"
    value_heading: str = "Value"
    undebriefed_label: str = NOT_DEBRIEFED
    part_label: str = ""
    bounds_label: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.bars

    @property
    def _has_parts(self) -> bool:
        return any(bar.part for bar in self.bars)

    @property
    def _has_bounds(self) -> bool:
        return any(bar.bounds for bar in self.bars)

    def legend(self) -> list[Sample]:
        """Needed only where a part is textured or hatched, or bounds are drawn."""
        undebriefed = any(bar.undebriefed for bar in self.bars)
        parts = [Sample(self.part_label, PART)] if self._has_parts else []
        rest = [Sample(self.undebriefed_label, 0, is_hatched=True)] if undebriefed else []
        bounds = [Sample(self.bounds_label, 0, is_dotted=True)] if self._has_bounds else []
        return (
            [Sample(self.value_heading, 0), *parts, *rest, *bounds]
            if rest or parts or bounds
            else []
        )

    def scale(self) -> Scale:
        """From zero to a round number above every bar and whisker; a share's never goes beyond 100%."""
        ends = [max(_end(bar), float(bar.high or 0), *(bar.bounds or ())) for bar in self.bars]
        return nice_scale(0, max(ends, default=0), whole=self.unit.is_whole)

    def svg(self) -> SafeString:
        scale = self.scale()
        *tops, height = _tops(self.bars, self.unit)
        rows = "".join(self._row(bar, scale, top) for bar, top in zip(self.bars, tops, strict=True))
        patterns = textures(self.key, 1 + PART * self._has_parts)
        body = f"{patterns}{_grid(scale, self.unit, height)}{rows}"
        return drawing(self, height + FOOT, body)

    def _row(self, bar: Bar, scale: Scale, top: float) -> str:
        words = (bar.label, _value(bar, self.unit), bar.basis)
        more = taller(*words)
        below = top + 22 + more
        drawn = (
            f"{_hit(top, ROW + more)}{names(*words, top)}"
            f"{self._bar(bar, scale, below)}{_bounds(bar, scale, below + BAR + 4)}"
        )
        whisker = _whisker(bar, scale, below + BAR / 2)
        if not bar.part:
            return mark(bar.href, bar.words, drawn + whisker)
        part = mark(bar.part_href, bar.part_words, self._part(bar, scale, below))
        above = f'<g pointer-events="none">{whisker}</g>' if whisker else ""
        return f"{mark(bar.href, bar.words, drawn)}{part}{above}"

    def _part(self, bar: Bar, scale: Scale, y: float) -> str:
        """The textured part lies over the bar from zero on, with a target as high as a finger needs."""
        width = pct(scale.part(bar.part))
        return (
            f'<rect class="cz" fill="none" pointer-events="all" x="0" y="{num(y - 5)}" '
            f'width="{width}" height="{BAR + 10}"/><rect fill="{fill_of(self.key, PART)}" x="0" '
            f'y="{num(y)}" width="{width}" height="{BAR}"/>'
        )

    def _bar(self, bar: Bar, scale: Scale, y: float) -> str:
        """The value solid, what isn't debriefed hatched behind it; a value of 0 keeps a hairline."""
        place = f'y="{num(y)}" height="{BAR}"'
        part = scale.part(bar.value or 0)
        width = pct(part) if part else "1.5"
        solid = f'class="s1" fill="{COLOURS[0]}"'
        hatched = f'class="co" fill="{hatch_of(self.key)}" stroke="{INK}"'
        drawn = f'<rect {hatched if bar.is_unknown else solid} x="0" {place} width="{width}"/>'
        if bar.undebriefed:
            rest = scale.part(_end(bar)) - part
            drawn += f'<rect {hatched} x="{pct(part)}" {place} width="{pct(rest)}"/>'
        return "" if bar.value is None else drawn

    def table(self) -> Table:
        """Only the columns that some row fills."""
        columns = _columns(self.row_heading, self.value_heading, self.bars)
        more: list[Callable[[Bar], Cell]] = []
        if self._has_parts:
            columns.append(self.part_label)
            more.append(self._part_cell)
        if any(bar.undebriefed for bar in self.bars):
            columns.append(self.undebriefed_label)
            more.append(lambda bar: Cell(self.unit.full(bar.undebriefed)))
        if self._has_bounds:
            columns.append(self.bounds_label)
            more.append(lambda bar: Cell(bar.bounds_words or "–"))
        rows = [[*_cells(bar, self.unit, columns), *(m(bar) for m in more)] for bar in self.bars]
        return Table(tuple(columns), tuple(tuple(row) for row in rows))

    def _part_cell(self, bar: Bar) -> Cell:
        return Cell(self.unit.full(bar.part), bar.part_href) if bar.part else Cell("–")


@dataclass(frozen=True)
class Dot:
    """One row: a rate with its interval. Without a `value` the row says `basis` alone ("3 deals: too few")."""

    label: str
    value: float | None
    words: str
    href: Href = ""
    basis: str = ""
    low: Number | None = None
    high: Number | None = None


@dataclass(frozen=True)
class Reference:
    """A line through all rows to compare them with, such as the win rate over everything."""

    value: float
    label: str


@dataclass(frozen=True)
class Dots:
    """A dot per row with its interval as a whisker, over an axis that needn't start at zero."""

    key: str
    title: str
    description: str
    dots: Sequence[Dot]
    unit: Unit = SHARE
    row_heading: str = "Name"
    value_heading: str = "Value"
    reference: Reference | None = None
    extent: tuple[float, float] | None = field(default=(0.0, 1.0))

    @property
    def is_empty(self) -> bool:
        return not self.dots

    def legend(self) -> list[Sample]:
        return []

    def scale(self) -> Scale:
        """`extent`, or where it is None, round numbers around every dot, whisker and the reference."""
        if self.extent:
            return nice_scale(*self.extent, whole=self.unit.is_whole)
        values = [
            float(v) for dot in self.dots for v in (dot.value, dot.low, dot.high) if v is not None
        ]
        values += [self.reference.value] if self.reference else []
        return nice_scale(min(values, default=0), max(values, default=0), whole=self.unit.is_whole)

    def svg(self) -> SafeString:
        scale = self.scale()
        head = 18 if self.reference else 0
        *tops, bottom = _tops(self.dots, self.unit, head)
        rows = "".join(
            mark(dot.href, dot.words, self._row(dot, scale, top))
            for dot, top in zip(self.dots, tops, strict=True)
        )
        grid = _grid(scale, self.unit, bottom, head)
        return drawing(self, bottom + FOOT, f"{grid}{self._reference(scale, bottom)}{rows}")

    def _row(self, dot: Dot, scale: Scale, top: float) -> str:
        words = (dot.label, _value(dot, self.unit), dot.basis)
        more = taller(*words)
        y = top + 22 + more + BAR / 2
        drawn = ""
        if dot.value is not None:
            x = pct(scale.part(dot.value))
            drawn = (
                f'{_whisker(dot, scale, y)}<circle class="s1" fill="{COLOURS[0]}" '
                f'cx="{x}" cy="{num(y)}" r="6"/>'
            )
        return f"{_hit(top, ROW + more)}{names(*words, top)}{drawn}"

    def _reference(self, scale: Scale, bottom: float) -> str:
        if self.reference is None:
            return ""
        part = scale.part(self.reference.value)
        anchor = "start" if part < 0.3 else "end" if part > 0.7 else "middle"
        return (
            f'<line class="cr" stroke="{COLOURS[1]}" stroke-width="1.5" stroke-dasharray="4 3" '
            f'x1="{pct(part)}" x2="{pct(part)}" y1="16" y2="{num(bottom)}"/>'
            f"{text(pct(part), 12, self.reference.label, anchor=anchor)}"
        )

    def table(self) -> Table:
        columns = _columns(self.row_heading, self.value_heading, self.dots)
        return Table(
            tuple(columns), tuple(tuple(_cells(dot, self.unit, columns)) for dot in self.dots)
        )


def _end(bar: Bar) -> float:
    return float(bar.value or 0) + float(bar.undebriefed)


def _value(row: Bar | Dot, unit: Unit) -> str:
    return "" if row.value is None else unit.label(row.value)


def _tops(rows: Sequence[Bar | Dot], unit: Unit, head: float = 0) -> list[float]:
    """Where each row begins, and where the last one ends."""
    heights = (ROW + taller(row.label, _value(row, unit), row.basis) for row in rows)
    return list(accumulate(heights, initial=head))


def _hit(top: float, height: float) -> str:
    """What makes the whole row one target."""
    return (
        f'<rect class="cz" fill="none" pointer-events="all" x="0" y="{num(top)}" width="100%" '
        f'height="{num(height - 4)}"/>'
    )


def _whisker(row: Bar | Dot, scale: Scale, y: float) -> str:
    if row.low is None or row.high is None:
        return ""
    return across(scale.part(row.low), scale.part(row.high), y)


def _bounds(bar: Bar, scale: Scale, y: float) -> str:
    """A dotted line below the bar, from where the value lies at least to where it lies at most."""
    if bar.bounds is None:
        return ""
    low, high = (pct(scale.part(each)) for each in bar.bounds)
    return (
        f'<line class="cw" stroke="{INK}" stroke-width="1.5" stroke-dasharray="{DOTS}" '
        f'x1="{low}" x2="{high}" y1="{num(y)}" y2="{num(y)}"/>'
    )


def _grid(scale: Scale, unit: Unit, below: float, head: float = 0) -> str:
    """From below the head to where the rows end."""
    bottom = below - 4
    lines, labels = [], []
    for tick in scale.ticks:
        part = scale.part(tick)
        anchor = "start" if part == 0 else "end" if part == 1 else "middle"
        lines.append(
            f'<line x1="{pct(part)}" x2="{pct(part)}" y1="{num(head)}" y2="{num(bottom)}"/>'
        )
        labels.append(text(pct(part), bottom + 18, unit.tick(tick), anchor=anchor))
    return f'<g class="cg" stroke="{RULE}">{"".join(lines)}</g>{"".join(labels)}'


def _columns(row_heading: str, value_heading: str, rows: Sequence[Bar | Dot]) -> list[str]:
    columns = [row_heading, value_heading]
    if any(row.low is not None for row in rows):
        columns.append("95% interval")
    if any(row.basis for row in rows):
        columns.append("n")
    return columns


def _cells(row: Bar | Dot, unit: Unit, columns: list[str]) -> list[Cell]:
    cells = [Cell(row.label), Cell("–" if row.value is None else unit.full(row.value), row.href)]
    if "95% interval" in columns:
        cells.append(Cell(_interval(row, unit)))
    if "n" in columns:
        cells.append(Cell(row.basis or "–"))
    return cells


def _interval(row: Bar | Dot, unit: Unit) -> str:
    if row.low is None or row.high is None:
        return "–"
    return f"{unit.full(row.low)} to {unit.full(row.high)}"
