"""What an app says is due stands once, as it was last told, and ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from notices.models import Notice
from notices.queries import open_for
from notices.services import Due, keep_notices
from people.models import User
from tests.notices.conftest import KIND, MONDAY, Tell


def texts(person: User) -> list[str]:
    opened = open_for([person], at=MONDAY).get(person.pk)
    return [line.text for line in opened.lines] if opened else []


def test_told_twice_is_told_once_as_it_was_told_last(rep: User, tell: Tell) -> None:
    tell(rep)
    tell(rep, text="Debrief the renamed deal")
    assert texts(rep) == ["Debrief the renamed deal"]
    assert Notice.objects.count() == 1


def test_what_is_no_longer_told_of_a_subject_ends_and_may_open_again(rep: User, tell: Tell) -> None:
    tell(rep)
    tell(rep, "deal:2")
    keep_notices(KIND, about=["deal:1"], dues=[])
    assert texts(rep) == ["Debrief deal:2"]
    tell(rep)
    assert texts(rep) == ["Debrief deal:1", "Debrief deal:2"]


def test_a_subject_that_goes_to_somebody_else_ends_for_the_first(
    rep: User, teammate: User, tell: Tell
) -> None:
    tell(rep)
    tell(teammate)
    assert (texts(rep), texts(teammate)) == ([], ["Debrief deal:1"])


def test_other_kinds_are_left_alone(rep: User, tell: Tell) -> None:
    tell(rep)
    keep_notices("tests.other", about=["deal:1"], dues=[])
    assert texts(rep) == ["Debrief deal:1"]


@pytest.mark.parametrize(
    ("since", "until", "is_open"),
    [(0, 1, True), (1, 2, False), (-2, 0, False)],
)
def test_it_is_listed_from_then_until_then(
    rep: User, tell: Tell, since: int, until: int, is_open: bool
) -> None:
    tell(
        rep,
        shown_from=MONDAY + timedelta(days=since),
        shown_until=MONDAY + timedelta(days=until),
    )
    assert bool(texts(rep)) is is_open


def test_the_most_urgent_come_first_and_say_when_in_the_readers_own_time(
    rep: User, tell: Tell
) -> None:
    rep.time_zone = "Asia/Tokyo"
    tell(rep, "deal:1")
    tell(rep, "deal:2", due_at=MONDAY + timedelta(hours=20))
    tell(rep, "deal:3", due_at=MONDAY - timedelta(hours=1))
    lines = open_for([rep], at=MONDAY)[rep.pk].lines
    assert [(line.text, line.due) for line in lines] == [
        ("Debrief deal:3", "was due Monday 23 November, 16:00"),
        ("Debrief deal:2", "due Tuesday 24 November, 13:00"),
        ("Debrief deal:1", ""),
    ]


def test_a_long_list_is_cut_and_says_how_much_there_is(rep: User) -> None:
    days = (MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
    subjects = [f"deal:{n}" for n in range(30)]
    dues = [Due(rep.pk, subject, f"Debrief {subject}", "/", *days) for subject in subjects]
    keep_notices(KIND, about=subjects, dues=dues)
    listed = open_for([rep], at=MONDAY)[rep.pk]
    assert (len(listed.lines), listed.more) == (25, 5)
    assert listed.headline == "Debrief deal:0, and 29 more"


def test_many_cost_as_much_as_one(
    rep: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days = (MONDAY, MONDAY + timedelta(days=1))
    subjects = [f"deal:{n}" for n in range(500)]
    with django_assert_num_queries(4):  # savepoint and its release, the rows, the others
        keep_notices(
            KIND,
            about=subjects,
            dues=[Due(rep.pk, subject, "Debrief", "/", *days) for subject in subjects],
        )


def test_a_line_break_can_get_into_no_headline(rep: User, tell: Tell) -> None:
    tell(rep, text="Debrief\r\nBcc: everybody@example.com")
    assert texts(rep) == ["Debrief Bcc: everybody@example.com"]


def test_a_notice_leads_nowhere_else(rep: User, tell: Tell) -> None:
    with pytest.raises(IntegrityError):
        tell(rep, path="https://elsewhere.example/")
