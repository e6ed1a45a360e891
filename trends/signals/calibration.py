"""From "at most one false alarm a year" to the score that each series must reach.

How often a series in which nothing changes reaches a score is known from simulation
(`python3 dev.py bench signals` checks it again): `LOOKS[direction][n]` times the score, a year, for
series with `EXPECTED[n]` hits a week. It counts all weeks and windows that are looked at, less what they
share, and what low counts can't reach at all (R. E. Tarone, Biometrics 46, 1990: a series that can't
reach the level costs none of it). Expected false alarms add up whatever depends on what, so a budget
is kept by choosing the score at which the sum over the series equals it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.scan import DOWN, UP

Numbers = npt.NDArray[Any]

# The same for one single look, such as the first at a company that brings its history along.
ONE_LOOK: Mapping[int, tuple[tuple[float, ...], ...]] = {
    UP: (
        (1, 2, 2.7, 2.7, 2.2, 0.6),
        (3, 3, 3.5, 3.9, 3.4, 0.8),
        (11, 11, 7, 4.7, 4, 0.9),
        (20, 15, 8, 5.7, 4.1, 0.9),
        (15, 10, 7, 5.3, 4.3, 1),
        (20, 15, 8, 5.9, 4.3, 1),
    ),
    DOWN: (
        (0.05, 0.05, 0.05, 0.05, 0.1, 0.7),
        (0.1, 0.1, 0.1, 0.6, 1.7, 1.2),
        (1, 1, 2, 3, 3.5, 1.3),
        (2, 2, 3.6, 5, 4.3, 1.1),
        (12, 7, 5.6, 5.5, 4.4, 1),
        (20, 14, 7.5, 5.8, 4.6, 1),
    ),
}

HIGHEST_LEVEL = 0.02
_NEXT_TO_NONE = 1e-12
EXPECTED = (0.05, 0.15, 0.5, 1.5, 5.0, 15.0)
SCORES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
LOOKS: Mapping[int, tuple[tuple[float, ...], ...]] = {
    UP: (
        (35, 33, 32, 26, 13, 2),
        (65, 65, 62, 45, 27, 5),
        (190, 165, 105, 63, 31, 6),
        (260, 180, 105, 69, 34, 6),
        (260, 180, 120, 75, 36, 6),
        (270, 180, 122, 76, 36, 6),
    ),
    DOWN: (
        (0.1, 0.1, 0.1, 0.5, 2, 3),
        (0.5, 1, 2, 5, 11, 6),
        (10, 18, 30, 36, 30, 8),
        (100, 88, 80, 74, 39, 7),
        (240, 150, 118, 82, 40, 7),
        (250, 170, 122, 86, 39, 7),
    ),
}


@dataclass(frozen=True)
class Curve:
    """How often any of some series reaches a score by chance, a year or in one look, at each of SCORES."""

    alarms: Numbers

    @classmethod
    def of(cls, expected: Numbers, direction: int, *, in_one_look: bool = False) -> "Curve":
        """Of series with these expected hits a week."""
        place = np.log(np.maximum(expected, 1e-3))
        looks = np.array((ONE_LOOK if in_one_look else LOOKS)[direction])
        by_score = [np.interp(place, np.log(EXPECTED), column).sum() for column in looks.T]
        return cls(np.array(by_score) * SCORES)

    def alarms_a_year(self, score: float) -> float:
        """Between the SCORES along a power of the score; below the lowest in proportion to it."""
        if score < SCORES[0]:
            return float(self.alarms[0] * score / SCORES[0])
        return float(np.exp(np.interp(np.log(score), np.log(SCORES), self._rising)))

    def level(self, budget: float) -> float:
        """The score that is reached `budget` times a year in all; 0 without a budget."""
        if not budget or not len(self.alarms.nonzero()[0]):
            return 0.0
        if budget <= self.alarms[0]:
            return float(SCORES[0] * budget / self.alarms[0])
        log_score = np.interp(np.log(budget), self._rising, np.log(SCORES))
        return float(min(np.exp(log_score), HIGHEST_LEVEL))

    @cached_property
    def _rising(self) -> Numbers:
        """The logarithms of the alarms, never falling."""
        logs: Numbers = np.maximum.accumulate(np.log(np.maximum(self.alarms, _NEXT_TO_NONE)))
        return logs
