"""Every competitor, account, product and reason has a page with its record."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deals.models import Outcome
from people.models import User
from playbook.account_record import account_record
from playbook.record_charts import record_of
from tests.factories import (
    AccountFactory,
    CompetitorFactory,
    DealFactory,
    LossReasonFactory,
    ProductFactory,
    closed_deal,
)
from tests.playbook.conftest import Listed
from trends.services import rebuild

pytestmark = pytest.mark.django_db

THIS_YEAR = {"closed_on": date(2026, 10, 1)}


def test_a_competitors_record_counts_the_deals_that_met_it(listed: Listed, rep: User) -> None:
    rival = CompetitorFactory.create(name="Norvik")
    for outcome in (Outcome.NO_DECISION, Outcome.WON):
        listed(
            deal={
                "owner": rep,
                "competitors": [rival],
                "closing": {**THIS_YEAR, "outcome": outcome},
            }
        )
    closed_deal(owner=rep, closing=THIS_YEAR)
    rebuild()
    record = record_of("competitor", rival.pk, rep)
    assert record.closed == 2
    assert [(tile.label, tile.value) for tile in record.tiles] == [
        ("Lost deals", "1"),
        ("Lost value", "USD 1,000"),
        ("Win rate", "–"),
        ("Debriefed", "–"),
    ]
    assert len(record.charts) == 4
    assert "2026-Q4: 1 lost" in record.charts[0]


def test_a_reasons_record_counts_the_deals_that_cite_it(listed: Listed, rep: User) -> None:
    price = LossReasonFactory.create(name="Price")
    listed(deal={"owner": rep, "closing": THIS_YEAR}, reasons=[price])
    rebuild()
    record = record_of("reason", price.pk, rep)
    assert [(tile.label, tile.value) for tile in record.tiles] == [
        ("Lost deals", "1"),
        ("Lost value", "USD 1,000"),
    ]


def test_a_name_without_deals_has_an_empty_record(rep: User) -> None:
    rebuild()
    assert record_of("competitor", CompetitorFactory.create().pk, rep).closed == 0


def test_an_accounts_record_holds_the_deals_of_all_its_names(
    listed: Listed, rep: User, partner: User
) -> None:
    kept = AccountFactory.create(name="Kessler")
    merged = AccountFactory.create(name="Kessler AG", merged_into=kept)
    first = listed(
        deal={"owner": rep, "account": merged, "name": "First"},
        answers={"objections": {"text": "open", "audience": "company"}},
    )
    closed_deal(
        owner=rep,
        account=kept,
        name="Second",
        closing={"outcome": Outcome.WON, "closed_on": date(2026, 5, 1)},
    )
    DealFactory.create(owner=rep, account=kept, name="Open")
    of_rep, of_partner = account_record(kept.pk, rep), account_record(kept.pk, partner)
    assert (of_rep.closed, of_rep.won, of_rep.lost, of_rep.open_to_viewer) == (2, 1, 1, 2)
    assert [(deal.name, deal.debrief_id) for deal in of_rep.deals] == [
        ("Second", None),
        ("First", first.pk),
    ]
    assert [deal.name for deal in of_rep.open_deals] == ["Open"]
    assert (of_partner.closed, of_partner.open_to_viewer) == (2, 1)
    assert [deal.name for deal in of_partner.deals] == ["First"]
    assert of_partner.open_deals == ()


def test_a_lost_amount_of_zero_is_unknown(rep: User) -> None:
    account = AccountFactory.create()
    closed_deal(account=account, closing={"amount": 0})
    assert account_record(account.pk, rep).deals[0].amount == "unknown"


@pytest.mark.parametrize(
    ("kind", "factory"),
    [
        ("competitor", CompetitorFactory),
        ("account", AccountFactory),
        ("product", ProductFactory),
        ("reason", LossReasonFactory),
    ],
)
def test_a_merged_entry_leads_to_the_one_that_took_its_place(
    rep: User, signed_in: Callable[[User], Client], kind: str, factory: Any
) -> None:
    target = factory.create()
    merged = factory.create(merged_into=target)
    response = signed_in(rep).get(reverse(f"playbook:{kind}", args=[merged.pk]))
    assert (response.status_code, response["Location"]) == (
        302,
        reverse(f"playbook:{kind}", args=[target.pk]),
    )


@pytest.mark.parametrize("kind", ["competitor", "account", "product", "reason"])
def test_what_does_not_exist_is_not_found(
    rep: User, signed_in: Callable[[User], Client], kind: str
) -> None:
    client = signed_in(rep)
    assert client.get(reverse(f"playbook:{kind}", args=[987654])).status_code == 404
    assert client.get(f"/playbook/{kind}/{10**30}/").status_code == 404


def test_a_partner_sees_a_reason_in_totals_only(
    listed: Listed, rep: User, partner: User, signed_in: Callable[[User], Client]
) -> None:
    price = LossReasonFactory.create(name="Price")
    listed(
        deal={"owner": rep, "name": "Hazelnut", "closing": THIS_YEAR},
        reasons=[price],
        answers={"objections": {"text": "open", "audience": "company"}},
    )
    rebuild()
    address = reverse("playbook:reason", args=[price.pk])
    of_rep, of_partner = (signed_in(person).get(address) for person in (rep, partner))
    assert (of_rep.context["record"].closed, of_partner.context["record"].closed) == (1, 1)
    assert "Hazelnut" in of_rep.content.decode()
    assert "Hazelnut" not in of_partner.content.decode()
