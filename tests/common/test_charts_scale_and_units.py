"""Axes have round numbers, the same for the same data; numbers read as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.charts.scale import nice_scale, ratio_scale
from common.charts.units import COUNT, DAYS, NUMBER, SHARE, TIMES, Unit, money


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (0.31, (0, 0.1, 0.2, 0.3, 0.4)),
        (1.0, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (7, (0, 2, 4, 6, 8)),
        (100, (0, 20, 40, 60, 80, 100)),
        (101, (0, 25, 50, 75, 100, 125)),
        (1_234_000, (0, 250_000, 500_000, 750_000, 1_000_000, 1_250_000)),
    ],
)
def test_the_scale_is_the_tightest_of_round_steps(high: float, ticks: tuple[float, ...]) -> None:
    assert nice_scale(0, high).ticks == ticks


@pytest.mark.parametrize(
    ("high", "ticks"), [(0, (0, 1)), (1, (0, 1)), (2, (0, 1, 2)), (12, (0, 5, 10, 15))]
)
def test_counts_are_never_halved(high: float, ticks: tuple[float, ...]) -> None:
    assert nice_scale(0, high, whole=True).ticks == ticks


def test_a_scale_may_cross_zero() -> None:
    assert nice_scale(-0.1, 0.25).ticks == (-0.1, 0, 0.1, 0.2, 0.3)


def test_what_lies_beyond_the_scale_stays_on_its_edge() -> None:
    scale = nice_scale(0, 10)
    assert (scale.part(-5), scale.part(5), scale.part(Decimal(99))) == (0.0, 0.5, 1.0)


@given(st.floats(1e-6, 1e12), st.booleans())
def test_every_scale_holds_its_data_in_few_steps(high: float, whole: bool) -> None:
    ticks = nice_scale(0, high, whole=whole).ticks
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize(
    ("unit", "value", "tick", "label", "full"),
    [
        (COUNT, 1234, "1,234", "1,234", "1,234"),
        (COUNT, 12_345, "12.3k", "12.3k", "12,345"),
        (SHARE, 0.254, "25%", "25%", "25.4%"),
        (SHARE, 0.004, "0.4%", "0.4%", "0.4%"),
        (SHARE, 0, "0%", "0%", "0.0%"),
        (money("EUR"), Decimal("1234567.50"), "1.23M", "EUR 1.23M", "EUR 1,234,567.50"),
        (money("JPY"), Decimal(980), "980", "JPY 980", "JPY 980"),
        (money("USD"), 999_900, "1M", "USD 1M", "USD 999,900"),
        (DAYS, 1, "1", "1 day", "1 day"),
        (DAYS, 47.5, "47.5", "47.5 days", "47.5 days"),
        (NUMBER, 1.256, "1.26", "1.26", "1.26"),
        (TIMES, 34.2, "34×", "34×", "34.2 times"),
        (TIMES, 2.14, "2.1×", "2.1×", "2.14 times"),
        (TIMES, 0.357, "0.36×", "0.36×", "0.36 times"),
    ],
)
def test_numbers_read_as_people_write_them(
    unit: Unit, value: float, tick: str, label: str, full: str
) -> None:
    assert (unit.tick(value), unit.label(value), unit.full(value)) == (tick, label, full)


def test_a_ratio_scale_puts_twice_as_far_from_1_as_half() -> None:
    scale = ratio_scale([0.4, 3.1])
    assert list(scale.ticks) == [0.25, 0.5, 1, 2, 4]
    assert [scale.part(tick) for tick in scale.ticks] == [0, 0.25, 0.5, 0.75, 1]


def test_a_ratio_scale_ends_somewhere_however_far_the_values_go() -> None:
    scale = ratio_scale([1e-9, 1e9])
    assert (scale.ticks[0], scale.ticks[-1]) == (1 / 64, 64)
    assert (scale.part(1e9), scale.part(1e-9)) == (1, 0)
