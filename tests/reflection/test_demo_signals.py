"""The demo's three stories are told as signals when it is loaded, and the nights after add nothing."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoDbBlocker

from outbox.models import Event
from reflection.demo.load import load_demo
from tests.reflection.test_demo_plan import DAYS, plan_on
from tests.trends.signals.planned import columns_of
from trends.models import Signal
from trends.services import rebuild
from trends.signals.counts import book_of
from trends.signals.judging import look
from trends.signals.scan import DOWN, UP
from trends.signals.series import Subject, Value
from trends.signals.services import look_for_signals
from trends.signals.standing_out import standing_out

# A Wednesday: in the night after, another week is ripe.
LOADED_ON = "2026-11-25T09:00:00Z"


@pytest.fixture(scope="module")
def clock(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[time_machine.Traveller]:
    """The demo is loaded, in a transaction that is rolled back at the module's end."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        time_machine.travel(LOADED_ON, tick=False) as traveller,
    ):
        load_demo()
        yield traveller
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_stories_are_told_and_the_two_nights_after_tell_nothing_new(
    clock: time_machine.Traveller,
) -> None:
    told = {(each.dimension, each.name, each.within_name): each for each in Signal.objects.all()}
    assert set(told) == {
        ("reason", "Implementation effort", ""),
        ("winner", "Norvik", "Mid-market"),
        ("stage", "Security review", ""),
    }
    norvik = told["winner", "Norvik", "Mid-market"]
    assert norvik.sentence.startswith("Losses to Norvik in Mid-market rose from 3 to 11 a quarter")
    effort = told["reason", "Implementation effort", ""]
    assert "(22% to 7% of debriefed losses)" in effort.sentence
    assert (effort.onset, effort.kind) == (date(2026, 2, 2), "level")
    assert told["stage", "Security review", ""].kind == "stands_out"
    assert told["stage", "Security review", ""].series.startswith("stands_out|stage:")
    for _night in range(2):
        clock.shift(timedelta(days=1))
        rebuild()
        report = look_for_signals()
        assert report is not None
        assert (report.told, report.ended) == ((), ())
    assert Event.objects.filter(kind="signal.raised").count() == len(told) == 3


MORE_DAYS = (date(2026, 1, 1), date(2026, 5, 8), date(2026, 6, 30), date(2026, 12, 31))


@pytest.mark.parametrize("today", [*DAYS, *MORE_DAYS], ids=str)
def test_on_whatever_day_it_is_loaded_the_stories_are_found(today: date) -> None:
    deals, weeks = columns_of(plan_on(today), today)
    known = {Value(each, name) for each in (Subject.WINNER, Subject.COMPETITOR) for name in SPELT}
    book = book_of(deals, leave_out=known)
    found = {
        (book.series[each.place].of, each.direction)
        for each in look(book, weeks.count, is_first=True)
    }
    assert (Value(Subject.REASON, "implementation_effort"), DOWN) in found
    assert (Value(Subject.WINNER, "Norvik"), UP) in found
    stands = [book.series[each.place].of for each in standing_out(book, weeks.count)]
    assert stands == [Value(Subject.STAGE, "Security review")]


# Competitors as somebody wrote them: they wait for review.
SPELT = ("Norvik AS", "Brightmore", "HaldenForecast", "Veloria")
