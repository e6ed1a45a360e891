"""The facts that a submission freezes are those that the deal's own app gives."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from deals.facts import facts_of
from deals.models import Closing, Competitor, Outcome
from debriefs.queries.facts import frozen_facts
from tests.factories import (
    AccountFactory,
    CompetitorFactory,
    DealAttributeFactory,
    closed_deal,
)


def rich() -> Closing:
    """Everything known, with an account and a rival that were merged into others."""
    group = AccountFactory.create(name="Harbour Group", industry="Ports")
    rivals = [CompetitorFactory.create(name=name) for name in ("norvik", "Acme", "Acme Ltd")]
    Competitor.objects.filter(name="Acme Ltd").update(merged_into=rivals[1])
    account = AccountFactory.create(name="Harbour", merged_into=group)
    closing = closed_deal(
        account=account,
        competitors=rivals,
        closing={"winner": rivals[2], "amount": Decimal("12500.500")},
    )
    for key in ("Lead source", "Channel"):
        DealAttributeFactory.create(deal=closing.deal, key=key)
    return closing


def bare() -> Closing:
    return closed_deal(
        account=None,
        owner=None,
        product=None,
        stage=None,
        opened_on=None,
        amount=None,
        currency=None,
    )


def unknown_amount() -> Closing:
    return closed_deal(closing={"amount": Decimal(0)})


def given_away() -> Closing:
    return closed_deal(closing={"amount": Decimal(0), "outcome": Outcome.WON})


def large() -> Closing:
    return closed_deal(closing={"amount": Decimal("1000000")})


@pytest.mark.django_db
@pytest.mark.parametrize("made", [rich, bare, unknown_amount, given_away, large])
def test_both_ways_give_the_same_facts(made: Callable[[], Closing]) -> None:
    closing = Closing.objects.with_facts().get(pk=made().pk)
    assert frozen_facts(closing.pk) == facts_of(closing)
