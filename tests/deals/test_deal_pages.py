"""The pages of deals: find, read, enter, change, close, correct, reopen, settle a difference."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.clock import company_today
from deals.facts import DealFacts, by_import
from deals.models import Account, Closing, Deal, Outcome, Product
from deals.queries import deals as deal_lists
from deals.queries.deals import PAGE, closed_deals, open_deals
from deals.services import change_deal, merge_entry, record_deal
from people.models import User
from tests.factories import AccountFactory, DealFactory, ProductFactory, closed_deal

pytestmark = pytest.mark.django_db

USER = 1


@pytest.fixture
def client_of_rep(signed_in: Callable[[User], Client], rep: User) -> Client:
    return signed_in(rep)


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/deals/\d+/">([^<]+)</a>', html)


def test_closed_deals_stand_the_latest_first(client_of_rep: Client) -> None:
    for day in (3, 9, 6):
        closed_deal(name=f"On day {day}", closing={"closed_on": date(2026, 10, day)})
    assert names(page(client_of_rep, "/deals/")) == ["On day 9", "On day 6", "On day 3"]


def test_pages_of_the_list_join_without_gap_or_repeat(client_of_rep: Client) -> None:
    for number in range(PAGE + 5):
        closed_deal(name=f"Deal {number}", closing={"closed_on": date(2026, 10, 1 + number % 3)})
    first = page(client_of_rep, "/deals/")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = page(client_of_rep, "/deals/" + older.group(1).replace("&amp;", "&"))
    both = names(first) + names(second)
    assert sorted(both) == sorted(f"Deal {number}" for number in range(PAGE + 5))
    assert 'rel="next"' not in second


@pytest.mark.parametrize("show", ["closed", "open"])
def test_lines_bear_the_names_of_today(
    client_of_rep: Client, rep: User, admin: User, show: str
) -> None:
    make = closed_deal if show == "closed" else DealFactory.create
    make(name="Full", owner=rep, account__name="Acme Ltd", product__name="Wright")
    bare: dict[str, Any] = dict.fromkeys(("account", "product", "stage", "amount", "currency"))
    make(name="Bare", owner=rep if show == "open" else None, **bare)
    merge_entry(Account.objects.get(), into=AccountFactory.create(name="Acme"), by=admin)
    merge_entry(Product.objects.get(), into=ProductFactory.create(name="Quill"), by=admin)
    find = closed_deals if show == "closed" else open_deals
    lines = {line.name: line for line in find(rep).lines}
    full, bare_line = lines["Full"], lines["Bare"]
    stage = Deal.objects.get(name="Full").stage
    assert stage
    assert (full.account, full.product, full.stage) == ("Acme", "Quill", stage.name)
    assert (full.owner, full.amount, full.currency) == (str(rep), Decimal(1000), "USD")
    assert (bare_line.account, bare_line.product, bare_line.stage) == ("", "", "")
    assert (bare_line.owner, bare_line.amount) == (str(rep) if show == "open" else "", None)


@pytest.mark.parametrize("deals", [1, 3])
@pytest.mark.parametrize("show", ["closed", "open"])
def test_the_list_costs_the_same_queries_for_any_number_of_deals(
    client_of_rep: Client, rep: User, deals: int, show: str
) -> None:
    for _ in range(deals):
        closed_deal(owner=rep) if show == "closed" else DealFactory.create(owner=rep)
    with CaptureQueriesContext(connection) as captured:
        page(client_of_rep, f"/deals/?show={show}")
    assert len(captured) - USER == 2


def test_a_rep_finds_a_deal_by_its_account(client_of_rep: Client) -> None:
    closed_deal(name="Renewal", account__name="Hooli")
    closed_deal(name="Other", account__name="Initech")
    assert names(page(client_of_rep, "/deals/?q=hool")) == ["Renewal"]


@pytest.mark.parametrize("few", [0, 2, 100])
@pytest.mark.parametrize("show", ["closed", "open"])
def test_words_are_found_in_any_case_in_names_and_accounts_and_as_a_whole_id(
    client_of_rep: Client, rep: User, monkeypatch: pytest.MonkeyPatch, show: str, few: int
) -> None:
    """The same deals, be they read by their ids or met among the latest."""
    monkeypatch.setattr(deal_lists, "FEW", few)
    make = closed_deal if show == "closed" else DealFactory.create
    make(name="HP: the Renewal", external_id="006A", owner=rep, account__name="Hooli")
    make(name="Printers", external_id="006ab", owner=rep, account__name="HP Inc")
    make(name="100%_sure", external_id="007", owner=rep, account__name="Initech")
    found = {
        words: set(names(page(client_of_rep, f"/deals/?show={show}&q={quote(words)}")))
        for words in ("renew", "OOLI", "006a", "hp", "p:", "0%_s", "%", "nothing of it")
    }
    assert found == {
        "renew": {"HP: the Renewal"},
        "OOLI": {"HP: the Renewal"},
        "006a": {"HP: the Renewal"},
        "hp": {"HP: the Renewal", "Printers"},
        "p:": set(),
        "0%_s": {"100%_sure"},
        "%": set(),
        "nothing of it": set(),
    }


@pytest.mark.parametrize("few", [0, 100])
def test_pages_of_what_is_found_join_too(
    client_of_rep: Client, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(deal_lists, "FEW", few)
    monkeypatch.setattr(deal_lists, "PAGE", 2)
    for number in range(5):
        closed_deal(name=f"Deal {number}", closing={"closed_on": date(2026, 10, 1 + number % 3)})
    path, found = "?q=deal", []
    while path:
        html = page(client_of_rep, f"/deals/{path}")
        found += names(html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        path = older.group(1).replace("&amp;", "&") if older else ""
    assert found == [f"Deal {number}" for number in (2, 4, 1, 3, 0)]


def test_of_the_deals_found_only_those_of_the_rep(client_of_rep: Client, rep: User) -> None:
    closed_deal(name="Renewal of mine", owner=rep)
    closed_deal(name="Renewal of theirs")
    assert names(page(client_of_rep, "/deals/?q=renewal&mine=on")) == ["Renewal of mine"]


@pytest.mark.parametrize("deals", [1, 3])
def test_a_search_costs_two_queries_more_for_any_number_of_deals(
    client_of_rep: Client, deals: int
) -> None:
    for number in range(deals):
        closed_deal(name=f"Renewal {number}")
    with CaptureQueriesContext(connection) as captured:
        assert len(names(page(client_of_rep, "/deals/?q=renewal"))) == deals
    assert len(captured) - USER == 4


def test_a_deal_entered_by_hand_belongs_to_the_rep(client_of_rep: Client, rep: User) -> None:
    response = client_of_rep.post(
        reverse("deals:create"),
        {"name": "New one", "account": "Hooli", "amount": "1200.50", "currency": "USD"},
    )
    deal = Deal.objects.get(name="New one")
    assert response.status_code == 302
    assert (deal.owner, deal.account and deal.account.name, deal.amount) == (
        rep,
        "Hooli",
        Decimal("1200.500"),
    )
    form = client_of_rep.get(reverse("deals:edit", args=[deal.pk])).content.decode()
    assert 'value="1200.50"' in form


def test_a_rep_closes_a_deal_and_is_asked_to_debrief(client_of_rep: Client, rep: User) -> None:
    deal = DealFactory.create(owner=rep, amount=None, currency=None)
    response = client_of_rep.post(
        reverse("deals:close", args=[deal.pk]),
        {
            "outcome": "lost_to_competitor",
            "closed_on": company_today().isoformat(),
            "winner": "Norvik",
            "competitors": "Norvik, Zenta",
            "amount": "0",
            "currency": "USD",
        },
        follow=True,
    )
    closing = Closing.objects.get(deal=deal)
    met = set(deal.competitors.values_list("name", flat=True))
    assert (closing.outcome, str(closing.winner), met) == (
        Outcome.LOST_TO_COMPETITOR,
        "Norvik",
        {"Norvik", "Zenta"},
    )
    assert "Debrief it while it is fresh" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("closed_on", "2099-01-01", "2099-01-01 is in the future"),
        ("closed_on", "31/31/2026", "Enter a valid date."),
        ("amount", "-5", "An amount can&#x27;t be below 0; leave it empty when unknown."),
        ("amount", "lots", "Enter a number."),
        ("outcome", "mislaid", "Select a valid choice."),
    ],
)
def test_a_closing_that_cannot_be_is_refused_at_its_field_and_saves_nothing(
    client_of_rep: Client, rep: User, field: str, value: str, message: str
) -> None:
    deal = DealFactory.create(owner=rep)
    sent = {"outcome": "no_decision", "closed_on": company_today().isoformat(), "currency": "USD"}
    response = client_of_rep.post(
        reverse("deals:close", args=[deal.pk]), {**sent, "amount": "", field: value}
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert f'href="#id_{field}"' in html
    assert message in html
    assert not Closing.objects.filter(deal=deal).exists()


def test_a_closing_is_corrected_in_place(client_of_rep: Client, rep: User) -> None:
    closing = closed_deal(owner=rep)
    client_of_rep.post(
        reverse("deals:closing_edit", args=[closing.deal_id]),
        {"outcome": "postponed", "closed_on": closing.closed_on.isoformat(), "currency": "USD"},
    )
    closing.refresh_from_db()
    assert (closing.outcome, closing.number) == (Outcome.POSTPONED, 1)


def test_a_reopened_deal_keeps_its_closing(client_of_rep: Client, rep: User) -> None:
    closing = closed_deal(owner=rep)
    response = client_of_rep.post(reverse("deals:reopen", args=[closing.deal_id]), follow=True)
    closing.refresh_from_db()
    assert closing.reopened_at is not None
    assert ">reopened<" in response.content.decode()


@pytest.mark.parametrize(("take", "name"), [("ours", "By hand"), ("theirs", "From the CRM")])
def test_a_difference_with_the_crm_is_settled_either_way(
    client_of_rep: Client, rep: User, take: str, name: str
) -> None:
    deal = record_deal(
        DealFacts(name="First", owner_id=rep.pk),
        source="crm",
        external_id="1",
        by=None,
        provenance=by_import(1),
    ).deal
    change_deal(deal, DealFacts(name="By hand"), by=rep)
    record_deal(
        DealFacts(name="From the CRM"),
        source="crm",
        external_id="1",
        by=None,
        provenance=by_import(2),
    )
    html = page(client_of_rep, f"/deals/{deal.pk}/")
    assert "<strong>By hand</strong>. The CRM: <strong>From the CRM</strong>" in html
    conflict = deal.conflicts.get()
    client_of_rep.post(reverse("deals:conflict", args=[deal.pk, conflict.pk]), {"take": take})
    deal.refresh_from_db()
    assert deal.name == name
    assert "The CRM says otherwise" not in page(client_of_rep, f"/deals/{deal.pk}/")
