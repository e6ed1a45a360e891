"""Lines over time: each series has its own dash and marker beside its colour."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.safestring import SafeString

from common.charts.frame import Sample, Table, drawing
from common.charts.marks import (
    COLOURS,
    DASHES,
    INK,
    NOT_DEBRIEFED,
    SHAPES,
    hatch_of,
    mark,
    num,
    pct,
    textures,
    upright,
)
from common.charts.scale import Scale, nice_scale
from common.charts.timeline import (
    HEIGHT,
    Annotation,
    Period,
    Point,
    Series,
    Timeline,
    table_over_time,
)
from common.charts.units import COUNT, Unit

COLUMN = 0.6  # of a period's width


@dataclass(frozen=True)
class Lines:
    """One line per series; a missing value breaks it.

    `undebriefed` is a hatched column per period behind the lines, in their unit.
    """

    key: str
    title: str
    description: str
    periods: Sequence[Period]
    series: Sequence[Series]
    unit: Unit = COUNT
    annotations: Sequence[Annotation] = field(default=())
    period_heading: str = "Period"
    undebriefed: Sequence[Point] = field(default=())
    undebriefed_label: str = NOT_DEBRIEFED

    @property
    def is_empty(self) -> bool:
        return not self.periods or not self.series

    def legend(self) -> list[Sample]:
        """A line that is alone and before nothing hatched needs none."""
        if len(self.series) == 1 and not self.undebriefed:
            return []
        lines = [Sample(one.label, place, is_line=True) for place, one in enumerate(self.series)]
        hatched = [Sample(self.undebriefed_label, 0, is_hatched=True)] if self.undebriefed else []
        return [*lines, *hatched]

    def table(self) -> Table:
        hatched = [Series(self.undebriefed_label, self.undebriefed)] if self.undebriefed else []
        series = [*self.series, *hatched]
        return table_over_time(
            self.periods, series, self.unit, self.period_heading, self.annotations
        )

    def scale(self) -> Scale:
        """From zero to a round number above every point and whisker."""
        points = [point for one in self.series for point in one.points]
        points += self.undebriefed
        tops = [max(float(p.value or 0), float(p.high or 0)) for p in points]
        return nice_scale(0, max(tops, default=0), whole=self.unit.is_whole)

    def svg(self) -> SafeString:
        timeline = Timeline(self.periods, self.unit, self.scale(), self.annotations)
        lines = "".join(_line(timeline, place, one) for place, one in enumerate(self.series))
        body = f"{timeline.background()}{self._hatched(timeline)}{lines}{timeline.foreground()}"
        return drawing(self, HEIGHT, body)

    def _hatched(self, timeline: Timeline) -> str:
        if not self.undebriefed:
            return ""
        columns = "".join(
            _column(timeline, place, point)
            for place, point in enumerate(self.undebriefed)
            if point.value
        )
        fill = f'class="co" fill="{hatch_of(self.key)}" stroke="{INK}" stroke-opacity="0.35"'
        return f"{textures(self.key, 1)}<g {fill}>{columns}</g>"


def _column(timeline: Timeline, place: int, point: Point) -> str:
    top, bottom = timeline.y(point.value or 0), timeline.y(0)
    width = timeline.slot * COLUMN
    drawn = (
        f'<rect x="{pct(timeline.middle(place) - width / 2)}" y="{num(top)}" '
        f'width="{pct(width)}" height="{num(bottom - top)}"/>'
    )
    return mark(point.href, point.words, drawn)


def _line(timeline: Timeline, place: int, one: Series) -> str:
    style = place % len(COLOURS)
    marks = "".join(
        _point(timeline, period, point, SHAPES[style])
        for period, point in enumerate(one.points)
        if point.value is not None
    )
    return (
        f'<g class="l{style + 1}" stroke="{COLOURS[style]}" fill="{COLOURS[style]}">'
        f"{_strokes(timeline, one.points, DASHES[style])}{marks}</g>"
    )


def _strokes(timeline: Timeline, points: Sequence[Point], dash: str) -> str:
    """The segments between neighbours that both have a value, as lines, since they can be given in percent."""
    segments = "".join(
        f'<line x1="{pct(timeline.middle(i))}" y1="{num(timeline.y(a.value))}" '
        f'x2="{pct(timeline.middle(i + 1))}" y2="{num(timeline.y(b.value))}"/>'
        for i, (a, b) in enumerate(pairwise(points))
        if a.value is not None and b.value is not None
    )
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<g stroke-width="2" stroke-linecap="round"{dashed}>{segments}</g>'


def _point(timeline: Timeline, period: int, point: Point, shape: str) -> str:
    x, y = timeline.middle(period), timeline.y(point.value or 0)
    whisker = ""
    if point.low is not None and point.high is not None:
        whisker = upright(x, timeline.y(point.high), timeline.y(point.low))
    drawn = (
        f'<svg class="cm" overflow="visible" x="{pct(x)}" y="{num(y)}" width="1" height="1">'
        f'<circle class="cz" fill="none" stroke="none" pointer-events="all" r="12"/>'
        f'<path d="{shape}"/></svg>'
    )
    return mark(point.href, point.words, whisker + drawn)
