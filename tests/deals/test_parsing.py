"""Amounts, dates and flags as people and CRMs write them."""

from datetime import date
from decimal import Decimal

import pytest

from deals.imports.parsing import (
    NotUnderstood,
    Order,
    comma_marks_decimals,
    day_order,
    parse_amount,
    parse_date,
    parse_flag,
    plain_text,
)


@pytest.mark.parametrize(
    ("cell", "value", "currency"),
    [
        ("1234.5", "1234.5", None),
        ("USD 1,234.00", "1234.00", "USD"),
        ("$1,234,567", "1234567", "USD"),
        ("1.234,56 €", "1234.56", "EUR"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("1 234,50 kr", None, None),
        ("12\u00a0345,60", "12345.60", None),
        ("£ 99", "99", "GBP"),
        ("1,234", "1234", None),
        ("1.234.567", "1234567", None),
        ("1,5", "1.5", None),
        ("(1,234.00)", "-1234.00", None),
        ("-7", "-7", None),
        (".5", "0.5", None),
        ("1e5", None, None),
        ("12 apples", None, None),
        ("1,2,3.4.5", None, None),
        ("NaN", None, None),
        ("", None, None),
    ],
)
def test_an_amount_is_read_or_refused(cell: str, value: str | None, currency: str | None) -> None:
    if value is None:
        with pytest.raises(NotUnderstood):
            parse_amount(cell, comma_is_decimal=None, company_currency="USD")
        return
    amount = parse_amount(cell, comma_is_decimal=None, company_currency="USD")
    assert (amount.value, amount.currency) == (Decimal(value), currency)


def test_the_column_decides_an_amount_that_could_be_read_both_ways() -> None:
    german = comma_marks_decimals(["1.234", "99,90"])
    american = comma_marks_decimals(["1,234", "99.90"])
    assert (german, american, comma_marks_decimals(["1,234"])) == (True, False, None)
    both = [
        parse_amount("1.234", comma_is_decimal=is_comma, company_currency="USD").value
        for is_comma in (german, american)
    ]
    assert both == [Decimal(1234), Decimal("1.234")]


def test_a_dollar_is_the_companys_where_that_is_one() -> None:
    amount = parse_amount("A$5", comma_is_decimal=None, company_currency="AUD")
    assert (amount.value, amount.currency) == (Decimal(5), "AUD")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-03-01T09:30:00.000Z", date(2026, 3, 1)),
        ("2026-03-01 09:30", date(2026, 3, 1)),
        ("2026/3/1", date(2026, 3, 1)),
        ("01/03/2026", date(2026, 3, 1)),
        ("1.3.2026", date(2026, 3, 1)),
        ("1/3/26", date(2026, 3, 1)),
        ("1 Mar 2026", date(2026, 3, 1)),
        ("March 1, 2026", date(2026, 3, 1)),
    ],
)
def test_a_date_is_read(cell: str, day: date) -> None:
    assert parse_date(cell, order=Order.DAY_FIRST)[0] == day


def test_the_order_of_day_and_month_is_the_columns() -> None:
    assert day_order(["03/04/2026", "13/04/2026"]) == (Order.DAY_FIRST, True)
    assert day_order(["03/04/2026", "04/13/2026"]) == (Order.MONTH_FIRST, True)
    assert day_order(["03/04/2026"]) == (None, True)
    assert day_order(["2026-04-03"]) == (None, False)
    assert parse_date("03/04/2026", order=Order.MONTH_FIRST)[0] == date(2026, 3, 4)


def test_the_year_24_is_read_as_2024_and_said() -> None:
    assert parse_date("0024-03-01", order=None) == (date(2024, 3, 1), "Read as the year 2024.")


@pytest.mark.parametrize("cell", ["2026-02-30", "13/13/2026", "soon", "31 Foo 2026", "20260301"])
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_date(cell, order=Order.DAY_FIRST)


def test_flags_and_html() -> None:
    assert [parse_flag(cell) for cell in ("TRUE", "no", "1", "")] == [True, False, True, False]
    with pytest.raises(NotUnderstood):
        parse_flag("perhaps")
    assert plain_text("<p>One</p><p>Two &amp; three</p>") == "One\nTwo & three"
    assert plain_text("a < b") == "a < b"
