"""What charts over time share: the periods along the axis, the grid, the marked events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from common.charts.frame import Cell, Table
from common.charts.links import Href
from common.charts.marks import INK, RULE, mark, num, pct, text
from common.charts.scale import Scale
from common.charts.units import Number, Unit

HEAD = 20
PLOT = 220
FOOT = 40
HEIGHT = HEAD + PLOT + FOOT
LEFT = 0.09
MOST_LABELS = 5


@dataclass(frozen=True)
class Period:
    """A month, week or quarter: `label` in full for words, `short` for the axis; the running one is partial."""

    label: str
    short: str
    is_partial: bool = False


@dataclass(frozen=True)
class Point:
    """A series' value in one period; None leaves a gap. `words` is what its link says."""

    value: Number | None
    words: str
    href: Href = ""
    low: Number | None = None
    high: Number | None = None


@dataclass(frozen=True)
class Series:
    """One line, or one colour of columns; `is_hatched` is for what isn't debriefed."""

    label: str
    points: Sequence[Point]
    is_hatched: bool = False


@dataclass(frozen=True)
class Annotation:
    """An event at the beginning of period number `before` (0 is the first; 1.5 is within the second).

    `words` say in full what the short `label` stands for.
    """

    before: float
    label: str
    words: str = ""


@dataclass(frozen=True)
class Timeline:
    """The field in which columns and lines are drawn."""

    periods: Sequence[Period]
    unit: Unit
    scale: Scale
    annotations: Sequence[Annotation] = field(default=())

    @cached_property
    def slot(self) -> float:
        """The width of one period, from 0 to 1."""
        return (1 - LEFT) / max(1, len(self.periods))

    def start(self, place: float) -> float:
        return LEFT + place * self.slot

    def middle(self, place: int) -> float:
        return self.start(place) + self.slot / 2

    def y(self, value: Number) -> float:
        return HEAD + PLOT * (1 - self.scale.part(value))

    def background(self) -> str:
        return f"{self._partial()}{self._grid()}{self._labels()}"

    def foreground(self) -> str:
        return "".join(self._annotation(event) for event in self.annotations)

    def _partial(self) -> str:
        """A band behind each running period, and the words that say so."""
        return "".join(
            f'<rect class="cp" fill="{RULE}" fill-opacity="0.5" x="{pct(self.start(place))}" y="{HEAD}" '
            f'width="{pct(self.slot)}" height="{PLOT}"/>'
            f"{text(self._at_most(place), HEIGHT - 4, 'so far', anchor='end')}"
            for place, period in enumerate(self.periods)
            if period.is_partial
        )

    def _at_most(self, place: int) -> str:
        return pct(min(1.0, self.start(place) + self.slot))

    def _grid(self) -> str:
        lines = "".join(
            f'<line x1="{pct(LEFT)}" x2="100%" y1="{num(self.y(tick))}" y2="{num(self.y(tick))}"/>'
            for tick in self.scale.ticks
        )
        labels = "".join(
            text(pct(LEFT - 0.012), self.y(tick) + 4, self.unit.tick(tick), anchor="end")
            for tick in self.scale.ticks
        )
        return f'<g class="cg" stroke="{RULE}">{lines}</g>{labels}'

    def _labels(self) -> str:
        """At most five periods, which a phone has room for, are named, always with the last one."""
        count = len(self.periods)
        step = max(1, -(-count // MOST_LABELS))
        return "".join(
            self._label(place) for place in range(count) if (count - 1 - place) % step == 0
        )

    def _label(self, place: int) -> str:
        y = HEAD + PLOT + 18
        is_last = place == len(self.periods) - 1 and len(self.periods) > MOST_LABELS
        x = "100%" if is_last else pct(self.middle(place))
        return text(x, y, self.periods[place].short, anchor="end" if is_last else "middle")

    def _annotation(self, event: Annotation) -> str:
        x = self.start(event.before)
        anchor = "end" if x > 0.6 else "start"
        drawn = (
            f'<line class="cw" stroke="{INK}" stroke-width="1.2" stroke-dasharray="3 3" '
            f'x1="{pct(x)}" x2="{pct(x)}" y1="16" y2="{HEAD + PLOT}"/>'
            f"{text(pct(x), 12, event.label, css='cl', anchor=anchor)}"
        )
        return mark("", event.words, drawn) if event.words else drawn


def table_over_time(
    periods: Sequence[Period],
    series: Sequence[Series],
    unit: Unit,
    heading: str,
    annotations: Sequence[Annotation] = (),
) -> Table:
    """A row per period, a column per series, and one of the events where there are any.

    The running period says that it isn't over.
    """
    rows = tuple(
        (
            Cell(f"{period.label} (so far)" if period.is_partial else period.label),
            *(_cell(one.points[place], unit) for one in series),
            *([_events(annotations, place)] if annotations else []),
        )
        for place, period in enumerate(periods)
    )
    events = ("Marked",) if annotations else ()
    return Table((heading, *(one.label for one in series), *events), rows)


def _events(annotations: Sequence[Annotation], place: int) -> Cell:
    found = (event for event in annotations if int(event.before) == place)
    return Cell("; ".join(event.words or event.label for event in found))


def _cell(point: Point, unit: Unit) -> Cell:
    return Cell("–" if point.value is None else unit.full(point.value), point.href)
