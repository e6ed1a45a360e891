"""Axes with round numbers, always the same for the same data."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_DOUBLINGS = 6


@dataclass(frozen=True)
class Scale:
    """A straight axis from its first tick to its last."""

    ticks: tuple[float, ...]

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]

    def part(self, value: float | Decimal) -> float:
        """Where `value` lies: 0 at the first tick, 1 at the last, never outside of it."""
        low = self.ticks[0]
        share = (float(value) - low) / (self.ticks[-1] - low)
        return min(1.0, max(0.0, share))


class RatioScale(Scale):
    """An axis on which twice as much is as far from 1 as half as much."""

    def part(self, value: float | Decimal) -> float:
        held = min(self.high, max(self.low, float(value)))
        return math.log(held / self.low) / math.log(self.high / self.low)


def ratio_scale(values: Iterable[float], *, farthest: int = 6) -> RatioScale:
    """Powers of 2 around 1 that hold the values, at most `farthest` doublings either way."""
    reach = [math.log2(value) for value in values if value > 0]
    low = max(-farthest, math.floor(min([-1.0, *reach])))
    high = min(farthest, math.ceil(max([1.0, *reach])))
    step = 1 if high - low <= MOST_DOUBLINGS else 2
    low, high = -step * math.ceil(-low / step), step * math.ceil(high / step)
    return RatioScale(tuple(2.0**power for power in range(low, high + 1, step)))


def nice_scale(low: float, high: float, *, whole: bool = False, most: int = 5) -> Scale:
    """The tightest scale of round steps that holds `low` to `high` in at most `most` steps.

    Steps are 1, 2, 2.5 or 5 times a power of ten, and whole numbers where `whole`. Without any extent
    the scale is one step of 1.
    """
    if high <= low:
        high = low + 1
    step = _step((high - low) / most, whole=whole)
    while _count(low, high, step) > most:
        step = _step(step * 1.01, whole=whole)
    first = math.floor(low / step + 1e-9)
    return Scale(tuple(_clean((first + i) * step) for i in range(_count(low, high, step) + 1)))


def _count(low: float, high: float, step: float) -> int:
    return math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9)


def _step(least: float, *, whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    for factor in STEPS:
        step = _clean(factor * power)
        if step >= least * (1 - 1e-9) and not (whole and step != int(step)):
            return step
    return max(1.0, _clean(10 * power)) if whole else _clean(10 * power)


def _clean(value: float) -> float:
    """Without the crumbs of binary fractions: 0.30000000000000004 is 0.3."""
    return float(f"{value:.10g}")
