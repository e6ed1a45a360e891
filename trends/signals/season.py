"""Whether a change is what the same weeks of the years before did too.

A season can't be told from a change in its first year. From the second on a change is taken for one if
the same weeks of each year that is known stood out likewise, beyond chance together, and today's are
not beyond them. Both are the exact test of the scan; asked of what the scan found only, so that
a company without seasons loses next to nothing by it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.exact import tail, tail_down
from trends.signals.scan import LEAST_BEFORE, MOST_BEFORE, UP, Sums
from trends.signals.shape import Change

Numbers = npt.NDArray[Any]

A_YEAR = 52  # weeks
LONGEST = 26

_BEYOND_CHANCE = 0.02  # all years together
_A_SIGN = 0.25  # each of them
_BEYOND_SEASON = 0.01


def is_seasonal(sums: Sums, place: int, change: Change, direction: int) -> bool:
    """Whether the weeks since the onset are like the same weeks of earlier years, which stood out too."""
    known = [back for back in (A_YEAR, 2 * A_YEAR) if change.onset >= back]
    if not known or change.weeks > LONGEST:
        return False
    years = [_counts(sums, place, change.onset - back, change.week - back) for back in known]
    same = np.sum(years, axis=0)
    before = max(change.onset - MOST_BEFORE, 0)
    others = _counts(sums, place, before, change.onset) - same
    if change.onset - before - len(years) * change.weeks < LEAST_BEFORE or not others[1]:
        return False
    stood_out = _chance(same, others, direction) < _BEYOND_CHANCE and all(
        _chance(year, others, direction) < _A_SIGN for year in years
    )
    now = np.array([change.hits, change.deals], dtype=float)
    return stood_out and _chance(now, same, direction) > _BEYOND_SEASON


def _counts(sums: Sums, place: int, first: int, week: int) -> Numbers:
    """Hits and deals of a series in the weeks from `first` until `week` weeks are over."""
    of = sums.hits[place], sums.deals[place]
    return np.array([each[week] - each[first] for each in of])


def _chance(here: Numbers, there: Numbers, direction: int) -> float:
    """How likely by chance a share is so much above (or below) another."""
    test = tail if direction == UP else tail_down
    return float(test(*here, *there)[0])
