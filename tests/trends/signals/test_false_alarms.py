"""What the levels promise, held against companies in which nothing changes."""

import numpy as np
import pytest

from trends.signals.calibration import alarms_a_year
from trends.signals.levels import deviations, level
from trends.signals.scan import DOWN, UP, Panel, Sums, scan

SERIES, HISTORY, YEARS = 400, 104, 2
SHARE = 0.05


def levels(
    a_week: np.ndarray, direction: int, budget: float, *, share: float = SHARE
) -> np.ndarray:
    between = deviations(a_week, a_week / share, direction)
    return level(a_week, between, direction, budget)


@pytest.mark.parametrize("direction", [UP, DOWN], ids=["rises", "falls"])
@pytest.mark.parametrize("a_week", [0.5, 5.0])
def test_series_that_do_not_change_reach_a_level_as_often_as_it_may_cost(
    a_week: float, direction: int
) -> None:
    rng = np.random.default_rng(int(a_week * 10) + direction)
    weeks = HISTORY + 52 * YEARS
    deals = rng.poisson(a_week / SHARE, (SERIES, weeks)).astype(float)
    sums = Sums.of(Panel(rng.binomial(deals.astype(int), SHARE).astype(float), deals))
    limits = levels(np.full(SERIES, a_week), direction, 0.1 * SERIES)
    promised = alarms_a_year(np.full(SERIES, a_week), limits, direction).sum()
    alarms, last = 0, np.full(SERIES, -100)
    for week in range(HISTORY, weeks + 1):
        found = scan(sums, week, direction=direction, limits=limits)
        reached = found.scores < limits
        alarms += int((reached & (week - last > 26)).sum())
        last = np.where(reached, week, last)
    assert 0.5 * promised < alarms / YEARS < 1.5 * promised
    assert promised <= 0.1 * SERIES * 1.05


def test_without_a_budget_no_score_is_enough() -> None:
    assert not levels(np.full(3, 5.0), UP, 0).any()


@pytest.mark.parametrize("budget", [1e-4, 0.01, 0.1])
def test_the_levels_of_a_family_cost_together_what_it_may(budget: float) -> None:
    a_week = np.array([0.3, 0.5, 1.0, 1.2])
    cost = alarms_a_year(a_week, levels(a_week, UP, budget), UP).sum()
    assert cost == pytest.approx(budget, rel=0.05)


def test_a_series_whose_doubling_shows_soon_anyway_takes_less_of_the_budget() -> None:
    a_week = np.array([1.15, 4.6])
    rare, common = levels(a_week, UP, 0.1)
    assert common < rare


def test_the_larger_a_company_the_less_it_costs() -> None:
    costs = {}
    for a_week in (1.15, 5.75, 23.0):
        expected = np.full(10, a_week)
        costs[a_week] = alarms_a_year(expected, levels(expected, UP, 0.5), UP).sum()
    assert costs[1.15] == pytest.approx(0.5, rel=0.05)
    assert costs[5.75] < 0.15
    assert costs[23.0] < 0.02
