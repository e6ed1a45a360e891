"""Whose hour it is, and that nobody gets two digests of one day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from notices.models import MAX_ATTEMPTS, Digest, Notice
from notices.services import (
    begin_digest,
    claim_digests,
    drop_digest,
    lease_digests,
    mark_sent,
    postpone_digest,
    prune,
)
from people.models import Channel, User
from tests.factories import UserFactory
from tests.notices.conftest import MONDAY, Tell

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def claim(at: datetime) -> int:
    return claim_digests(channels=[Channel.MAIL], at=at)


def lease(at: datetime) -> list[Digest]:
    return lease_digests(Channel.MAIL, at=at)


@pytest.mark.parametrize(
    ("after", "made"),
    [(-MINUTE, 0), (0 * HOUR, 1), (4 * HOUR - MINUTE, 1), (4 * HOUR, 0)],
)
def test_a_digest_is_made_at_the_hour_or_up_to_four_hours_late(
    rep: User, tell: Tell, after: timedelta, made: int
) -> None:
    tell(rep)
    assert claim(MONDAY + after) == made


def test_the_hour_and_the_day_are_those_where_the_person_is(tell: Tell) -> None:
    person = UserFactory.create(time_zone="Pacific/Auckland", digest_hour=7)
    tell(person)
    assert claim(datetime(2026, 11, 24, 17, 59, tzinfo=UTC)) == 0
    assert claim(datetime(2026, 11, 24, 18, 0, tzinfo=UTC)) == 1
    assert Digest.objects.get().day == date(2026, 11, 25)


def test_nobody_gets_a_second_one_that_day_even_after_choosing_another_hour(
    rep: User, tell: Tell
) -> None:
    tell(rep)
    assert (claim(MONDAY), claim(MONDAY + MINUTE)) == (1, 0)
    User.objects.update(digest_hour=9)
    assert claim(MONDAY + HOUR) == 0


@pytest.mark.parametrize(
    "day",
    [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 26)],
    ids=["saturday", "sunday", "thanksgiving"],
)
def test_no_digest_is_made_on_a_day_off(rep: User, tell: Tell, day: date) -> None:
    User.objects.update(calendar="US")
    tell(rep, shown_from=MONDAY - timedelta(days=9))
    assert claim(datetime(day.year, day.month, day.day, 8, tzinfo=UTC)) == 0


def test_what_opens_after_the_hour_waits_for_the_next_day(rep: User, tell: Tell) -> None:
    tell(rep, shown_from=MONDAY + MINUTE)
    assert claim(MONDAY + HOUR) == 0
    assert claim(MONDAY + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False},
        {"channel": "none"},
        {"channel": "chat", "chat_webhook": "https://hooks.slack.com/x"},
    ],
)
def test_nobody_gets_what_they_did_not_ask_for(
    rep: User, tell: Tell, changes: dict[str, object]
) -> None:
    tell(rep)
    User.objects.update(**changes)
    assert claim(MONDAY) == 0


def test_nothing_open_is_no_digest(rep: User, tell: Tell) -> None:
    tell(rep)
    Notice.objects.update(ended_at=MONDAY - HOUR)
    assert claim(MONDAY) == 0


@pytest.mark.parametrize("people", [1, 40])
def test_claiming_costs_two_statements_for_however_many(
    tell: Tell, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n, person in enumerate(UserFactory.create_batch(people)):
        tell(person, f"deal:{n}")
    with django_assert_num_queries(2):
        assert claim(MONDAY) == people


def test_one_worker_has_it_until_its_lease_is_over(rep: User, tell: Tell) -> None:
    tell(rep)
    claim(MONDAY)
    assert [digest.person for digest in lease(MONDAY)] == [rep]
    assert lease(MONDAY + 9 * MINUTE) == []
    assert [digest.person for digest in lease(MONDAY + 10 * MINUTE)] == [rep]


def test_what_was_begun_is_begun_by_nobody_else(rep: User, tell: Tell) -> None:
    tell(rep)
    claim(MONDAY)
    (digest,) = lease(MONDAY)
    assert (begin_digest(digest), begin_digest(digest)) == (True, False)
    assert lease(MONDAY + HOUR) == []


def test_what_was_put_off_comes_later_and_later_and_not_for_ever(rep: User, tell: Tell) -> None:
    tell(rep)
    claim(MONDAY)
    now, waits = MONDAY, []
    for _ in range(MAX_ATTEMPTS):
        (digest,) = lease(now)
        begin_digest(digest)
        with time_machine.travel(now, tick=False):
            postpone_digest(digest, why="421 come back later")
        until = Digest.objects.get().leased_until
        waits.append((until - now) // MINUTE)
        now = until
    assert waits == [2, 4, 8, 16, 32]
    assert lease(now) == []


def test_what_is_too_late_is_left_out(rep: User, tell: Tell) -> None:
    tell(rep)
    claim(MONDAY)
    assert lease(MONDAY + 4 * HOUR) == []


def test_what_was_sent_is_not_put_off_and_what_was_begun_is_not_dropped(
    rep: User, tell: Tell
) -> None:
    tell(rep)
    claim(MONDAY)
    (digest,) = lease(MONDAY)
    begin_digest(digest)
    drop_digest(digest)
    mark_sent(digest)
    postpone_digest(digest, why="too late")
    kept = Digest.objects.get()
    assert kept.sent_at is not None
    assert kept.begun_at is not None


def test_what_is_long_over_is_forgotten(rep: User, tell: Tell) -> None:
    tell(rep)
    claim(MONDAY)
    prune(at=MONDAY + timedelta(days=90))
    assert (Notice.objects.count(), Digest.objects.count()) == (1, 1)
    prune(at=MONDAY + timedelta(days=121))
    prune(at=timezone.now() + timedelta(days=121))
    assert (Notice.objects.count(), Digest.objects.count()) == (0, 0)
