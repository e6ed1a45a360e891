"""What the levels promise, held against companies in which nothing changes."""

import numpy as np
import pytest

from trends.signals.calibration import Curve
from trends.signals.scan import DOWN, UP, Panel, Sums, scan

SERIES, HISTORY, YEARS = 400, 104, 2


@pytest.mark.parametrize("direction", [UP, DOWN], ids=["rises", "falls"])
@pytest.mark.parametrize("a_week", [0.5, 5.0])
def test_series_that_do_not_change_reach_a_level_as_often_as_it_may_cost(
    a_week: float, direction: int
) -> None:
    rng = np.random.default_rng(int(a_week * 10) + direction)
    weeks = HISTORY + 52 * YEARS
    deals = rng.poisson(a_week / 0.05, (SERIES, weeks)).astype(float)
    sums = Sums.of(Panel(rng.binomial(deals.astype(int), 0.05).astype(float), deals))
    budget = 0.1 * SERIES
    level = Curve.of(np.full(SERIES, a_week), direction).level(budget)
    alarms, last = 0, np.full(SERIES, -100)
    for week in range(HISTORY, weeks + 1):
        found = scan(sums, week, direction=direction, limits=np.full(SERIES, level))
        reached = found.scores < level
        alarms += int((reached & (week - last > 26)).sum())
        last = np.where(reached, week, last)
    assert 0.5 * budget < alarms / YEARS < 1.5 * budget


def test_without_a_budget_no_score_is_enough() -> None:
    assert Curve.of(np.full(3, 5.0), UP).level(0) == 0


def test_a_level_costs_what_it_may() -> None:
    curve = Curve.of(np.array([0.3, 2.0, 8.0]), UP)
    for budget in (1e-6, 0.01, 0.3):
        assert curve.alarms_a_year(curve.level(budget)) == pytest.approx(budget)
