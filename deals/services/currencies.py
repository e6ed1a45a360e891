"""Exchange rates: from a day on, one unit is worth so much of the reporting currency."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from deals.errors import RateRefused
from deals.events import RATE_CHANGED
from deals.models import Currency, Rate
from outbox.services import record
from people.models import User

_SMALLEST = Decimal("0.0000000001")
_LARGEST = Decimal("10000000000")


@transaction.atomic
def set_rate(currency: Currency, *, since: date, rate: Decimal, by: User) -> Rate:
    """Say what one unit of `currency` is worth from `since` until its next rate begins.

    A rate of the same day is replaced. Refused for the reporting currency itself, whose
    rate is always 1, and for a rate that is not positive.
    """
    if currency.code == settings.ENV.reporting_currency:
        raise RateRefused(
            "currency", f"{currency.code} is the reporting currency.", "Its rate is always 1."
        )
    if not rate.is_finite() or not _SMALLEST <= rate < _LARGEST:
        raise RateRefused(
            "rate",
            f"{rate} is no rate.",
            f"Give a number above 0: how many {settings.ENV.reporting_currency} one unit is worth.",
        )
    rounded = rate.quantize(_SMALLEST)
    row, created = Rate.objects.select_for_update().get_or_create(
        currency=currency, since=since, defaults={"rate": rounded}
    )
    if not created and row.rate == rounded:
        return row
    row.rate = rounded
    row.save(update_fields=["rate"])
    _tell(row, by)
    return row


@transaction.atomic
def remove_rate(rate: Rate, *, by: User) -> None:
    """Take a rate back; the days it covered fall to the one before, or have none."""
    _tell(rate, by)
    rate.delete()


def _tell(rate: Rate, by: User) -> None:
    following = (
        Rate.objects.filter(currency=rate.currency_id, since__gt=rate.since)
        .order_by("since")
        .values_list("since", flat=True)
        .first()
    )
    record(
        RATE_CHANGED,
        subject=f"currency:{rate.currency_id}",
        payload={
            "currency": rate.currency_id,
            "since": rate.since.isoformat(),
            "until": following.isoformat() if following else None,
        },
        by=by.pk,
    )
