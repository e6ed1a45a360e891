"""Intervals against published figures and their own bounds."""

import pytest

from common.intervals import wilson
from trends.statistics import count_changed, lift, newcombe


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
    assert found[0] == 1
    assert found[1] < 1 < found[2]
    assert lift(0, 10, 3, 10) is None
