"""How strongly something goes with losing: an exact test, a ratio, a strength, many at once.

Sources: R. A. Fisher, The Design of Experiments (1935), two-sided by the probabilities of the
tables; D. Katz et al., Biometrics 34 (1978), the ratio's interval, with half a deal added to
each side where one of them is 0 (S. D. Walter, Biometrika 62, 1975); W. Bergsma, Journal of
the Korean Statistical Society 42 (2013), Cramér's V without its bias; Y. Benjamini and
Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt

import numpy as np

from common.intervals import Z
from trends.codec import Column

# Tables farther than this many standard deviations from what chance expects weigh nothing.
FARTHEST = 40
ALIKE = 1e-7  # by so little may probabilities differ and still count as equal


@dataclass(frozen=True)
class Sides:
    """Of `losses` lost deals `lost` have it, of `wins` won ones `won`."""

    lost: int
    losses: int
    won: int
    wins: int

    @property
    def n(self) -> int:
        return self.lost + self.won


@dataclass(frozen=True)
class Ratio:
    """The share in losses over the share in wins with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def least(self) -> float:
        """What the interval leaves of it for sure: the end nearer to 1 on a log scale, 0 where it holds 1."""
        if self.low <= 1 <= self.high:
            return 0.0
        return min(abs(log(self.low)), abs(log(self.high)))


def ratio(sides: Sides) -> Ratio:
    """For sides that are not both without it."""
    half = 0.0 if sides.lost and sides.won else 0.5
    lost, losses = sides.lost + half, sides.losses + half
    won, wins = sides.won + half, sides.wins + half
    value = (lost / losses) / (won / wins)
    spread = Z * sqrt(max(0.0, 1 / lost - 1 / losses + 1 / won - 1 / wins))
    return Ratio(value, exp(log(value) - spread), exp(log(value) + spread))


def fisher(sides: Sides) -> float:
    """The two-sided probability of so uneven a split, or a more uneven one, by chance alone."""
    if sides.losses + sides.wins < 2:
        return 1.0
    [(first, weights)] = splits(*(np.array([each]) for each in (sides.n, sides.losses, sides.wins)))
    return two_sided(weights, sides.lost - first)


def two_sided(weights: Column, seen: int) -> float:
    """How probable what has at most the weight of the one at `seen` is; 0 for one too far out."""
    if not 0 <= seen < len(weights):
        return 0.0
    least = weights[weights <= weights[seen] * (1 + ALIKE)]
    return float(min(1.0, least.sum() / weights.sum()))


def splits(having: Column, losses: Column, wins: Column) -> list[tuple[int, Column]]:
    """For each table of at least two deals the fewest lost deals that could have it, and the weight by
    chance of each number from there on.

    Its margins are how many have it and how many are lost and won; what weighs nothing is left out.
    """
    deals = losses + wins
    mean = having * losses / deals
    deviation = np.sqrt(mean * (1 - losses / deals) * (deals - having) / (deals - 1))
    first = np.maximum(np.maximum(0, having - wins), (mean - FARTHEST * deviation).astype(int) - 1)
    last = np.minimum(np.minimum(having, losses), (mean + FARTHEST * deviation).astype(int) + 1)
    sizes = last - first + 1
    starts = np.cumsum(sizes) - sizes
    numbers = np.arange(sizes.sum()) + np.repeat(first - starts, sizes)
    losses, wins, others = (np.repeat(each, sizes) for each in (losses, wins, having))
    weights = _chosen(losses, numbers) + _chosen(wins, others - numbers)
    weights = np.exp(weights - np.repeat(np.maximum.reduceat(weights, starts), sizes))
    return list(zip(first.tolist(), np.split(weights, starts[1:]), strict=True))


def _chosen(of: Column, some: Column) -> Column:
    """The logarithms of the number of ways to choose `some` of `of`."""
    logs = _log_factorials(int(of.max(initial=1)).bit_length())
    found: Column = logs[of] - logs[some] - logs[of - some]
    return found


@lru_cache(maxsize=4)
def _log_factorials(bits: int) -> Column:
    """Of 0 to 2 ** bits."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, 2**bits + 1)))])


def strength(table: Sequence[tuple[int, int]]) -> float:
    """Cramér's V of a value against lost or won, from 0 (none) to 1, freed of its bias.

    `table` holds (lost, won) of each value; without the correction a column of many values
    looks strong by chance. 0 where there is nothing to compare.
    """
    counts = np.array([row for row in table if sum(row)], dtype=float)
    if len(counts) < 2 or not counts.sum(axis=0).all() or counts.sum() < 3:
        return 0.0
    n, (rows, columns) = counts.sum(), counts.shape
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / n
    phi = ((counts - expected) ** 2 / expected).sum() / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows, columns = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    smaller = min(rows, columns) - 1
    return float(min(1.0, sqrt(phi / smaller))) if smaller > 0 else 0.0


def benjamini_hochberg(chances: Iterable[float]) -> list[float]:
    """For each probability the share of false findings among all that are at most as probable."""
    values = list(chances)
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    found, least = [1.0] * len(values), 1.0
    for place, index in enumerate(order):
        least = min(least, values[index] * len(values) / (len(values) - place))
        found[index] = least
    return found
