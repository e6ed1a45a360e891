"""A change is told once, to those whose it is; people take it up; it is over by itself."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from deals.models import Closing, Competitor
from debriefs.models import LossReason
from notices.models import Notice
from outbox.models import Event
from people.models import User
from tests.factories import closed_deal
from tests.trends.signals.world import (
    LAST_WEEK,
    NOW,
    SINCE_WEEKS,
    company_losing,
    level,
    monday,
    rising,
)
from trends.errors import TrendError
from trends.models import Signal, SignalLook
from trends.services import rebuild
from trends.signals.models import SignalState
from trends.signals.notices import next_digest_at, people_told
from trends.signals.services import (
    follow_signals,
    look_for_signals,
    prune_looks,
    take_up_signal,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def signal(manager: User) -> Signal:
    company_losing(rising)
    report = look_for_signals()
    assert report is not None
    [told] = report.told
    return told


def test_a_rise_is_told_in_a_sentence_with_its_figures(signal: Signal) -> None:
    assert signal.sentence == (
        "Losses to Norvik rose from 6 to 52 a quarter (5% to 40% of losses); "
        "chance alone would do this less than once in 1,000 quarters."
    )
    assert (signal.series, signal.state) == (f"winner:{signal.value}", "new")
    assert signal.onset == monday(SINCE_WEEKS - 1)
    assert signal.seen_until == LAST_WEEK + timedelta(days=6)
    assert (signal.hits, signal.deals) == (48, 120)
    assert (signal.hits_before, signal.deals_before, signal.weeks_before) == (39, 780, 78)
    assert sorted(signal.likewise) == [
        "Losses to Norvik at Proposal",
        "Losses to Norvik in Mid-market",
    ]


def test_a_company_in_which_nothing_changes_is_told_nothing(db: None) -> None:
    company_losing(level)
    report = look_for_signals()
    assert report is not None
    assert (report.told, Signal.objects.count()) == ((), 0)


def test_the_same_day_and_tally_are_looked_at_once(signal: Signal) -> None:
    assert look_for_signals() is None
    assert SignalLook.objects.get().told == 1


def test_the_nights_after_tell_nothing_new(signal: Signal, now: time_machine.Traveller) -> None:
    for _night in range(2):
        now.shift(timedelta(days=1))
        rebuild()
        report = look_for_signals()
        assert report is not None
        assert report.told == report.ended == ()
    assert Signal.objects.count() == 1
    assert Event.objects.filter(kind="signal.raised").count() == 1


def test_the_running_week_and_the_last_days_are_not_looked_at(db: None) -> None:
    company_losing(level)
    Closing.objects.filter(closed_on__gte=monday(0)).update(
        closed_on=date(2026, 11, 24), winner=Competitor.objects.get(name="Norvik")
    )
    rebuild()
    report = look_for_signals()
    assert report is not None
    assert report.told == ()


def test_a_name_that_waits_for_review_is_not_watched(db: None) -> None:
    rival = company_losing(rising)
    Competitor.objects.filter(pk=rival.pk).update(reviewed_at=None)
    report = look_for_signals()
    assert report is not None
    assert report.told == ()


def test_other_parts_hear_of_it_by_an_event(signal: Signal) -> None:
    event = Event.objects.get(kind="signal.raised")
    assert event.payload == {"signal_id": signal.pk}


def test_managers_and_admins_are_told_in_their_next_digest_and_nobody_else(
    manager: User, admin: User, rep: User, partner: User, other_manager: User
) -> None:
    follow_signals(other_manager, told=False)
    company_losing(rising)
    look_for_signals()
    notices = Notice.objects.filter(kind="trends.signal")
    assert {notice.person_id for notice in notices} == {manager.pk, admin.pk}
    for notice in notices:
        due = next_digest_at(notice.person, NOW)
        assert notice.shown_from == NOW
        assert due < notice.shown_until < due + timedelta(hours=12)


def test_the_owner_of_a_reason_is_told_of_its_signals(manager: User, rep: User) -> None:
    reason = LossReason.objects.get(key="price")
    reason.owner = rep
    reason.save()
    assert people_told(Signal(dimension="reason", value=f"{reason.pk}")) == [manager, rep]
    assert people_told(Signal(dimension="stage", value=f"{reason.pk}")) == [manager]


def test_who_wants_them_again_is_told_again(manager: User) -> None:
    follow_signals(manager, told=False)
    follow_signals(manager, told=False)
    follow_signals(manager, told=True)
    assert people_told(Signal(dimension="stage", value="1")) == [manager]


def test_taking_it_up_is_kept_with_who_and_why_and_ends_what_others_wait_for(
    signal: Signal, manager: User
) -> None:
    taken = take_up_signal(signal, state=SignalState.WATCHED, by=manager)
    taken = take_up_signal(
        taken, state=SignalState.EXPLAINED, note=" They dropped their fee. ", by=manager
    )
    assert taken.state == "explained"
    assert [(step.state, step.by, step.note) for step in taken.steps.all()] == [
        ("new", None, ""),
        ("watched", manager, ""),
        ("explained", manager, "They dropped their fee."),
    ]
    assert not Notice.objects.filter(kind="trends.signal", ended_at=None).exists()


def test_saying_the_same_twice_is_one_step(signal: Signal, manager: User) -> None:
    for _ in range(2):
        take_up_signal(signal, state=SignalState.WATCHED, by=manager)
    assert signal.steps.count() == 2


@pytest.mark.parametrize(
    ("state", "note", "field"),
    [("over", "", "state"), ("new", "", "state"), ("explained", " ", "note")],
)
def test_what_cannot_be_said_is_refused_by_name(
    signal: Signal, manager: User, state: str, note: str, field: str
) -> None:
    with pytest.raises(TrendError) as refusal:
        take_up_signal(signal, state=SignalState(state), note=note, by=manager)
    assert refusal.value.field == field


def test_it_is_over_when_the_last_quarter_is_like_before(
    signal: Signal, now: time_machine.Traveller
) -> None:
    _weeks_without_norvik(26)
    now.shift(timedelta(weeks=26))
    rebuild()
    report = look_for_signals()
    assert report is not None
    assert (report.ended, report.told) == ((signal,), ())
    signal.refresh_from_db()
    assert (signal.state, signal.ended_because) == ("over", "back")
    assert [step.by for step in signal.steps.all()] == [None, None]


def test_a_note_can_be_added_to_one_that_is_over(
    signal: Signal, manager: User, now: time_machine.Traveller
) -> None:
    _weeks_without_norvik(26)
    now.shift(timedelta(weeks=26))
    rebuild()
    look_for_signals()
    signal.refresh_from_db()
    assert take_up_signal(
        signal, state=SignalState.OVER, note="It was the trade fair.", by=manager
    ).is_over
    with pytest.raises(TrendError):
        take_up_signal(signal, state=SignalState.OVER, by=manager)


def test_what_was_merged_away_is_over(signal: Signal, manager: User) -> None:
    rival = Competitor.objects.get(name="Norvik")
    rival.merged_into = Competitor.objects.create(
        name="Norvik Group", name_key="norvik group", reviewed_at=NOW
    )
    rival.save()
    rebuild()
    report = look_for_signals()
    assert report is not None
    assert [each.pk for each in report.ended] == [signal.pk]
    assert Signal.objects.get(pk=signal.pk).ended_because == "gone"


def test_old_looks_are_forgotten(signal: Signal) -> None:
    prune_looks(today=NOW.date() + timedelta(days=89))
    assert SignalLook.objects.count() == 1
    prune_looks(today=NOW.date() + timedelta(days=91))
    assert SignalLook.objects.count() == 0


def _weeks_without_norvik(weeks: int) -> None:
    """Ten losses a week more, none of them to Norvik."""
    lost = Closing.objects.filter(winner=None).select_related("deal")
    for n, closing in enumerate(lost[: 10 * weeks]):
        closed_deal(
            account=closing.deal.account,
            owner=closing.deal.owner,
            product=None,
            stage=closing.stage,
            closing={"closed_on": LAST_WEEK + timedelta(weeks=1 + n // 10)},
        )
