"""Which template asks about a deal: by outcome, size, product and team, in the admin's order."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deals.models import Closing, Currency, Outcome
from debriefs.models import QuestionTemplate, TemplateVersion
from debriefs.queries.traits import version_for
from debriefs.questions import default_version
from debriefs.scopes import Contender, DealTraits, Scope, contains, covers, overlap, shadowed
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_draft
from people.models import Team, User
from people.services import issue_token
from tests.debriefs.submissions import FIELDS, FIRST
from tests.debriefs.test_form_pages import SignIn, statements
from tests.factories import (
    DealFactory,
    ProductFactory,
    RateFactory,
    TemplateVersionFactory,
    closed_deal,
)

WON = frozenset({"won"})
LINES = {1: frozenset({1}), 2: frozenset({1, 2}), 3: frozenset({3})}


def euros(low: int | None, below: int | None) -> Scope:
    return Scope(
        amount_from=None if low is None else Decimal(low),
        amount_below=None if below is None else Decimal(below),
        currency="EUR",
    )


def template(name: str, *, position: int = 0, **scope: Any) -> TemplateVersion:
    """A published template with a scope."""
    many = {field: scope.pop(field, ()) for field in ("products", "teams")}
    made = QuestionTemplate.objects.create(key=name, name=name, position=position)
    version: TemplateVersion = TemplateVersionFactory.create(
        template=made, definition={"sections": []}, **scope
    )
    version.products.set(many["products"])
    version.teams.set(many["teams"])
    return version


@pytest.mark.parametrize(
    ("amount", "currency", "is_covered"),
    [
        ("50000", "EUR", True),
        ("49999.99", "EUR", False),
        ("99999.99", "EUR", True),
        ("100000", "EUR", False),
        ("62500", "USD", True),  # 50,000.00 EUR at 0.8 exactly
        ("62499.99", "USD", False),
        ("50000", "CHF", False),  # no rate: unknown
        (None, "", False),
    ],
)
def test_an_amount_is_compared_exactly_at_the_rate_of_the_day(
    amount: str | None, currency: str, is_covered: bool
) -> None:
    deal = DealTraits(
        outcome="won",
        amount=None if amount is None else Decimal(amount),
        currency=currency,
        rates={"EUR": Decimal(1), "USD": Decimal("0.8")},
    )
    assert covers(euros(50_000, 100_000), deal) is is_covered


def test_a_scope_narrows_by_each_thing_that_it_names() -> None:
    deal = DealTraits(outcome="won", products=frozenset({7, 8}), teams=frozenset({1, 2}))
    assert covers(Scope(WON, products=frozenset({8}), teams=frozenset({1})), deal)
    assert not covers(Scope(frozenset({"no_decision"})), deal)
    assert not covers(Scope(products=frozenset({9})), deal)
    assert not covers(Scope(teams=frozenset({3})), deal)


def test_the_overlap_of_two_scopes_is_the_deals_of_both() -> None:
    north = Scope(WON, Decimal(50_000), None, "EUR", teams=frozenset({1}))
    atlas = Scope(amount_below=Decimal(80_000), currency="EUR", teams=frozenset({2}))
    both = Scope(WON, Decimal(50_000), Decimal(80_000), "EUR", teams=frozenset({2}))
    assert overlap(north, atlas, lines=LINES) == both
    assert overlap(euros(None, 10), euros(10, None), lines=LINES) is None
    assert overlap(Scope(WON), Scope(frozenset({"postponed"})), lines=LINES) is None
    assert overlap(Scope(teams=frozenset({2})), Scope(teams=frozenset({3})), lines=LINES) is None


def test_a_template_that_an_earlier_one_covers_whole_could_never_ask() -> None:
    won = Contender(1, "Won deals", Scope(WON))
    large = Contender(2, "Large won deals", Scope(WON, Decimal(50_000), None, "EUR"))
    assert list(shadowed([won, large], lines=LINES)) == [(large, won)]
    assert list(shadowed([large, won], lines=LINES)) == []
    assert contains(Scope(teams=frozenset({1})), Scope(teams=frozenset({2})), lines=LINES)
    assert not contains(Scope(teams=frozenset({2})), Scope(teams=frozenset({1})), lines=LINES)


def test_with_one_template_it_asks_about_every_deal(lost: Closing) -> None:
    assert version_for(lost.pk) == version_for(None) == default_version().pk


def test_the_first_that_covers_the_deal_asks_and_the_default_asks_of_the_rest(
    lost: Closing, won: Closing
) -> None:
    later = template("all lost", position=2, outcomes=["lost_to_competitor", "no_decision"])
    assert version_for(lost.pk) == later.pk
    first = template("to a rival", position=1, outcomes=["lost_to_competitor"])
    assert version_for(lost.pk) == first.pk
    assert version_for(won.pk) == version_for(None) == default_version().pk


def test_a_team_stands_for_those_below_it_on_the_day_the_deal_closed(
    lost: Closing, company: Team, other_team: Team
) -> None:
    template("elsewhere", teams=[other_team])
    assert version_for(lost.pk) == default_version().pk
    above = template("company", position=1, teams=[company])
    assert version_for(lost.pk) == above.pk


def test_a_product_stands_for_all_its_names(defaults: None, rep: User) -> None:
    cloud = ProductFactory.create(name="Cloud")
    old = ProductFactory.create(name="Cloud (old)", merged_into=cloud)
    of_old = template("cloud", products=[old])
    assert version_for(closed_deal(owner=rep, product=cloud).pk) == of_old.pk
    other = ProductFactory.create(name="Desk")
    assert version_for(closed_deal(owner=rep, product=other).pk) == default_version().pk


def test_a_size_converts_at_the_rate_in_force_when_the_deal_closed(
    defaults: None, rep: User
) -> None:
    euro = Currency.objects.get(code="EUR")
    RateFactory.create(currency=euro, since=date(2026, 1, 1), rate=Decimal("1.25"))
    RateFactory.create(currency=euro, since=date(2026, 6, 1), rate=Decimal(2))
    large = template("large", amount_from=Decimal(1000), amount_currency=euro)

    def sold(amount: int, day: date) -> int:
        closing = {"outcome": Outcome.WON, "amount": Decimal(amount), "closed_on": day}
        return version_for(closed_deal(owner=rep, closing=closing).pk)

    assert sold(1250, date(2026, 3, 10)) == large.pk
    assert sold(1249, date(2026, 3, 10)) == default_version().pk
    assert sold(1250, date(2026, 6, 10)) == default_version().pk
    assert sold(5000, date(2025, 6, 10)) == default_version().pk


def test_a_draft_stays_on_its_version_when_its_outcome_is_corrected(
    lost: Closing, rep: User
) -> None:
    debrief = begin_debrief(lost, author=rep)
    of_won = template("won", outcomes=["won"])
    save_draft(debrief, base_revision=0, writer="a", changes={**FIELDS, "facts.outcome": "won"})
    submit_draft(lost.pk, submission_id=FIRST, by=rep)
    debrief.refresh_from_db()
    lost.refresh_from_db()
    assert (lost.outcome, debrief.template_version) == (Outcome.WON, default_version())
    assert version_for(lost.pk) == of_won.pk


def test_the_api_gives_the_template_of_the_deal_and_the_default_of_an_open_one(
    lost: Closing, rep: User
) -> None:
    template("rivals", outcomes=["lost_to_competitor"])
    _, secret = issue_token(rep, name="tests", by=rep)
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    def asked(deal: int) -> str:
        answer = client.get(reverse("api:template_current"), {"deal": deal}).json()
        return str(answer["template"])

    assert asked(lost.deal_id) == "rivals"
    assert asked(DealFactory.create(owner=rep).pk) == "debrief"


def test_the_form_costs_no_more_statements_with_several_templates(
    lost: Closing, manager: User, signed_in: SignIn
) -> None:
    template("rivals", outcomes=["lost_to_competitor"])
    template("wins", outcomes=["won"])
    path = reverse("debriefs:form", args=[lost.pk])
    assert statements(signed_in(manager), path) == 5
