"""The pages on which names and rates are decided."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deals.models import Account, Product, Rate, Stage
from deals.services import entry_named
from people.models import User
from tests.factories import AccountFactory, DealFactory, ProductFactory, RateFactory

SignedIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db


def shown(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_queue_says_what_it_is_for(manager: User, signed_in: SignedIn) -> None:
    assert "All names are decided" in shown(signed_in(manager), "deals:review_list")


def test_one_click_takes_a_name_for_the_one_proposed(manager: User, signed_in: SignedIn) -> None:
    ProductFactory.create(name="GTX Pro")
    written = entry_named(Product, "GTXPro")
    client = signed_in(manager)
    assert "Same as “GTX Pro”" in shown(client, "deals:review_list")
    client.post(
        reverse("deals:review_decide", args=["products", written.pk]), {"decision": "proposed"}
    )
    assert entry_named(Product, "GTXPro").today.name == "GTX Pro"


def test_names_that_look_like_no_other_are_listed_at_once(
    manager: User, signed_in: SignedIn
) -> None:
    AccountFactory.create(name="Acme")
    for name in ("Acme Inc", "Zebra", "Quokka"):
        entry_named(Account, name)
    signed_in(manager).post(reverse("deals:review_accept", args=["accounts"]))
    assert [entry.name for entry in Account.objects.awaiting_review()] == ["Acme Inc"]


def test_a_name_is_the_same_as_another_listed_one_or_the_form_says_so(
    manager: User, signed_in: SignedIn
) -> None:
    AccountFactory.create(name="Acme")
    written = entry_named(Account, "Umbrella")
    client, url = signed_in(manager), reverse("deals:review_same", args=["accounts", written.pk])
    refused = client.post(url, {"into": "Nobody"})
    assert refused.status_code == 422
    assert "Type a name as it is listed" in refused.content.decode()
    assert client.post(url, {"into": "acme"}).status_code == 302
    assert entry_named(Account, "Umbrella").today.name == "Acme"


def test_an_admin_renames_merges_parts_and_describes(admin: User, signed_in: SignedIn) -> None:
    first, second = AccountFactory.create(name="First"), AccountFactory.create(name="Second")
    client = signed_in(admin)
    client.post(reverse("deals:entry_rename", args=["accounts", first.pk]), {"name": "Prime"})
    client.post(reverse("deals:entry_merge", args=["accounts", second.pk]), {"into": "Prime"})
    assert entry_named(Account, "Second").today.name == "Prime"
    assert "Also known as" in shown(client, "deals:entry_detail", "accounts", first.pk)
    client.post(reverse("deals:entry_part", args=["accounts", second.pk]))
    assert entry_named(Account, "Second").today.name == "Second"
    client.post(reverse("deals:account_edit", args=[first.pk]), {"industry": "Energy"})
    first.refresh_from_db()
    assert (first.industry, first.segment) == ("Energy", "")


def test_a_name_listed_already_is_refused_in_the_form(admin: User, signed_in: SignedIn) -> None:
    ProductFactory.create(name="A")
    url = reverse("deals:entry_create", args=["products"])
    answer = signed_in(admin).post(url, {"name": "a"})
    assert (answer.status_code, "listed already" in answer.content.decode()) == (422, True)


def test_stages_are_added_and_moved(admin: User, signed_in: SignedIn) -> None:
    client = signed_in(admin)
    client.post(reverse("deals:entry_create", args=["stages"]), {"name": "Pilot"})
    pilot = Stage.objects.get(name="Pilot")
    client.post(reverse("deals:stage_move", args=[pilot.pk]), {"direction": "up"})
    names = [stage.name for stage in Stage.objects.standing()]
    assert names[-2:] == ["Pilot", "Contract"]


def test_a_rate_is_set_refused_and_removed(admin: User, signed_in: SignedIn) -> None:
    client, url = signed_in(admin), reverse("deals:rate_list")
    assert "No rates yet" in shown(client, "deals:rate_list")
    assert (
        client.post(url, {"currency": "EUR", "since": "2026-01-01", "rate": "0"}).status_code == 422
    )
    client.post(url, {"currency": "EUR", "since": "2026-01-01", "rate": "1.1"})
    rate = Rate.objects.get()
    assert (rate.since, rate.rate) == (date(2026, 1, 1), Decimal("1.1"))
    client.post(reverse("deals:rate_remove", args=[rate.pk]))
    assert Rate.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_pages_of_names_cost_the_same_queries_whatever_their_rows(
    admin: User,
    signed_in: SignedIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        product = ProductFactory.create(name=f"Loom {number}{number}", reviewed_at=None)
        DealFactory.create(product=product)
        RateFactory.create(since=date(2026, 1, number + 1))
    client = signed_in(admin)
    with django_assert_num_queries(9):
        shown(client, "deals:review_list")
    with django_assert_num_queries(2):
        shown(client, "deals:entry_list", "products", q="Loom")
    with django_assert_num_queries(3):
        shown(client, "deals:rate_list")


def test_a_list_of_names_goes_on_after_its_last(admin: User, signed_in: SignedIn) -> None:
    for number in range(30):
        ProductFactory.create(name=f"P{number:02}")
    client = signed_in(admin)
    assert "P24" in shown(client, "deals:entry_list", "products")
    rest = shown(client, "deals:entry_list", "products", after="p24")
    assert ("P24" in rest, "P25" in rest, "P29" in rest) == (False, True, True)
