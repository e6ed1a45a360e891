"""The most that any rule could find of doublings, at the false alarms that ours may cost.

Who knows the share before the change exactly, the very day on which it would change, and to what, and
decides once, after two months, by the likelihood ratio, finds as many as any can (J. Neyman and E. S. Pearson
1933). Who knows both shares but not the day has to ask each week anew, of the likelihood ratio of the last
two months. Ours knows none of these.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.signals_companies import REASONS, WEEKS_A_MONTH, YEAR
from trends.signals.calibration import alarms_a_year
from trends.signals.levels import SOON, deviations, level
from trends.signals.scan import UP
from trends.signals.series import BUDGET, Subject

Numbers = npt.NDArray[Any]

WINDOWS_A_YEAR = 6
SHARE, DOUBLED = 0.05, 0.10
TRIALS = 20_000


def most_found(losses_a_month: float) -> float:
    """The share found in two months by who knows the day: a year's false alarms over six windows."""
    from scipy.stats import binom

    chance = false_alarms_of_doubled(losses_a_month) / WINDOWS_A_YEAR
    deals = round(2 * losses_a_month)
    count = int(binom.isf(chance, deals, SHARE)) + 1
    above = float(binom.sf(count - 1, deals, SHARE))
    at = float(binom.pmf(count - 1, deals, SHARE))
    drawn = (chance - above) / at if at else 0.0
    return float(binom.sf(count - 1, deals, DOUBLED) + drawn * binom.pmf(count - 1, deals, DOUBLED))


def most_found_not_knowing_the_day(losses_a_month: float) -> float:
    """The share found in two months by who knows both shares and looks each week, by simulation."""
    rng = np.random.default_rng(1)
    a_week = losses_a_month / WEEKS_A_MONTH
    quiet = _ratios(rng, a_week, [SHARE] * (SOON + YEAR - 1))
    doubled = _ratios(rng, a_week, [SHARE] * (SOON - 1) + [DOUBLED] * SOON)
    alarms = false_alarms_of_doubled(losses_a_month) * TRIALS
    least = np.sort(quiet.max(axis=1))[::-1][int(alarms)]
    return float((doubled.max(axis=1) > least).mean())


def false_alarms_of_doubled(losses_a_month: float) -> float:
    """A year, of the reason that is doubled: what the level of its series costs."""
    a_week = losses_a_month / WEEKS_A_MONTH
    deals = np.full(len(REASONS), a_week)
    expected = np.array(REASONS) * a_week
    between = deviations(expected, deals, UP)
    scores = level(expected, between, UP, BUDGET[Subject.REASON, None][UP])
    return float(alarms_a_year(expected, scores, UP)[0])


def _ratios(rng: np.random.Generator, a_week: float, shares: list[float]) -> Numbers:
    """The logarithm of the likelihood ratio of the last two months, at the end of each week."""
    deals = rng.poisson(a_week, (TRIALS, len(shares)))
    hits = rng.binomial(deals, shares)
    gains = hits * np.log(DOUBLED / SHARE) + (deals - hits) * np.log((1 - DOUBLED) / (1 - SHARE))
    sums: Numbers = np.lib.stride_tricks.sliding_window_view(gains, SOON, axis=1).sum(axis=2)
    return sums
