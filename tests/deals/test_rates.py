"""The dated rate table."""

from datetime import date
from decimal import Decimal

import pytest

from deals.errors import RateRefused
from deals.models import Currency, Rate
from deals.services import remove_rate, set_rate
from outbox.models import Event
from people.models import User

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)

pytestmark = pytest.mark.django_db


def euro() -> Currency:
    return Currency.objects.get(code="EUR")


def told() -> list[tuple[str, str, str | None]]:
    payloads = Event.objects.order_by("pk").values_list("payload", flat=True)
    return [(each["currency"], each["since"], each["until"]) for each in payloads]


def test_a_rate_tells_which_days_it_changes(admin: User) -> None:
    set_rate(euro(), since=MARCH, rate=Decimal("1.1"), by=admin)
    set_rate(euro(), since=JANUARY, rate=Decimal("1.2"), by=admin)
    assert told() == [("EUR", "2026-03-01", None), ("EUR", "2026-01-01", "2026-03-01")]
    assert Rate.objects.in_force(date(2026, 2, 28)).get().rate == Decimal("1.2")


def test_the_rate_of_a_day_is_replaced_and_the_same_again_tells_nobody(admin: User) -> None:
    for rate in ("1.1", "1.2", "1.2"):
        set_rate(euro(), since=MARCH, rate=Decimal(rate), by=admin)
    assert (Rate.objects.get().rate, len(told())) == (Decimal("1.2"), 2)


def test_a_removed_rate_tells_the_days_it_covered(admin: User) -> None:
    rate = set_rate(euro(), since=MARCH, rate=Decimal("1.1"), by=admin)
    remove_rate(rate, by=admin)
    assert (Rate.objects.count(), told()[-1]) == (0, ("EUR", "2026-03-01", None))


@pytest.mark.parametrize("rate", ["0", "-1", "1e10", "1e-11", "NaN"])
def test_a_number_that_is_no_rate_is_refused(admin: User, rate: str) -> None:
    with pytest.raises(RateRefused):
        set_rate(euro(), since=MARCH, rate=Decimal(rate), by=admin)
    assert Event.objects.count() == 0


def test_the_reporting_currency_has_no_rate_of_its_own(admin: User) -> None:
    with pytest.raises(RateRefused):
        set_rate(Currency.objects.get(code="USD"), since=MARCH, rate=Decimal(2), by=admin)
