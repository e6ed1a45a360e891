"""Intervals of 95 %: of a difference of rates, of a lift, of a median; and what a share would be at most.

Sources: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10; D. Katz et al., Biometrics 34
(1978); S. D. Walter, Biometrika 62 (1975); W. J. Conover, Practical Nonparametric Statistics, 3rd
edition (1999), on the quantile test and its interval. A rate's is `common.intervals.wilson`.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, sqrt

from django.conf import settings

from common.intervals import Interval, Z, wilson

_TAIL = 0.025


def fewest() -> int:
    """Below this many deals there is no rate, share, median, lift or verdict, only counts."""
    return int(settings.ENV.fewest_deals)


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
    if count + before < fewest():
        return 0
    low, high = wilson(count, count + before)
    expected = days / (days + days_before)
    return int(low > expected) - int(high < expected)


@dataclass(frozen=True)
class Lift:
    """A share in losses over the share in wins.

    `value` and `high` are None where it was in no win, which no ratio can say.
    """

    value: float | None
    low: float
    high: float | None


def lift(hits: int, n: int, hits_in_wins: int, wins: int) -> Lift | None:
    """How many times as often in losses as in wins; None where it was in neither.

    The interval is that of the logarithm of the relative risk (Katz). Where one of the counts is
    0 it has none; then one half is added to each count (Walter), which bounds it on one side.
    """
    if not (hits or hits_in_wins):
        return None
    if not hits_in_wins:
        return Lift(None, _log_interval(hits + 0.5, n + 0.5, 0.5, wins + 0.5)[0], None)
    if not hits:
        return Lift(0.0, 0.0, _log_interval(0.5, n + 0.5, hits_in_wins + 0.5, wins + 0.5)[1])
    return Lift((hits / n) / (hits_in_wins / wins), *_log_interval(hits, n, hits_in_wins, wins))


def _log_interval(hits: float, n: float, others: float, m: float) -> Interval:
    """Of `(hits / n) / (others / m)`, by the normal law of its logarithm."""
    ratio = log((hits / n) / (others / m))
    spread = Z * sqrt(1 / hits - 1 / n + 1 / others - 1 / m)
    return exp(ratio - spread), exp(ratio + spread)


@lru_cache(maxsize=4096)
def median_rank(n: int) -> int:
    """The rank k at which the k-th smallest and the k-th largest of `n` values enclose the median.

    With at least 95 %, whatever the distribution: how many values lie below the median is binomial
    with one half, and k is the largest with P(fewer than k lie below) of at most 2.5 % (Conover).
    0 where even the extremes enclose it less surely, which is so below 6 values. What lies more
    than six standard deviations out is left out of the sum: it is below one in a thousand million.
    """
    rank = max(0, int(n / 2 - 3 * sqrt(n)))
    chance = exp(lgamma(n + 1) - lgamma(rank + 1) - lgamma(n - rank + 1) - n * log(2))
    below = chance
    while below <= _TAIL:
        rank += 1
        chance *= (n - rank + 1) / rank
        below += chance
    return rank


def bounds_of_share(n: int, of: int, missing: int) -> Interval:
    """What the share `n / of` would be if none of the `missing` were such, and if all were.

    No interval of chance: who debriefs is not drawn at random, and these are the bounds whatever
    the missing would say (C. F. Manski, American Economic Review 80, 1990).
    """
    return n / (of + missing), (n + missing) / (of + missing)
