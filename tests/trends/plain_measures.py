"""What a row must say of lists of deals: counts, amounts, medians, rates and lifts by plain counting."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from common.intervals import wilson
from trends.results import Untested
from trends.source_facts import DealFacts

Interval = tuple[float | None, float | None]


@dataclass(frozen=True)
class Expected:
    """What a row must say. `interval` is that of its rate, share, median or lift."""

    n: int
    value: int | float | Decimal | None
    of: int | None = None
    unknown: int = 0
    too_few: bool = False
    in_wins: tuple[int, int] | None = None
    untested: Untested | None = None
    interval: Interval = (None, None)
    bounds: Interval = (None, None)


@dataclass(frozen=True)
class PlainMeasures:
    """Below `fewest` deals there is no rate; amounts are in minor units of `decimals`."""

    fewest: int
    decimals: int

    def amount(self, facts: list[DealFacts]) -> Expected | None:
        if not facts:
            return None
        known = [f.amount for f in facts if f.amount is not None]
        value = Decimal(sum(known)).scaleb(-self.decimals) if known else None
        return Expected(len(known), value, unknown=len(facts) - len(known))

    def median(self, facts: list[DealFacts], column: str) -> Expected | None:
        if not facts:
            return None
        known = sorted(v for f in facts if (v := getattr(f, column)) is not None)
        unknown = len(facts) - len(known)
        n = len(known)
        if n < self.fewest:
            return Expected(n, None, unknown=unknown, too_few=bool(known))
        middle = Fraction(known[(n - 1) // 2] + known[n // 2], 2)
        rank = _median_rank(n)
        ends = [float(known[rank - 1]), float(known[n - rank])] if rank else [None, None]
        if column == "cycle":
            return Expected(n, float(middle), unknown=unknown, interval=(ends[0], ends[1]))
        value = Decimal(middle.numerator) / middle.denominator / 10**self.decimals
        low, high = (None if end is None else end / 10**self.decimals for end in ends)
        return Expected(n, value, unknown=unknown, interval=(low, high))

    def count(self, facts: list[DealFacts], whole: list[DealFacts] | None) -> Expected | None:
        if not facts:
            return None
        n, of = len(facts), None if whole is None else len(whole)
        if not of or of < self.fewest:
            return Expected(n, n, of, too_few=bool(of))
        return Expected(n, n, of, interval=wilson(n, of))

    def rate(self, hits: list[DealFacts], facts: list[DealFacts]) -> Expected | None:
        if not facts:
            return None
        n = len(facts)
        if n < self.fewest:
            return Expected(n, None, n, too_few=True)
        return Expected(n, len(hits) / n, n, interval=wilson(len(hits), n))

    def lift(
        self,
        lost: list[DealFacts],
        won: list[DealFacts],
        whole: list[DealFacts],
        *,
        debriefed: bool,
    ) -> Expected | None:
        """The relative risk, with the interval of its logarithm (Katz, or Walter where one is 0)."""
        asked = [f for f in whole if f.debrief == "submitted" or not debriefed]
        losses, wins = [f for f in asked if is_lost(f)], [f for f in asked if not is_lost(f)]
        hits, of = (len(lost), len(won)), (len(losses), len(wins))
        row = Expected(hits[0], None, of[0], in_wins=(hits[1], of[1]))
        if min(*of, sum(hits)) < self.fewest:
            return replace(row, too_few=True)
        add = 0 if all(hits) else 0.5
        a, n, b, m = hits[0] + add, of[0] + add, hits[1] + add, of[1] + add
        middle, spread = math.log(a / n) - math.log(b / m), math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
        low, high = (math.exp(middle + sign * 1.959963984540054 * spread) for sign in (-1, 1))
        if not hits[1]:
            return replace(row, interval=(low, None))
        if not hits[0]:
            return replace(row, value=0.0, interval=(0.0, high))
        return replace(row, value=(a / n) / (b / m), interval=(low, high))


def is_lost(fact: DealFacts) -> bool:
    return fact.outcome != "won"


def _median_rank(n: int) -> int:
    """The largest k for which at most 1 in 40 samples has fewer than k values below the median."""
    rank = 0
    while 40 * sum(math.comb(n, below) for below in range(rank + 1)) <= 2**n:
        rank += 1
    return rank
