"""Columns over time, stacked or side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from common.charts.frame import Sample, Table, drawing
from common.charts.marks import INK, fill_of, hatch_of, mark, num, pct, textures, upright
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

FILLED = 0.72
HAIRLINE = 1.5


@dataclass(frozen=True)
class Columns:
    """One column per period, made of its series; each series has a point for every period."""

    key: str
    title: str
    description: str
    periods: Sequence[Period]
    series: Sequence[Series]
    unit: Unit = COUNT
    is_stacked: bool = True
    annotations: Sequence[Annotation] = field(default=())
    period_heading: str = "Period"

    @property
    def is_empty(self) -> bool:
        return not self.periods or not self.series

    def legend(self) -> list[Sample]:
        if len(self.series) == 1 and not self.series[0].is_hatched:
            return []
        return [
            Sample(one.label, place, is_hatched=one.is_hatched)
            for place, one in enumerate(self.series)
        ]

    def table(self) -> Table:
        return table_over_time(
            self.periods, self.series, self.unit, self.period_heading, self.annotations
        )

    def scale(self) -> Scale:
        """From zero to a round number above the highest column or whisker."""
        whole = self.unit.is_whole
        return nice_scale(0, max(self._tops(), default=0), whole=whole)

    def _tops(self) -> list[float]:
        if not self.is_stacked:
            points = [point for one in self.series for point in one.points]
            return [max(float(p.value or 0), float(p.high or 0)) for p in points]
        return [
            sum(float(one.points[place].value or 0) for one in self.series)
            for place in range(len(self.periods))
        ]

    def svg(self) -> SafeString:
        timeline = Timeline(self.periods, self.unit, self.scale(), self.annotations)
        floors = [0.0] * len(self.periods)
        groups = "".join(
            self._group(timeline, place, one, floors) for place, one in enumerate(self.series)
        )
        body = (
            f"{textures(self.key, len(self.series))}{timeline.background()}"
            f"{groups}{timeline.foreground()}"
        )
        return drawing(self, HEIGHT, body)

    def _group(self, timeline: Timeline, place: int, one: Series, floors: list[float]) -> str:
        """All marks of one series, filled once; `floors` carries the height reached in each period."""
        marks = "".join(
            self._column(timeline, place, period, point, floors)
            for period, point in enumerate(one.points)
            if point.value is not None
        )
        if one.is_hatched:
            return f'<g class="co" fill="{hatch_of(self.key)}" stroke="{INK}">{marks}</g>'
        css = ' class="s1"' if place == 0 else ""
        return f'<g{css} fill="{fill_of(self.key, place)}">{marks}</g>'

    def _column(
        self, timeline: Timeline, place: int, period: int, point: Point, floors: list[float]
    ) -> str:
        """One rectangle; a value of 0 keeps a hairline, so that it can be seen and opened."""
        floor = floors[period] if self.is_stacked else 0.0
        value = float(point.value or 0)
        if self.is_stacked and not value:
            return ""
        top, bottom = timeline.y(floor + value), timeline.y(floor)
        height = max(HAIRLINE, bottom - top)
        floors[period] = floor + value
        x, width = self._place(timeline, place, period)
        drawn = (
            f'<rect x="{pct(x)}" y="{num(bottom - height)}" width="{pct(width)}" '
            f'height="{num(height)}"/>'
        )
        return mark(point.href, point.words, drawn + self._whisker(timeline, point, x + width / 2))

    def _place(self, timeline: Timeline, place: int, period: int) -> tuple[float, float]:
        width = timeline.slot * FILLED
        left = timeline.middle(period) - width / 2
        if self.is_stacked:
            return left, width
        return left + place * width / len(self.series), width / len(self.series)

    def _whisker(self, timeline: Timeline, point: Point, x: float) -> str:
        if self.is_stacked or point.low is None or point.high is None:
            return ""
        return upright(x, timeline.y(point.high), timeline.y(point.low))
