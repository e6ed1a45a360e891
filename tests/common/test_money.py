from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import from_minor, minor_units, to_minor, without_padding, written


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_the_decimals_that_iso_4217_gives_it(currency: str, decimals: int) -> None:
    assert minor_units(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0.125", 12), ("0.135", 14), ("2.5", 250), ("-0.125", -12)],
)
def test_a_half_minor_unit_goes_to_the_even_neighbour(amount: str, minor: int) -> None:
    assert to_minor(Decimal(amount), decimals=2) == minor


@given(st.integers(-(10**15), 10**15), st.sampled_from([0, 2, 3]))
def test_minor_units_go_back_to_the_amount_they_came_from(minor: int, decimals: int) -> None:
    assert to_minor(from_minor(minor, decimals=decimals), decimals=decimals) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("96100.000", "EUR", "96100.00"),
        ("96100.000", "JPY", "96100"),
        ("1.250", "KWD", "1.250"),
        ("1.255", "EUR", "1.255"),
    ],
)
def test_an_amount_is_offered_with_the_decimals_of_its_currency_and_never_cut(
    amount: str, currency: str, shown: str
) -> None:
    assert str(without_padding(Decimal(amount), currency)) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("96100.000", "EUR", "EUR 96,100"),
        ("96100.500", "EUR", "EUR 96,100.50"),
        ("1.250", "KWD", "KWD 1.250"),
        ("1.255", "EUR", "EUR 1.255"),
        ("0.500", "JPY", "JPY 0.500"),
    ],
)
def test_an_amount_is_written_with_decimals_only_where_it_has_some(
    amount: str, currency: str, shown: str
) -> None:
    assert written(Decimal(amount), currency) == shown
