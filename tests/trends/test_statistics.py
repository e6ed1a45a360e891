"""Intervals against published figures and their own bounds."""

from math import comb

import pytest

from common.intervals import wilson
from trends.statistics import bounds_of_share, count_changed, lift, median_rank, newcombe


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    assert [round(each, 4) for each in wilson(hits, n)] == [low, high]


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        # Newcombe 1998 (differences), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_intervals(
    now: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    assert [round(each, 4) for each in newcombe(*now, *before)] == [low, high]


def test_counts_change_only_beyond_chance_and_by_the_day() -> None:
    assert count_changed(11, 90, 3, 90) == 1
    assert count_changed(3, 90, 11, 90) == -1
    assert count_changed(11, 90, 9, 90) == 0
    assert count_changed(30, 30, 90, 90) == 0
    assert count_changed(3, 90, 0, 90) == 0


def test_a_lift_of_equal_shares_is_one_inside_its_interval() -> None:
    found = lift(20, 100, 10, 50)
    assert found is not None
    assert found.high is not None
    assert found.value == 1
    assert found.low < 1 < found.high


def test_a_lift_has_the_interval_of_the_logarithm_of_the_relative_risk() -> None:
    # Katz et al.: 30 of 100 against 15 of 120, log 2.4 with a spread of 1.96 * 0.2858.
    found = lift(30, 100, 15, 120)
    assert found is not None
    assert [round(each or 0, 3) for each in (found.value, found.low, found.high)] == [
        *(2.4, 1.371, 4.202)
    ]


def test_what_is_in_no_win_or_in_no_loss_is_bounded_on_one_side() -> None:
    only_lost, only_won = lift(8, 20, 0, 20), lift(0, 20, 8, 20)
    assert only_lost is not None
    assert only_won is not None
    assert (only_lost.value, only_lost.high) == (None, None)
    assert (only_won.value, only_won.low) == (0, 0)
    assert only_won.high is not None
    assert round(only_lost.low * only_won.high, 9) == 1
    assert only_lost.low > 1
    assert lift(0, 10, 0, 10) is None


@pytest.mark.parametrize(
    # Printed tables of the interval of the median at 95 %.
    ("n", "rank"),
    [(1, 0), (5, 0), (6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (15, 4), (17, 5), (20, 6)],
)
def test_the_median_lies_between_ranks_that_tables_print(n: int, rank: int) -> None:
    assert median_rank(n) == rank


def test_the_ranks_of_a_median_are_exactly_those_of_the_binomial() -> None:
    for n in (*range(1, 200), 1_000, 2_001):
        below, rank = comb(n, 0), 0
        while 40 * below <= 2**n:
            rank += 1
            below += comb(n, rank)
        assert median_rank(n) == rank


def test_a_share_is_bounded_by_what_the_missing_could_say() -> None:
    assert bounds_of_share(3, 10, 0) == (0.3, 0.3)
    assert bounds_of_share(3, 10, 10) == (0.15, 0.65)
