"""Bringing a deal up to what a source says of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from common.clock import company_today
from deals.errors import DealRefused
from deals.facts import BY_API, DealFacts, by_import, by_person, facts_of
from deals.models import Closing, Competitor, Deal, DealConflict, Outcome, Product
from deals.services import (
    Incoming,
    change_closing,
    change_deal,
    close_deal,
    create_deal,
    keep_ours,
    merge_entry,
    record_deal,
    record_deals,
    reopen_deal,
    set_attributes,
    take_theirs,
)
from deals.services.change import Recorded
from outbox.models import Event
from people.models import User
from tests.factories import ProductFactory

LOST = DealFacts(
    name="Big deal",
    account="Acme",
    product="GTX Pro",
    competitors=("Norvik", "Zenta"),
    amount=Decimal("1200.50"),
    currency="EUR",
    outcome=Outcome.LOST_TO_COMPETITOR,
    closed_on=date(2026, 3, 10),
    winner="Norvik",
    attributes={"Lead source": "Fair"},
)

pytestmark = pytest.mark.django_db


def brought(facts: DealFacts, run: int = 1) -> Recorded:
    return record_deal(facts, source="crm", external_id="D-1", by=None, provenance=by_import(run))


def the_closing() -> Closing:
    return Closing.objects.current().with_facts().get()


def open_conflicts() -> list[tuple[str, str, str]]:
    rows = DealConflict.objects.unresolved().order_by("field")
    return [(row.field, row.ours, row.theirs) for row in rows]


def events() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_new_deal_is_made_with_everything_said_of_it() -> None:
    recorded = brought(LOST)
    assert recorded.status == "created"
    assert facts_of(the_closing()) == {
        "deal_id": recorded.deal.pk,
        "closing_number": 1,
        "name": "Big deal",
        "account": {"id": recorded.deal.account_id, "name": "Acme"},
        "industry": "",
        "segment": "",
        "country": "",
        "owner": None,
        "product": {"id": recorded.deal.product_id, "name": "GTX Pro"},
        "competitors": [
            {"id": Competitor.objects.get(name=name).pk, "name": name}
            for name in ("Norvik", "Zenta")
        ],
        "opened_on": None,
        "closed_on": "2026-03-10",
        "outcome": "lost_to_competitor",
        "stage": None,
        "winner": {"id": Competitor.objects.get(name="Norvik").pk, "name": "Norvik"},
        "amount": "1200.5",
        "currency": "EUR",
        "attributes": {"Lead source": "Fair"},
    }
    assert events() == ["deal.changed", "deal.closed"]
    assert {entry.name for entry in recorded.awaiting} == {"Acme", "GTX Pro", "Norvik", "Zenta"}


def test_the_same_again_changes_nothing() -> None:
    brought(LOST)
    assert brought(LOST, run=2).status == "unchanged"
    assert events() == ["deal.changed", "deal.closed"]


def test_the_same_again_changes_nothing_after_its_name_was_merged(admin: User) -> None:
    listed = ProductFactory.create(name="GTX Professional")
    brought(LOST)
    merge_entry(Product.objects.get(name="GTX Pro"), into=listed, by=admin)
    assert brought(LOST).status == "unchanged"
    assert brought(replace(LOST, product="GTX Professional")).status == "unchanged"
    assert facts_of(the_closing())["product"] == {"id": listed.pk, "name": "GTX Professional"}


def test_what_a_source_does_not_mention_stays() -> None:
    brought(LOST)
    recorded = brought(DealFacts(name="Bigger deal"))
    assert (recorded.status, recorded.deal.name) == ("updated", "Bigger deal")
    assert facts_of(the_closing())["amount"] == "1200.5"


def test_a_lost_deal_of_0_is_of_unknown_worth_and_a_won_one_of_0() -> None:
    brought(replace(LOST, amount=Decimal(0)))
    assert (the_closing().amount, the_closing().currency_id) == (None, None)
    brought(replace(LOST, amount=Decimal(0), outcome=Outcome.WON, winner=None))
    assert (the_closing().amount, the_closing().currency_id) == (Decimal(0), "EUR")


def test_an_amount_without_currency_is_the_companys() -> None:
    brought(DealFacts(name="Open one", amount=Decimal(5)))
    assert Deal.objects.get().currency_id == "USD"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"closed_on": company_today() + timedelta(days=2)}, "closed_on"),
        ({"closed_on": date(24, 3, 1)}, "closed_on"),
        ({"closed_on": None}, "closed_on"),
        ({"amount": Decimal("-1")}, "amount"),
        ({"amount": Decimal("1e15")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"currency": "EURO"}, "currency"),
        ({"outcome": Outcome.WON}, "winner"),
        ({"outcome": None}, "closed_on"),
        ({"name": " "}, "name"),
        ({"name": "n" * 251}, "name"),
        ({"notes": "n" * 100_001}, "notes"),
        ({"account": "a" * 201}, "account"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_and_nothing_is_half_saved(
    facts: dict[str, object], field: str
) -> None:
    with pytest.raises(DealRefused) as refusal:
        brought(replace(LOST, **facts))  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert (Deal.objects.count(), Event.objects.count()) == (0, 0)


def test_tomorrow_is_accepted_because_the_company_may_span_the_date_line() -> None:
    brought(replace(LOST, closed_on=company_today() + timedelta(days=1)))
    assert the_closing().closed_on == company_today() + timedelta(days=1)


def test_a_source_that_says_open_again_reopens_the_deal() -> None:
    brought(LOST)
    recorded = brought(replace(LOST, outcome=None, closed_on=None, winner=None))
    assert recorded.status == "updated"
    assert Deal.objects.open().get() == recorded.deal
    assert Closing.objects.get().reopened_at is not None
    assert (recorded.deal.amount, recorded.deal.currency_id) == (Decimal("1200.500"), "EUR")


def test_a_win_after_a_loss_is_a_closing_of_its_own() -> None:
    brought(LOST)
    won = replace(LOST, outcome=Outcome.WON, winner=None, closed_on=date(2026, 6, 1))
    recorded = brought(won)
    numbers = Closing.objects.order_by("number").values_list("number", "outcome", "reopened_at")
    assert [(number, outcome) for number, outcome, _ in numbers] == [
        (1, "lost_to_competitor"),
        (2, "won"),
    ]
    assert recorded.closed == the_closing()
    assert brought(won).status == "unchanged"


def test_a_win_on_the_same_day_corrects_the_closing() -> None:
    brought(LOST)
    brought(replace(LOST, outcome=Outcome.WON, winner=None))
    assert (the_closing().number, the_closing().outcome, the_closing().winner) == (1, "won", None)


def test_an_import_never_overwrites_what_a_person_entered(rep: User) -> None:
    brought(LOST)
    change_closing(the_closing(), DealFacts(amount=Decimal(900), winner="Zenta"), by=rep)
    recorded = brought(replace(LOST, amount=Decimal(1300)), run=2)
    assert recorded.contested == ("amount", "winner")
    assert open_conflicts() == [("amount", "900", "1300"), ("winner", "Zenta", "Norvik")]
    assert (the_closing().amount, the_closing().winner.name) == (Decimal("900.000"), "Zenta")  # type: ignore[union-attr]


def test_the_api_does_not_overwrite_a_person_either(rep: User) -> None:
    brought(LOST)
    change_deal(Deal.objects.get(), DealFacts(name="As the rep says"), by=rep)
    record_deal(LOST, source="crm", external_id="D-1", by=rep.pk, provenance=BY_API)
    assert open_conflicts() == [("name", "As the rep says", "Big deal")]


def test_a_declined_value_is_not_asked_about_again_but_a_new_one_is(rep: User) -> None:
    brought(LOST)
    change_deal(Deal.objects.get(), DealFacts(name="Ours"), by=rep)
    brought(LOST)
    keep_ours(DealConflict.objects.unresolved().get(), by=rep)
    assert brought(LOST).contested == ()
    assert brought(replace(LOST, name="Theirs, new")).contested == ("name",)
    assert Deal.objects.get().name == "Ours"


def test_a_value_taken_over_may_be_changed_by_later_imports(rep: User) -> None:
    brought(LOST)
    change_closing(the_closing(), DealFacts(amount=Decimal(900)), by=rep)
    brought(replace(LOST, amount=Decimal(1300)), run=2)
    take_theirs(DealConflict.objects.unresolved().get(), by=rep)
    assert (the_closing().amount, open_conflicts()) == (Decimal(1300), [])
    assert brought(replace(LOST, amount=Decimal(1400)), run=3).status == "updated"


def test_a_conflict_ends_when_the_source_comes_round(rep: User) -> None:
    brought(LOST)
    change_deal(Deal.objects.get(), DealFacts(name="Ours"), by=rep)
    brought(LOST)
    brought(replace(LOST, name="Ours"))
    assert open_conflicts() == []


def test_a_source_that_knows_less_does_not_contradict(rep: User) -> None:
    brought(replace(LOST, outcome=Outcome.LOST_UNSPECIFIED, winner=None, amount=Decimal(0)))
    change_closing(
        the_closing(),
        DealFacts(outcome=Outcome.NO_DECISION, amount=Decimal(70), competitors=("Norvik", "Quill")),
        by=rep,
    )
    again = replace(
        LOST,
        outcome=Outcome.LOST_UNSPECIFIED,
        winner=None,
        amount=Decimal(0),
        competitors=("Norvik",),
    )
    assert (brought(again).status, open_conflicts()) == ("unchanged", [])


def test_a_source_that_contradicts_how_it_closed_changes_nothing_of_the_closing(rep: User) -> None:
    deal = brought(replace(LOST, outcome=None, closed_on=None, winner=None)).deal
    close_deal(deal, closed_on=date(2026, 5, 4), outcome=Outcome.NO_DECISION, by=rep)
    brought(replace(LOST, outcome=None, closed_on=None, winner=None, amount=Decimal(1)))
    assert open_conflicts() == [("outcome", "No decision", "Open")]
    assert (the_closing().closed_on, the_closing().amount) == (
        date(2026, 5, 4),
        Decimal("1200.500"),
    )


def test_a_person_makes_closes_and_reopens_a_deal(rep: User) -> None:
    deal = create_deal(DealFacts(name="By hand", stage="Proposal", amount=Decimal(10)), by=rep)
    assert (deal.owner, deal.source, set(deal.provenance.values())) == (
        rep,
        "manual",
        {by_person(rep)},
    )
    closing = close_deal(deal, closed_on=date(2026, 5, 4), outcome=Outcome.KEPT_IN_HOUSE, by=rep)
    assert (closing.stage_id, closing.amount, closing.currency_id) == (
        deal.stage_id,
        Decimal(10),
        "USD",
    )
    reopen_deal(deal, by=rep)
    again = close_deal(deal, closed_on=date(2026, 6, 4), outcome=Outcome.WON, by=rep)
    assert (again.number, Closing.objects.current().get()) == (2, again)
    assert events() == [
        "deal.changed",
        "deal.changed",
        "deal.closed",
        "deal.changed",
        "deal.changed",
        "deal.closed",
    ]


def test_a_closing_that_was_opened_again_can_still_be_corrected(rep: User) -> None:
    deal = create_deal(DealFacts(name="By hand"), by=rep)
    first = close_deal(deal, closed_on=date(2026, 5, 4), outcome=Outcome.POSTPONED, by=rep)
    reopen_deal(deal, by=rep)
    change_closing(first, DealFacts(winner="Norvik", outcome=Outcome.LOST_TO_COMPETITOR), by=rep)
    first.refresh_from_db()
    assert (first.outcome, first.winner.name if first.winner else None) == (
        "lost_to_competitor",
        "Norvik",
    )
    assert Deal.objects.open().get() == deal


def test_an_empty_attribute_removes_its_key(rep: User) -> None:
    brought(LOST)
    set_attributes(Deal.objects.get(), {"Lead source": "", "Region": "West"}, by=rep)
    assert facts_of(the_closing())["attributes"] == {"Region": "West"}


def test_changing_a_winner_not_met_before_makes_it_met(rep: User) -> None:
    brought(LOST)
    change_closing(the_closing(), DealFacts(winner="Quill"), by=rep)
    met = [row["name"] for row in facts_of(the_closing())["competitors"]]
    assert met == ["Norvik", "Quill", "Zenta"]


def test_a_batch_writes_the_good_rows_refuses_the_bad_and_tells_once() -> None:
    rows = [
        Incoming("A", LOST),
        Incoming("B", replace(LOST, closed_on=None)),
        Incoming(" ", LOST),
        Incoming("C", DealFacts(name="Open")),
    ]
    results = record_deals(rows, source="crm", by=None, provenance=by_import(1), imported=True)
    fields = [each.field if isinstance(each, DealRefused) else each.status for each in results]
    assert fields == ["created", "closed_on", "external_id", "created"]
    assert [event.payload for event in Event.objects.order_by("pk")] == [
        {"deal_ids": list(Deal.objects.order_by("pk").values_list("pk", flat=True))},
        {"closing_ids": [the_closing().pk], "imported": True},
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_statements_whatever_its_rows(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    rows = [Incoming(str(number), replace(LOST, name=str(number))) for number in range(count)]
    with django_assert_num_queries(22):
        record_deals(rows, source="crm", by=None, provenance=by_import(1))
    with django_assert_num_queries(10):
        record_deals(rows, source="crm", by=None, provenance=by_import(2))
