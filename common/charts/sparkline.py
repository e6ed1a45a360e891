"""A small line without axes, for a tile."""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString

from common.charts.marks import COLOURS, built, num
from common.charts.units import Number

WIDTH = 120
HEIGHT = 32
EDGE = 4


def sparkline(values: Sequence[Number | None], words: str) -> SafeString:
    """The course of `values`, from zero up, its last point marked; `words` says what it shows.

    Gaps break the line; fewer than two known values draw nothing.
    """
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return built("")
    high = max(known) or 1.0
    places = [
        None if v is None else _place(i, float(v), len(values), high) for i, v in enumerate(values)
    ]
    last = next(place for place in reversed(places) if place is not None)
    return built(
        f'<svg class="sparkline" role="img" aria-label="{escape(words)}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><path class="l1" fill="none" stroke="{COLOURS[0]}" '
        f'stroke-width="1.75" stroke-linejoin="round" d="{_path(places)}"/>'
        f'<circle class="s1" fill="{COLOURS[0]}" cx="{num(last[0])}" cy="{num(last[1])}" r="3"/></svg>'
    )


def _place(index: int, value: float, count: int, high: float) -> tuple[float, float]:
    x = EDGE + (WIDTH - 2 * EDGE) * index / (count - 1)
    return x, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * max(0.0, value) / high


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    steps, pen = [], "M"
    for place in places:
        if place is None:
            pen = "M"
            continue
        steps.append(f"{pen}{num(place[0])} {num(place[1])}")
        pen = "L"
    return "".join(steps)
