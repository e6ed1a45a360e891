"""The most that any rule could find, by J. Neyman and E. S. Pearson's lemma (1933).

A rule that knows the share before the change exactly, the very day on which it would change, and to
what, and that decides once, after two months, by the likelihood ratio: none finds more at the same
rate of false alarms. Ours knows none of these.
"""

from benchmarks.signals_companies import REASONS
from trends.signals.scan import UP
from trends.signals.series import BUDGET, Subject

WINDOWS_A_YEAR = 6
SHARE, DOUBLED = 0.05, 0.10


def most_found(losses_a_month: float, *, share_of_budget: float | None = None) -> float:
    """The share of doublings of a 5 % reason that could be found in two months.

    The false alarms of a year are parted over the reasons as ours are, and each reason's over six
    windows of two months.
    """
    from scipy.stats import binom

    budget = BUDGET[Subject.REASON, None][UP] if share_of_budget is None else share_of_budget
    chance = budget / len(REASONS) / WINDOWS_A_YEAR
    deals = round(2 * losses_a_month)
    count = int(binom.isf(chance, deals, SHARE)) + 1
    above = float(binom.sf(count - 1, deals, SHARE))
    at = float(binom.pmf(count - 1, deals, SHARE))
    drawn = (chance - above) / at if at else 0.0
    return float(binom.sf(count - 1, deals, DOUBLED) + drawn * binom.pmf(count - 1, deals, DOUBLED))
