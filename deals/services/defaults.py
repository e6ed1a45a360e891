"""What an empty instance starts with: the currencies of ISO 4217 and a list of stages."""

from django.db import transaction
from django.utils import timezone

from common.money import minor_units
from common.text import name_key
from deals.currency_list import CURRENCIES
from deals.models import Currency, Stage

STAGES = (
    "Prospecting",
    "Qualification",
    "Needs analysis",
    "Proposal",
    "Negotiation",
    "Contract",
)


@transaction.atomic
def install_defaults() -> None:
    """Give an instance the currencies it lacks, and stages when it has none. Safe to call again."""
    known = set(Currency.objects.values_list("code", flat=True))
    Currency.objects.bulk_create(
        (
            Currency(code=code, name=name, decimals=minor_units(code))
            for code, name in CURRENCIES.items()
            if code not in known
        ),
        ignore_conflicts=True,
    )
    if not Stage.objects.exists():
        Stage.objects.bulk_create(
            Stage(name=name, name_key=name_key(name), position=place, reviewed_at=timezone.now())
            for place, name in enumerate(STAGES)
        )
