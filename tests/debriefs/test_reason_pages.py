"""The pages of the reason list."""

from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from debriefs.models import LossReason, ReasonChange, ReasonGroup
from debriefs.services.reasons import Part, merge_reasons, rename_reason, split_reason
from people.models import User
from tests.factories import LossReasonFactory, ReasonGroupFactory

SignedIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_admin(admin: User, signed_in: SignedIn) -> Client:
    return signed_in(admin)


def shown(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"debriefs:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def sent(client: Client, page: str, /, *args: object, **given: str) -> int:
    return client.post(reverse(f"debriefs:{page}", args=args), given).status_code


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    count: int, client_of_admin: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    LossReason.objects.all().delete()
    ReasonGroup.objects.all().delete()
    for number in range(count):
        group = ReasonGroupFactory.create(key=f"g-{number}")
        LossReasonFactory.create(group=group, review_on=date(2026, 1, 1))
    with django_assert_num_queries(3):
        page = shown(client_of_admin, "reason_list")
    assert page.count('class="entry reason-row"') == count
    assert "To review" in page


def test_the_list_stands_in_its_order(client_of_admin: Client) -> None:
    names = list(LossReason.objects.values_list("name", flat=True))
    page = unescape(shown(client_of_admin, "reason_list"))
    places = [page.index(f">{name}</a>") for name in names]
    assert places == sorted(places)


def test_an_empty_list_says_how_to_begin(client_of_admin: Client) -> None:
    LossReason.objects.all().delete()
    ReasonGroup.objects.all().delete()
    assert "No reasons yet" in shown(client_of_admin, "reason_list")


def test_an_admin_makes_each_change_from_a_day_and_reads_the_history(
    client_of_admin: Client, price: LossReason
) -> None:
    client, since = client_of_admin, "2026-03-01"
    commercial = price.group
    assert sent(client, "group_create", name="Legal", since=since) == 302
    legal = ReasonGroup.objects.get(name="Legal")
    given = {"name": "Fees", "group": str(commercial.pk), "definition": "Hidden fees."}
    assert sent(client, "reason_create", since=since, **given) == 302
    fees = LossReason.objects.get(name="Fees")
    assert sent(client, "reason_rename", fees.pk, name="Extra fees", since=since) == 302
    assert sent(client, "reason_move", fees.pk, group=str(legal.pk), since=since) == 302
    assert sent(client, "reason_merge", fees.pk, into=str(price.pk), since=since) == 302
    parts = {"name_1": "List price", "name_2": "Discount"}
    assert sent(client, "reason_split", price.pk, since=since, **parts) == 302
    discount = LossReason.objects.get(name="Discount")
    assert sent(client, "reason_describe", discount.pk, definition="No rebate.") == 302
    assert sent(client, "reason_retire", discount.pk, since=since) == 302
    page = shown(client, "reason_detail", price.pk)
    assert "“Price” is split into “List price”, “Discount”" in page
    assert "“Extra fees” is merged into it" in page
    page = shown(client, "reason_detail", discount.pk)
    assert "Part of the split of “Price”" in page
    assert "Described anew" in page
    assert "Taken off the list" in page
    assert "Merged into" in shown(client, "reason_detail", fees.pk)


def test_a_change_is_taken_back_from_the_history(
    client_of_admin: Client, price: LossReason, admin: User
) -> None:
    rename_reason(price, "Cost", by=admin)
    change = ReasonChange.objects.get()
    assert sent(client_of_admin, "change_take_back", change.pk) == 302
    page = shown(client_of_admin, "reason_detail", price.pk)
    assert "<del>“Price” is called “Cost”</del>" in page
    assert "Taken back by Ada Admin" in page
    assert sent(client_of_admin, "change_take_back", change.pk) == 302
    assert "not to be taken back" in shown(client_of_admin, "reason_detail", price.pk)


def test_a_refused_change_is_told_beside_its_field(
    client_of_admin: Client, price: LossReason
) -> None:
    url = reverse("debriefs:reason_rename", args=[price.pk])
    answer = client_of_admin.post(url, {"name": "Contract terms", "since": "2026-03-01"})
    assert answer.status_code == 422
    assert "“Contract terms” is listed already." in answer.content.decode()


def test_places_change_and_what_left_the_list_stands_apart(
    client_of_admin: Client, price: LossReason, admin: User
) -> None:
    assert sent(client_of_admin, "reason_place", price.pk, direction="down") == 302
    assert sent(client_of_admin, "group_place", price.group_id, direction="down") == 302
    assert sent(client_of_admin, "reason_place", price.pk, direction="sideways") == 302
    keys = list(LossReason.objects.values_list("key", flat=True)[2:4])
    assert keys == ["terms", "price"]
    merge_reasons(price, into=LossReason.objects.get(key="terms"), by=admin)
    page = shown(client_of_admin, "reason_list")
    assert "Merged into Contract terms; cited 0 times" in page
    assert sent(client_of_admin, "reason_place", price.pk, direction="up") == 302


def test_a_group_shows_its_history_and_is_retired_when_empty(
    client_of_admin: Client, defaults: None
) -> None:
    client = client_of_admin
    group = ReasonGroup.objects.get(key="commercial")
    assert sent(client, "group_rename", group.pk, name="Money", since="2026-03-01") == 302
    assert sent(client, "group_retire", group.pk) == 302
    page = shown(client, "reason_group", group.pk)
    assert "“Price and terms” is called “Money”" in page
    assert "holds reasons still" in page
    change = ReasonChange.objects.get()
    assert sent(client, "change_take_back", change.pk) == 302
    assert "<h1>Price and terms</h1>" in shown(client, "reason_group", group.pk)


def test_only_an_unused_reason_is_deleted(
    client_of_admin: Client, price: LossReason, admin: User
) -> None:
    part, _ = split_reason(price, [Part("A"), Part("B")], by=admin)
    assert sent(client_of_admin, "reason_remove", part.pk) == 302
    assert LossReason.objects.filter(pk=part.pk).exists()
    terms = LossReason.objects.get(key="terms")
    assert sent(client_of_admin, "reason_remove", terms.pk) == 302
    assert not LossReason.objects.filter(pk=terms.pk).exists()


def test_a_group_asked_for_is_chosen_already(client_of_admin: Client, price: LossReason) -> None:
    url = reverse("debriefs:reason_create")
    page = client_of_admin.get(url, {"group": price.group_id}).content.decode()
    assert f'<option value="{price.group_id}" selected>' in page
    assert client_of_admin.get(url, {"group": "x"}).status_code == 200
