"""Similar deals: what is shared counts, the words decide ties, and each says why."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deals.models import Account, Deal, Outcome
from debriefs.models import Audience
from people.models import User
from playbook.similar import similar_deals, word_likeness
from tests.factories import (
    AccountFactory,
    CompetitorFactory,
    DealFactory,
    LossReasonFactory,
    ProductFactory,
    StageFactory,
)
from tests.playbook.conftest import Listed

pytestmark = pytest.mark.django_db


def account(industry: str = "", segment: str = "") -> Account:
    made: Account = AccountFactory.create(industry=industry, segment=segment)
    return made


@pytest.fixture
def pitch(rep: User) -> Deal:
    """An open deal of `rep`."""
    deal: Deal = DealFactory.create(
        owner=rep,
        name="Pitch",
        account=account("Retail", "Mid-market"),
        product=ProductFactory.create(name="Stratus"),
        stage=StageFactory.create(name="Demo"),
        notes="They worry about offline tills.",
    )
    deal.meetings.create(competitor=CompetitorFactory.create(name="Norvik"))
    return deal


def why(deal: Deal, viewer: User, **options: Any) -> list[tuple[str, str]]:
    return [(found.deal, found.why) for found in similar_deals(deal.pk, viewer, **options)]


def test_an_open_deal_finds_lost_ones_by_what_they_share(
    listed: Listed, pitch: Deal, rep: User
) -> None:
    norvik = CompetitorFactory.create(name="Norvik")
    listed(
        deal={
            "name": "rival and segment",
            "competitors": [norvik],
            "account": account("", "Mid-market"),
            "stage": None,
        }
    )
    listed(
        deal={
            "name": "all but rival",
            "account": account("Retail", "Mid-market"),
            "product": pitch.product,
            "stage": pitch.stage,
        }
    )
    listed(deal={"name": "segment only", "account": account("", "Mid-market"), "stage": None})
    assert why(pitch, rep) == [
        (
            "all but rival",
            "same product (Stratus), same industry (Retail), same segment (Mid-market), same stage (Demo)",
        ),
        ("rival and segment", "same competitor (Norvik), same segment (Mid-market)"),
    ]


def test_won_deals_come_only_when_asked_for(listed: Listed, pitch: Deal, rep: User) -> None:
    listed(
        deal={
            "name": "won",
            "account": account("Retail", "Mid-market"),
            "closing": {"outcome": Outcome.WON},
        }
    )
    assert why(pitch, rep) == []
    assert [name for name, _ in why(pitch, rep, with_won=True)] == ["won"]


def test_reasons_of_its_own_debrief_count(listed: Listed, rep: User) -> None:
    price = LossReasonFactory.create(name="Price")
    own = listed(deal={"account": account("Energy")}, reasons=[price])
    listed(deal={"name": "alike", "account": account("Energy"), "stage": None}, reasons=[price])
    assert why(own.closing.deal, rep) == [("alike", "same reason (Price), same industry (Energy)")]


def test_rarer_shared_words_decide_between_equals(listed: Listed, pitch: Deal, rep: User) -> None:
    def lost(name: str, text: str) -> None:
        listed(
            deal={"name": name, "account": account("Retail", "Mid-market"), "stage": None},
            answers={"objections": {"text": text, "audience": Audience.SALES}},
        )

    lost("Tills", "The tills went offline twice.")
    lost("Later", "Budget went elsewhere.")
    assert why(pitch, rep)[0] == (
        "Tills",
        "same industry (Retail), same segment (Mid-market), similar words",
    )


def test_equals_without_shared_words_come_latest_first(
    listed: Listed, pitch: Deal, rep: User
) -> None:
    for name, day in (("first", 1), ("third", 3), ("second", 2)):
        listed(
            deal={
                "name": name,
                "account": account("Retail", "Mid-market"),
                "stage": None,
                "closing": {"closed_on": date(2026, 3, day)},
            }
        )
    assert [name for name, _ in why(pitch, rep)] == ["third", "second", "first"]


def test_a_partner_neither_sees_nor_is_told_what_is_for_sales(
    listed: Listed, rep: User, partner: User
) -> None:
    price = LossReasonFactory.create(name="Price")
    shared = {"objections": {"text": "Open words.", "audience": Audience.COMPANY}}
    own = listed(deal={"account": account("Energy", "Big")}, reasons=[price], answers=shared)
    listed(
        deal={"name": "open", "account": account("Energy", "Big"), "stage": None},
        reasons=[price],
        answers=shared,
    )
    listed(
        deal={"name": "closed", "account": account("Energy", "Big"), "stage": None}, reasons=[price]
    )
    assert [name for name, _ in why(own.closing.deal, rep)] == ["open", "closed"]
    assert why(own.closing.deal, partner) == [
        ("open", "same industry (Energy), same segment (Big)")
    ]


def test_a_deal_that_the_viewer_may_not_see_is_not_found(
    pitch: Deal, outsider: User, partner: User
) -> None:
    for viewer in (outsider, partner):
        with pytest.raises(Http404):
            similar_deals(pitch.pk, viewer)


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_four_statements_however_many_there_are(
    listed: Listed,
    pitch: Deal,
    rep: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for _ in range(rows):
        listed(deal={"account": account("Retail", "Mid-market")})
    with django_assert_num_queries(4):
        assert len(similar_deals(pitch.pk, rep)) == rows


def test_the_fragment_is_the_list_and_the_page_has_a_frame(
    listed: Listed, pitch: Deal, rep: User, signed_in: Callable[[User], Client]
) -> None:
    listed(deal={"name": "Nutcracker", "account": account("Retail", "Mid-market")})
    address = reverse("playbook:similar", args=[pitch.pk])
    client = signed_in(rep)
    page = client.get(address).content.decode()
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert ("Nutcracker" in page, "<html" in page) == (True, True)
    assert ("Nutcracker" in fragment, "<html" in fragment) == (True, False)


def test_an_id_that_no_deal_can_have_is_not_found(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    assert signed_in(rep).get(f"/playbook/similar/{10**30}/").status_code == 404


def test_likeness_weighs_rare_words_more() -> None:
    others = [["price", "till"], ["price"], ["price", "roof"]]
    till, plain, roof = word_likeness(["price", "till", "roof"], others)
    assert (plain, till == roof, till > plain) == (0.0, True, True)
    assert till + roof == pytest.approx(1)
    assert word_likeness(["none"], others) == [0.0, 0.0, 0.0]
