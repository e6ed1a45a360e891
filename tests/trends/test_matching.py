"""Like with like: ratios over strata against plain counting, exact chances against all splits."""

import math
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, hypergeom

from deals.models import Outcome
from people.models import User
from tests.factories import closed_deal
from tests.trends.oracle import Oracle
from tests.trends.world import build_world
from trends.amounts import spans_around
from trends.association import Ratio, Sides, fisher, ratio
from trends.comparable import conditional, mantel_haenszel
from trends.contrasts import Contrast, contrasts
from trends.engine import run
from trends.query import TrendQuery
from trends.services import rebuild
from trends.source_facts import DealFacts

Table = tuple[int, int, int, int]  # lost with it, lost, won with it, won
ANSWERS = ("yes", "partly", "no")


def columns(tables: list[Table]) -> list[Any]:
    return [np.array(each) for each in zip(*tables, strict=True)]


def random_tables(seed: int, *, largest: int) -> list[Table]:
    random = Random(seed)
    found = []
    for _ in range(random.randint(1, 6)):
        losses, wins = random.randint(1, largest), random.randint(1, largest)
        found.append((random.randint(0, losses), losses, random.randint(0, wins), wins))
    return found


def plain_ratio(tables: list[Table]) -> Ratio:
    """Greenland and Robins (1985), equations for the ratio of risks, in fractions."""
    above = sum(Fraction(a * m, n + m) for a, n, _, m in tables)
    below = sum(Fraction(b * n, n + m) for _, n, b, m in tables)
    spread = sum(Fraction((a + b) * n * m - a * b * (n + m), (n + m) ** 2) for a, n, b, m in tables)
    value, wide = float(above / below), 1.959963984540054 * math.sqrt(spread / (above * below))
    return Ratio(value, value * math.exp(-wide), value * math.exp(wide))


def plain_chance(tables: list[Table]) -> float:
    """Over every way in which the strata can split, by the probabilities of their sums."""
    law = {0: 1.0}
    for a, n, b, m in tables:
        further: dict[int, float] = defaultdict(float)
        for count in range(max(0, a + b - m), min(n, a + b) + 1):
            chance = float(hypergeom.pmf(count, n + m, n, a + b))
            for so_far, weight in law.items():
                further[so_far + count] += weight * chance
        law = further
    seen = law[sum(a for a, _, _, _ in tables)]
    return min(1.0, sum(weight for weight in law.values() if weight <= seen * (1 + 1e-7)))


def numbers(found: Ratio | None) -> tuple[float, float, float] | None:
    return None if found is None else (found.value, found.low, found.high)


@pytest.mark.parametrize("seed", range(60))
def test_ratio_and_chance_over_strata_are_those_of_their_definitions(seed: int) -> None:
    tables = random_tables(seed, largest=12)
    lost, losses, won, wins = columns(tables)
    if lost.any() and won.any():
        found = mantel_haenszel(lost, losses, won, wins)
        assert numbers(found) == pytest.approx(numbers(plain_ratio(tables)))
    assert conditional(lost, losses, won, wins) == pytest.approx(plain_chance(tables))


@pytest.mark.parametrize("sides", [Sides(9, 20, 4, 30), Sides(0, 20, 4, 30), Sides(7, 20, 0, 30)])
def test_in_one_stratum_they_are_those_over_all_deals(sides: Sides) -> None:
    one = columns([(sides.lost, sides.losses, sides.won, sides.wins)])
    assert numbers(mantel_haenszel(*one)) == pytest.approx(numbers(ratio(sides)))
    assert conditional(*one) == pytest.approx(fisher(sides))


def test_among_many_deals_the_chance_is_that_of_mantel_and_haenszel() -> None:
    tables = [(420, 900, 330, 800), (210, 700, 190, 800)]
    lost, losses, won, wins = columns(tables)
    n, having = losses + wins, lost + won
    mean = having * losses / n
    variance = having * losses * wins * (n - having) / (n**2 * (n - 1))
    statistic = (abs((lost - mean).sum()) - 0.5) ** 2 / variance.sum()
    assert conditional(lost, losses, won, wins) == pytest.approx(chi2.sf(statistic, 1))
    assert conditional(lost, losses, won, wins) == pytest.approx(plain_chance(tables), rel=0.1)


def close(rep: User, lead: str, segment: str, *, lost: int, won: int, **closing: Any) -> None:
    for outcome, times in ((Outcome.LOST_TO_COMPETITOR, lost), (Outcome.WON, won)):
        for _ in range(times):
            kept = {"closed_on": date(2026, 3, 5), "outcome": outcome, **closing}
            deal = closed_deal(owner=rep, account__segment=segment, closing=kept).deal
            deal.attributes.create(key="Lead", value=lead)


def found_of(label: str, **period: Any) -> Contrast:
    rebuild()
    found = contrasts(TrendQuery(**period), None)
    every = (*found.findings, *found.by_chance, *found.too_few)
    return next(each for each in every if each.key.label == label)


@pytest.mark.django_db
def test_what_is_common_only_where_more_is_lost_is_no_finding(rep: User) -> None:
    """Fairs bring small accounts, of which more are lost whatever the lead."""
    close(rep, "Fair", "Small", lost=60, won=20)
    close(rep, "Other", "Small", lost=15, won=5)
    close(rep, "Fair", "Large", lost=3, won=12)
    close(rep, "Other", "Large", lost=15, won=60)
    fair = found_of("Fair")
    assert fair.ratio is not None
    assert fair.ratio.low > 1.4
    assert fair.matched.ratio is not None
    assert fair.matched.ratio.value == pytest.approx(1.0)
    assert fair.q == pytest.approx(1.0)
    assert not fair.is_finding


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"segment": "Large"},
        {"amount": Decimal(90_000)},
        {"amount": None},
        {"closed_on": date(2025, 3, 5)},
    ],
)
def test_losses_without_a_comparable_win_are_counted_apart(
    rep: User, other: dict[str, Any]
) -> None:
    """Of another segment, size or year; an unknown size is a size of its own."""
    close(rep, "Fair", "Small", lost=6, won=6, amount=Decimal(1_000))
    close(rep, "Other", "Small", lost=3, won=3, amount=Decimal(1_000))
    away = {"amount": Decimal(1_000)} | {k: v for k, v in other.items() if k != "segment"}
    close(rep, "Fair", other.get("segment", "Small"), lost=4, won=0, **away)
    fair = found_of("Fair")
    assert fair.sides == Sides(10, 13, 6, 9)
    assert (fair.matched.sides, fair.matched.alone) == (Sides(6, 9, 6, 9), 4)
    matching = contrasts(TrendQuery(), None).matching
    assert (matching.losses, matching.alone, matching.strata) == (13, 4, 1)


@pytest.mark.django_db
def test_with_too_few_comparable_deals_there_is_the_ratio_over_all_and_no_finding(
    rep: User,
) -> None:
    close(rep, "Fair", "Small", lost=20, won=0)
    close(rep, "Other", "Large", lost=0, won=20)
    fair = found_of("Fair")
    assert fair.ratio is not None
    assert fair.ratio.low > 2
    assert (fair.matched.ratio, fair.q, fair.matched.alone) == (None, None, 20)
    assert fair in contrasts(TrendQuery(), None).too_few


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_every_comparison_of_a_random_company_agrees_with_plain_counting(seed: int) -> None:
    build_world(seed, deals=150)
    rebuild()
    oracle = Oracle(5)
    query = TrendQuery("lift")
    median = run(TrendQuery("median_amount"), None).total.value or 0
    spans = [each.in_minor(oracle.decimals) for each in spans_around(Decimal(median))]
    found = contrasts(query, None)
    compared = 0
    for each in (*found.findings, *found.by_chance, *found.too_few):
        tables = plain_tables(oracle, query, each, spans)
        assert each.sides == Sides(*(sum(t[at] for t in tables) for at in range(4)))
        both = [table for table in tables if table[1] and table[3]]
        assert each.matched.sides == Sides(*(sum(t[at] for t in both) for at in range(4)))
        if each.matched.ratio is not None and each.matched.sides.lost and each.matched.sides.won:
            compared += 1
            assert numbers(each.matched.ratio) == pytest.approx(numbers(plain_ratio(both)))
            assert each.matched.chance == pytest.approx(plain_chance(both), rel=0.1)
    assert compared


def plain_tables(
    oracle: Oracle, query: TrendQuery, each: Contrast, spans: list[Any]
) -> list[Table]:
    """One for each segment, size and year, in which any deal could have it."""
    counts: dict[object, Counter[str]] = defaultdict(Counter)
    for fact in oracle.chosen(query):
        if not _could_have(oracle, query, each, fact):
            continue
        [segment] = oracle.values(fact, "segment", query)
        sizes = [n for n, span in enumerate(spans) if _within(fact.amount, span)]
        side = "won" if fact.outcome == "won" else "lost"
        cell = counts[segment, tuple(sizes), fact.closed_on.year]
        cell[side] += 1
        cell[f"{side} with"] += each.key.id in oracle.values(fact, each.dimension, query)
    return [(c["lost with"], c["lost"], c["won with"], c["won"]) for c in counts.values()]


def _within(amount: int | None, span: tuple[int | None, int | None]) -> bool:
    low, high = span
    if amount is None:
        return False
    return (low is None or low <= amount) and (high is None or amount < high)


def _could_have(oracle: Oracle, query: TrendQuery, each: Contrast, fact: DealFacts) -> bool:
    if each.dimension == "question":
        return fact.ratings.get(str(each.key.id)) in ANSWERS
    if each.dimension == "factor":
        return str(each.key.id) in fact.factors
    return any(value is not None for value in oracle.values(fact, each.dimension, query))
