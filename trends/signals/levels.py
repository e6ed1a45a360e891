"""The score that each series must reach: its family's budget, spent where it finds most.

A level buys power for the *change worth telling* in it: twice the share, though five points at least
and fifteen at most; for falls half of it, and fifteen points at most. Among the series of a family the
weights in advance are those that find most such changes for the same false alarms (K. Roeder and
L. Wasserman, Statistical Science 24, 2009): with `d` standard deviations between now and such a change in
two months, the level is at `d / 2 + price / d` of them. No level is laxer than finds 49 of 50 of them
(`d - 2.05`): what a large company has no use for, it doesn't spend.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.book import Book
from trends.signals.calibration import alarms_a_year
from trends.signals.scan import DOWN, MOST_BEFORE, UP
from trends.signals.series import BUDGET

Numbers = npt.NDArray[Any]

FIRST_LOOK = 0.9  # of a year's false alarms, which the first look may cost
SOON = 8  # weeks: what two months are when a week has to be over and ripe

_LEAST_POINTS, _MOST_POINTS = 0.05, 0.15
_FORTY_NINE_OF_FIFTY = 2.05
# Of a series whose change can't be found in time anyway not more is asked, nor of one that can afford it.
_HARDEST, _EASIEST = 2.5, 6.5
_LAXEST = 2.05  # standard deviations
_NEXT_TO_NONE = 1e-12
_PRICES = np.linspace(0.0, 40.0, 41)[:, None]


class Levels:
    """The score to reach, by series and direction, for a company of these counts.

    The first look of all costs `FIRST_LOOK` of the budget at once; any other a week's part of it.
    """

    def __init__(self, book: Book, week: int, *, is_first: bool = False) -> None:
        self.spread = book.dispersion(week)
        self.expected = book.expected(week)
        self.standards = {UP: np.zeros(len(book.series)), DOWN: np.zeros(len(book.series))}
        self._yearly = self.standards
        if is_first:
            self._yearly = {way: np.zeros(len(book.series)) for way in self.standards}
        deals = book.deals_a_week(week)
        for direction in (UP, DOWN):
            between = deviations(self.expected, deals, direction) / np.sqrt(self.spread)
            for family, places in book.families.items():
                budget, counts = BUDGET[family][direction], (self.expected[places], between[places])
                self._yearly[direction][places] = level(*counts, direction, budget)
                if is_first:
                    self.standards[direction][places] = level(
                        *counts, direction, FIRST_LOOK * budget, in_one_look=True
                    )

    def a_year(self, place: int, score: float, direction: int) -> float:
        """How often a year one series reaches a score by chance."""
        return float(alarms_a_year(self.expected[place], np.array(score), direction))

    def any_a_year(self, place: int, score: float, direction: int) -> float:
        """How often a year any series is by chance as far beyond its level."""
        strength = score / self._yearly[direction][place]
        return sum(
            float(alarms_a_year(self.expected, standards * strength, way).sum())
            for way, standards in self._yearly.items()
        )


def level(
    expected: Numbers, between: Numbers, direction: int, budget: float, *, in_one_look: bool = False
) -> Numbers:
    """The scores of series, whose false alarms add up to a budget or less; 0 without a budget.

    By their expected hits a week and the `deviations` of the change worth telling.
    """
    from scipy.special import ndtr

    if not budget or not len(expected):
        return np.zeros(len(expected))
    apart = np.clip(between, _HARDEST, _EASIEST)

    def at(price: Numbers | float) -> Numbers:
        root = np.maximum(apart / 2 + price / apart, apart - _FORTY_NINE_OF_FIFTY)
        scores: Numbers = ndtr(-np.maximum(root, _LAXEST))
        return scores

    costs = alarms_a_year(expected, at(_PRICES), direction, in_one_look=in_one_look).sum(axis=1)
    logs = np.log(np.maximum(costs[::-1], _NEXT_TO_NONE))
    return at(float(np.interp(np.log(budget), logs, _PRICES[::-1, 0])))


def deviations(expected: Numbers, deals: Numbers, direction: int) -> Numbers:
    """How many standard deviations the change worth telling is from no change after `SOON` weeks.

    Against what is known of the time before, by the arc sine of the root of a share, which has the
    same deviation at any share.
    """
    share = np.clip(expected / np.maximum(deals, 1e-9), 0, 1)
    if direction == UP:
        changed = np.minimum(share + np.clip(share, _LEAST_POINTS, _MOST_POINTS), 1)
    else:
        changed = share - np.minimum(share / 2, _MOST_POINTS)
    gap = np.abs(np.arcsin(np.sqrt(changed)) - np.arcsin(np.sqrt(share)))
    weeks = 1 / (1 / SOON + 1 / MOST_BEFORE)
    found: Numbers = 2 * gap * np.sqrt(weeks * deals)
    return found
