"""Intervals of 95 %: Newcombe for a difference of rates, Katz for a lift.

Sources: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10; D. Katz et al.,
Biometrics 34 (1978). A rate's is `common.intervals.wilson`.
"""

from math import exp, log, sqrt

from common.intervals import Interval, Z, wilson

FEWEST = 5  # below this many deals: counts only


def newcombe(hits: int, n: int, hits_before: int, n_before: int) -> Interval:
    """The interval of `hits / n - hits_before / n_before`."""
    rate, before = hits / n, hits_before / n_before
    low, high = wilson(hits, n)
    low_before, high_before = wilson(hits_before, n_before)
    difference = rate - before
    return (
        difference - sqrt((rate - low) ** 2 + (high_before - before) ** 2),
        difference + sqrt((high - rate) ** 2 + (before - low_before) ** 2),
    )


def count_changed(count: int, days: int, before: int, days_before: int) -> int:
    """1 for more events a day than before, -1 for fewer, 0 where chance could do it.

    Given both counts, those of now are binomial with the share of the days: chance is
    ruled out where the Wilson interval of their share leaves out the share of the days.
    """
    if count + before < FEWEST:
        return 0
    low, high = wilson(count, count + before)
    expected = days / (days + days_before)
    return int(low > expected) - int(high < expected)


def lift(hits: int, n: int, hits_in_wins: int, wins: int) -> tuple[float, float, float] | None:
    """The share in losses over the share in wins with its interval, None where one is 0."""
    if not (hits and hits_in_wins):
        return None
    ratio = (hits / n) / (hits_in_wins / wins)
    spread = Z * sqrt(1 / hits - 1 / n + 1 / hits_in_wins - 1 / wins)
    return ratio, exp(log(ratio) - spread), exp(log(ratio) + spread)
