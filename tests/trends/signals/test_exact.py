"""Two shares held against each other, by the hypergeometric distribution counted out by hand."""

from math import comb

import numpy as np
import pytest

from trends.signals.exact import signed_root, tail, tail_down


def by_hand(k: int, n: int, k_before: int, n_before: int) -> float:
    hits, deals = k + k_before, n + n_before
    chances = {
        count: comb(hits, count) * comb(deals - hits, n - count) / comb(deals, n)
        for count in range(max(0, n - deals + hits), min(hits, n) + 1)
    }
    above = sum(chance for count, chance in chances.items() if count > k)
    return above + chances[k] / 2


@pytest.mark.parametrize(
    "figures", [(3, 10, 0, 40), (8, 30, 12, 200), (0, 9, 3, 9), (20, 20, 1, 50), (60, 200, 90, 900)]
)
def test_the_tail_is_that_of_the_distribution_with_half_of_the_count_itself(
    figures: tuple[int, int, int, int],
) -> None:
    assert tail(*map(np.array, figures)) == pytest.approx(by_hand(*figures))


def test_the_tail_downwards_is_what_is_left() -> None:
    figures = [np.array([each]) for each in (2, 40, 30, 150)]
    assert tail(*figures) + tail_down(*figures) == pytest.approx(1)


def test_many_are_tested_at_once() -> None:
    k, n = np.array([3, 8]), np.array([10, 30])
    before, n_before = np.array([0, 12]), np.array([40, 200])
    assert tail(k, n, before, n_before) == pytest.approx(
        [by_hand(3, 10, 0, 40), by_hand(8, 30, 12, 200)]
    )


def test_the_quick_root_knows_the_direction_and_takes_no_deals_for_no_change() -> None:
    k, n = np.array([20.0, 2.0, 0.0]), np.array([100.0, 100.0, 0.0])
    root = signed_root(k, n, np.array([50.0, 50.0, 5.0]), np.array([500.0, 500.0, 50.0]))
    assert root[0] > 2.5
    assert root[1] < -2.5
    assert root[2] == 0
