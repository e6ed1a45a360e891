"""Looking back from one week over windows of many lengths, in all series at once.

A window-limited scan of likelihood ratios (T. L. Lai, IEEE Transactions on Information Theory 44,
1998) with an exact test in the place of the ratio: it asks, of the last 4, 6, 8 ... 39 weeks, whether
their share differs from that of the up to 104 weeks before them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.exact import signed_root, tail, tail_down

Numbers = npt.NDArray[Any]

# Weeks, and what the p-value of so long a window is multiplied by. Found by simulation: of the grids
# tried, this one finds most doublings in two months, and nearly most in six, at the same false alarms.
WINDOWS = {4: 5.0, 6: 2.0, 8: 1.0, 11: 2.0, 15: 3.0, 20: 3.0, 26: 3.0, 32: 3.0, 39: 3.0}
MOST_BEFORE = 104
LEAST_BEFORE = 26
FEWEST_HITS = 3
UP, DOWN = 1, -1

# How much the quick root may differ from the exact test's, and what it must reach at least.
_SLACK = 0.5
_LEAST_ROOT = 2.0


@dataclass(frozen=True)
class Panel:
    """Counts by series and week: `hits[s, t]` of `deals[s, t]`.

    A series' hits are a kind of its deals, such as those of the debriefed losses that cite a reason.
    The last column is the last week that is over and ripe.
    """

    hits: Numbers
    deals: Numbers

    @property
    def weeks(self) -> int:
        return int(self.hits.shape[1])

    def until(self, week: int) -> "Panel":
        """What was known when only the first `week` weeks were over."""
        return Panel(self.hits[:, :week], self.deals[:, :week])


@dataclass(frozen=True)
class Sums:
    """The panel summed up from its first week, so that any window is a difference."""

    hits: Numbers
    deals: Numbers

    @classmethod
    def of(cls, panel: Panel) -> "Sums":
        return cls(_summed(panel.hits), _summed(panel.deals))

    def window(self, week: int, length: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """`k, n, k_before, n_before` of each series for the `length` weeks that end with `week`."""
        first = week - length
        start = max(first - MOST_BEFORE, 0)
        return (
            self.hits[:, week] - self.hits[:, first],
            self.deals[:, week] - self.deals[:, first],
            self.hits[:, first] - self.hits[:, start],
            self.deals[:, first] - self.deals[:, start],
        )


@dataclass(frozen=True)
class Scores:
    """For each series its best score and the window that gave it; `direction` is UP or DOWN.

    A score is a p-value times its window's factor: the lower the less likely by chance. 1 is nothing.
    """

    direction: int
    scores: Numbers
    windows: Numbers


def scan(
    sums: Sums, week: int, *, direction: int, limits: Numbers, spread: Numbers | None = None
) -> Scores:
    """The best score of each series when `week` weeks are over, as far as it is below its limit.

    `spread` is the variance of each series over that of chance alone (`Book.dispersion`).
    """
    from scipy.special import ndtri

    count = len(sums.hits)
    best, windows = np.ones(count), np.zeros(count, dtype=int)
    for length, factor in WINDOWS.items():
        if week - length < LEAST_BEFORE:
            continue
        figures = sums.window(week, length)
        root = signed_root(*figures) * direction
        if spread is not None:
            root = root / np.sqrt(spread)
        least = np.maximum(-ndtri(np.minimum(limits / factor, 0.5)) - _SLACK, _LEAST_ROOT)
        enough = figures[0] >= FEWEST_HITS if direction == UP else figures[2] >= FEWEST_HITS
        places = np.flatnonzero((root > least) & enough & (limits > 0))
        if len(places):
            found = _p_values([each[places] for each in figures], direction)
            found = factor * (found if spread is None else widened(found, spread[places]))
            better = found < best[places]
            best[places[better]] = found[better]
            windows[places[better]] = length
    return Scores(direction, best, windows)


def widened(p: Numbers, spread: Numbers) -> Numbers:
    """A p-value where counts vary `spread` times as much as by chance alone (quasi-likelihood)."""
    from scipy.special import ndtr, ndtri

    return np.where(spread > 1, ndtr(ndtri(p) / np.sqrt(spread)), p)


def _p_values(figures: list[Numbers], direction: int) -> Numbers:
    return tail(*figures) if direction == UP else tail_down(*figures)


def _summed(counts: Numbers) -> Numbers:
    start = np.zeros((len(counts), 1))
    return np.concatenate([start, counts.cumsum(axis=1)], axis=1)
