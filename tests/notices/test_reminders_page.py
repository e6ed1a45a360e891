"""The page of reminders: what is open, what became of the last digest, and one's wishes."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from notices.models import Digest
from people.models import User
from tests.notices.conftest import MONDAY, Tell

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.mark.parametrize("rows", [1, 3])
def test_it_lists_ones_own_open_things_at_the_same_cost(
    rep: User, teammate: User, tell: Tell, signed_in: SignIn, rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for n in range(rows):
        tell(rep, f"deal:{n}")
    tell(teammate, "deal:9")
    client = signed_in(rep)
    with django_assert_num_queries(3):  # person asking, what is open, the last digest
        page = client.get("/reminders/").context["page"]
    assert [line.path for line in page.open.lines] == [f"/debriefs/deal:{n}/" for n in range(rows)]


def test_wishes_are_kept(rep: User, signed_in: SignIn) -> None:
    answer = signed_in(rep).post(
        "/reminders/", {"channel": "none", "digest_hour": "17", "calendar": "FR"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/reminders/")
    rep.refresh_from_db()
    assert (rep.channel, rep.digest_hour, rep.calendar) == ("none", 17, "FR")


@pytest.mark.parametrize(
    ("name", "value"),
    [("channel", "pigeon"), ("digest_hour", "24"), ("digest_hour", ""), ("calendar", "XX")],
)
def test_a_wish_that_is_none_is_refused(
    rep: User, signed_in: SignIn, name: str, value: str
) -> None:
    given = {"channel": "mail", "digest_hour": "8", "calendar": "", name: value}
    answer = signed_in(rep).post("/reminders/", given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {name}


def test_a_region_set_by_an_admin_stays_among_the_choices(rep: User, signed_in: SignIn) -> None:
    User.objects.filter(pk=rep.pk).update(calendar="DE-BY")
    wishes = {"channel": "mail", "digest_hour": "8", "calendar": "DE-BY"}
    assert signed_in(rep).post("/reminders/", wishes).status_code == 302


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"begun_at": MONDAY, "sent_at": MONDAY}, "Your last digest: Monday 23 November, 08:00."),
        ({"failed_at": MONDAY}, "may not have reached you"),
        ({"begun_at": MONDAY, "leased_until": MONDAY}, "may not have reached you"),
        ({}, "Your last digest: Monday 23 November, 08:00."),
    ],
    ids=["sent", "refused", "in doubt", "on its way"],
)
def test_it_says_what_became_of_the_last_digest(
    rep: User, signed_in: SignIn, state: dict[str, object], words: str
) -> None:
    on_its_way = {"leased_until": MONDAY + timedelta(minutes=9), **state}
    Digest.objects.create(
        person=rep, day=MONDAY.date(), due_at=MONDAY, channel="mail", **on_its_way
    )
    assert words in signed_in(rep).get("/reminders/").text


def test_chat_is_offered_once_an_admin_has_entered_a_webhook(
    rep: User, admin: User, signed_in: SignIn
) -> None:
    wishes = {"channel": "chat", "digest_hour": "8", "calendar": ""}
    client = signed_in(rep)
    assert set(client.post("/reminders/", wishes).context["form"].errors) == {"channel"}
    fields = {"full_name": "Rita Rep", "username": "rep", "email": "rep@example.com"}
    place = {"role": "rep", "time_zone": "UTC"}
    edit = signed_in(admin)
    inside = {"chat_webhook": "http://localhost:5432/"}
    answer = edit.post(f"/people/{rep.pk}/edit", {**fields, **place, **inside})
    assert set(answer.context["form"].errors) == {"chat_webhook"}
    slack = {"chat_webhook": "https://hooks.slack.com/services/T/B/x"}
    edit.post(f"/people/{rep.pk}/edit", {**fields, **place, **slack})
    assert client.post("/reminders/", wishes).status_code == 302
    rep.refresh_from_db()
    assert rep.channel == "chat"
