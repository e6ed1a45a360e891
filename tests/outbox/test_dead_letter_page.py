"""The page of undelivered events, for admins."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from outbox.models import Delivery, Event
from outbox.queries import PAGE_SIZE
from people.models import User

SignedIn = Callable[[User], Client]


def kill(count: int) -> list[Delivery]:
    with transaction.atomic():
        event = Event.objects.create(kind="deal.changed", subject="deal:7")
        return [
            Delivery.objects.create(
                event=event,
                subscriber=f"part {n}",
                attempts=10,
                dead_at=timezone.now(),
                last_error="ValueError: <b>no</b>",
            )
            for n in range(count)
        ]


@pytest.mark.django_db
def test_the_empty_page_says_that_all_arrived(signed_in: SignedIn, admin: User) -> None:
    page = signed_in(admin).get("/outbox/").content.decode()
    assert "Everything has arrived" in page
    assert "0 undelivered, 0 being tried again" in page


@pytest.mark.django_db
def test_an_undelivered_event_shows_its_error_and_can_be_replayed(
    signed_in: SignedIn, admin: User
) -> None:
    (dead,) = kill(1)
    client = signed_in(admin)
    page = client.get("/outbox/").content.decode()
    assert "<code>ValueError: &lt;b&gt;no&lt;/b&gt;</code>" in page
    answer = client.post(f"/outbox/{dead.pk}/replay/", follow=True)
    assert "1 event is on the way again." in answer.content.decode()
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts) == (None, 0)
    again = client.post(f"/outbox/{dead.pk}/replay/", follow=True)
    assert "Nothing to replay" in again.content.decode()


@pytest.mark.django_db
def test_all_can_be_replayed_at_once(signed_in: SignedIn, admin: User) -> None:
    kill(3)
    answer = signed_in(admin).post("/outbox/replay/", follow=True)
    assert "3 events are on the way again." in answer.content.decode()
    assert not Delivery.objects.dead().exists()


@pytest.mark.django_db
def test_the_list_goes_on_by_keyset(signed_in: SignedIn, admin: User) -> None:
    dead = kill(PAGE_SIZE + 1)
    client = signed_in(admin)
    first = client.get("/outbox/").content.decode()
    assert first.count("<td>part ") == PAGE_SIZE
    second = client.get(f"/outbox/?before={dead[1].pk}").content.decode()
    assert second.count("<td>part ") == 1
    assert client.get("/outbox/?before=nonsense").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_much_for_three_rows_as_for_one(
    rows: int, signed_in: SignedIn, admin: User, django_assert_num_queries: object
) -> None:
    kill(rows)
    client = signed_in(admin)
    client.get("/outbox/")
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/outbox/")
