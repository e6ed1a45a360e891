"""From "at most one false alarm a year" to the score that each series must reach.

How often a series in which nothing changes reaches a score is known from simulation
(`python3 dev.py bench signals` checks it again): `LOOKS[direction][n]` times the score, a year, for
series with `EXPECTED[n]` hits a week. It counts all weeks and windows that are looked at, less what they
share, and what low counts can't reach at all (R. E. Tarone, Biometrics 46, 1990: a series that can't
reach the level costs none of it). Expected false alarms add up whatever depends on what.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.scan import DOWN, UP

Numbers = npt.NDArray[Any]

EXPECTED = (0.05, 0.15, 0.5, 1.5, 5.0, 15.0)
SCORES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
LOOKS: Mapping[int, tuple[tuple[float, ...], ...]] = {
    UP: (
        (10, 11, 13.3, 14.1, 8.5, 2.8),
        (45, 42, 33, 27, 18, 5.3),
        (70, 62, 46, 35, 22, 6.1),
        (70, 62, 52, 38, 24, 6.5),
        (75, 67, 56, 42, 25, 6.7),
        (75, 72, 58, 44, 26, 6.8),
    ),
    DOWN: (
        (0.01, 0.01, 0.01, 0.03, 0.12, 1.1),
        (0.8, 0.8, 1.1, 2, 3.9, 4.9),
        (12, 12, 13.5, 15.5, 22, 8.4),
        (70, 68, 58, 42, 28, 7.6),
        (74, 70, 62, 44.5, 27.5, 7.4),
        (75, 72, 62, 46, 27.5, 7.2),
    ),
}
# The same for one single look, such as the first at a company that brings its history along.
ONE_LOOK: Mapping[int, tuple[tuple[float, ...], ...]] = {
    UP: (
        (0.6, 0.7, 0.9, 1.1, 0.95, 0.57),
        (3, 3, 2.9, 1.9, 1.7, 0.82),
        (3.5, 3.2, 2.6, 2.15, 1.95, 0.87),
        (3.5, 3.2, 2.7, 2.4, 2.05, 0.89),
        (3.5, 3.4, 3.2, 2.6, 2.2, 0.94),
        (3.5, 3.4, 3.2, 2.6, 2.25, 0.94),
    ),
    DOWN: (
        (0.001, 0.001, 0.001, 0.005, 0.02, 0.2),
        (0.05, 0.05, 0.1, 0.25, 0.5, 0.8),
        (0.4, 0.4, 0.6, 1.2, 1.8, 1.15),
        (2.8, 2.8, 2.7, 2.3, 2.2, 1.0),
        (3.2, 3, 2.6, 2.3, 2.2, 1.0),
        (3.4, 3.2, 2.9, 2.5, 2.3, 1.0),
    ),
}


def alarms_a_year(
    expected: Numbers, scores: Numbers, direction: int, *, in_one_look: bool = False
) -> Numbers:
    """How often series with these expected hits a week reach these scores by chance, a year or in one look.

    Any shapes that go together; between the simulated figures along the logarithms of both.
    """
    looks = np.array((ONE_LOOK if in_one_look else LOOKS)[direction])
    row, down = _between(np.log(np.maximum(expected, EXPECTED[0])), np.log(EXPECTED))
    column, right = _between(np.log(np.maximum(scores, SCORES[0])), np.log(SCORES))
    upper = (1 - right) * looks[row, column] + right * looks[row, column + 1]
    lower = (1 - right) * looks[row + 1, column] + right * looks[row + 1, column + 1]
    found: Numbers = scores * ((1 - down) * upper + down * lower)
    return found


def _between(values: Numbers, marks: Numbers) -> tuple[Numbers, Numbers]:
    """The mark below each value, and which part of the way it is to the next."""
    place = np.clip(np.searchsorted(marks, values, side="right") - 1, 0, len(marks) - 2)
    way: Numbers = (values - marks[place]) / (marks[place + 1] - marks[place])
    return place, np.clip(way, 0, 1)
