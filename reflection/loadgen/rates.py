"""Exchange rates for made-up money, against whatever the company reports in."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings

from common.money import minor_units
from common.periods import add_months
from deals.models import Currency, Rate

# What one unit was worth in euro, about; good enough for invented deals.
WORTH = {
    "EUR": "1", "USD": "0.92", "GBP": "1.16", "SEK": "0.088", "NOK": "0.086", "DKK": "0.134",
    "CHF": "1.05", "PLN": "0.23", "JPY": "0.0062", "CAD": "0.67", "AUD": "0.61",
}  # fmt: skip
MONTHS_APART = 6
SWINGS = ("1", "1.02", "0.99", "1.01", "0.98")


def install_rates(codes: Iterable[str], *, since: date, today: date) -> bool:
    """Rates every half year for these currencies; False when nobody knows the reporting one."""
    reporting = settings.ENV.reporting_currency
    wanted = [code for code in codes if code != reporting]
    Currency.objects.bulk_create(
        (Currency(code=c, name=c, decimals=minor_units(c)) for c in (reporting, *wanted)),
        ignore_conflicts=True,
    )
    if reporting not in WORTH:
        return False
    Rate.objects.bulk_create(
        (
            Rate(currency_id=code, since=day, rate=_rate(code, reporting, place))
            for code in wanted
            for place, day in enumerate(_days(since, today))
        ),
        ignore_conflicts=True,
    )
    return True


def _days(since: date, today: date) -> list[date]:
    days = [since]
    while (later := add_months(days[-1], MONTHS_APART)) <= today:
        days.append(later)
    return days


def _rate(code: str, reporting: str, place: int) -> Decimal:
    swing = Decimal(SWINGS[place % len(SWINGS)])
    return round(Decimal(WORTH[code]) / Decimal(WORTH[reporting]) * swing, 6)
