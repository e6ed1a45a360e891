"""A request put off or handed over: until when, to whom, and what is kept of it."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from deals.models import Closing
from debriefs.errors import FieldsRefused, NotTheirs, RequestNotOpen
from debriefs.models import DebriefRequest
from debriefs.queries.worklist import next_waiting, worklist_of
from debriefs.services.drafts import begin_debrief
from debriefs.services.reminders import keep_reminders
from debriefs.services.requests import (
    dismiss_request,
    hand_over_request,
    open_requests,
    snooze_request,
    wake_request,
)
from debriefs.services.submission import submit_debrief
from notices.models import Notice
from people.models import User
from tests.debriefs.submissions import FIRST, quick
from tests.factories import DebriefRequestFactory, MembershipFactory, UserFactory, closed_deal
from tests.factories import submitted_debrief as submitted

SignIn = Callable[[User], Client]

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHY = "She led the last two calls."


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def closing(defaults: None, rep: User) -> Closing:
    return closed_deal(
        owner=rep, name="Harbour roll-out", closing={"closed_on": date(2026, 11, 23)}
    )


@pytest.fixture
def request_(closing: Closing) -> DebriefRequest:
    """Asked on a Monday: due on Wednesday, escalated on Wednesday of the week after."""
    open_requests([closing.pk])
    return DebriefRequest.objects.get()


def reminded() -> list[tuple[str, datetime]]:
    notices = Notice.objects.filter(ended_at=None)
    return list(notices.values_list("person__username", "shown_from"))


def test_a_request_is_put_off_until_a_day_begins_where_the_person_is(
    request_: DebriefRequest, rep: User
) -> None:
    rep.time_zone = "Asia/Tokyo"
    snoozed = snooze_request(request_, until=date(2026, 11, 26), by=rep)
    assert snoozed.snoozed_until == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    assert reminded() == [("rep", snoozed.snoozed_until)]


@pytest.mark.parametrize(
    ("today", "until", "taken"),
    [
        (23, date(2026, 11, 23), False),  # today is no putting off
        (23, date(2026, 11, 24), True),
        (23, date(2026, 11, 30), True),  # a week at most
        (23, date(2026, 12, 1), False),
        (27, date(2026, 12, 2), True),  # its escalation, which comes first
        (27, date(2026, 12, 3), False),
    ],
)
def test_for_a_week_at_most_and_never_past_the_escalation(
    request_: DebriefRequest, rep: User, today: int, until: date, taken: bool,
    monday: time_machine.Traveller,
) -> None:  # fmt: skip
    monday.move_to(datetime(2026, 11, today, 9, tzinfo=UTC))
    refusal = nullcontext() if taken else pytest.raises(FieldsRefused, match="Choose a day")
    with refusal:
        snooze_request(request_, until=until, by=rep)
    assert (DebriefRequest.objects.get().snoozed_until is not None) is taken


def test_what_is_escalated_is_not_put_off_any_more(
    request_: DebriefRequest, rep: User, monday: time_machine.Traveller
) -> None:
    monday.move_to(MONDAY + timedelta(days=9, hours=1))
    with pytest.raises(FieldsRefused) as refused:
        snooze_request(request_, until=date(2026, 12, 3), by=rep)
    assert refused.value.errors == {"until": "It can't be put off any longer."}


def test_the_database_keeps_it_before_the_escalation_too(request_: DebriefRequest) -> None:
    late = DebriefRequest.objects.get().escalates_at
    assert late is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        DebriefRequest.objects.update(snoozed_until=late + timedelta(seconds=1))


def test_only_the_person_asked_puts_off(request_: DebriefRequest, manager: User) -> None:
    with pytest.raises(NotTheirs):
        snooze_request(request_, until=date(2026, 11, 24), by=manager)


def test_what_was_decided_on_is_neither_put_off_nor_handed_over(
    request_: DebriefRequest, rep: User, teammate: User
) -> None:
    dismiss_request(request_, because="A test order.", by=rep)
    stale = DebriefRequest(pk=request_.pk, closing=request_.closing, person=rep)
    stale.escalates_at = request_.escalates_at
    with pytest.raises(RequestNotOpen):
        snooze_request(stale, until=date(2026, 11, 24), by=rep)
    with pytest.raises(RequestNotOpen):
        hand_over_request(stale, to=teammate, because=WHY, by=rep)


def test_what_is_put_off_goes_to_the_end_of_the_list_and_is_not_next(
    request_: DebriefRequest, rep: User
) -> None:
    other = DebriefRequestFactory.create(
        closing=closed_deal(owner=rep, name="Other"), due_at=MONDAY + timedelta(days=9)
    )
    assert [item.deal for item in worklist_of(rep).waiting.items] == ["Harbour roll-out", "Other"]
    snooze_request(request_, until=date(2026, 11, 26), by=rep)
    waiting = worklist_of(rep).waiting.items
    assert [(item.deal, item.snoozed_until) for item in waiting] == [
        ("Other", None),
        ("Harbour roll-out", date(2026, 11, 26)),
    ]
    assert next_waiting(rep, after=other.closing_id) is None


def test_it_can_be_woken_before_that_day(
    request_: DebriefRequest, rep: User, manager: User, signed_in: SignIn
) -> None:
    asleep = snooze_request(request_, until=date(2026, 11, 25), by=rep)
    with pytest.raises(NotTheirs):
        wake_request(asleep, by=manager)
    page = signed_in(rep).get(reverse("debriefs:mine")).content.decode()
    assert reverse("debriefs:wake", args=[request_.pk]) in page
    signed_in(rep).post(reverse("debriefs:wake", args=[request_.pk]))
    request_.refresh_from_db()
    assert request_.snoozed_until is None
    assert reminded() == [("rep", MONDAY)]
    dismiss_request(request_, because="A test order.", by=rep)
    with pytest.raises(RequestNotOpen):
        wake_request(request_, by=rep)


def test_who_hands_over_and_writes_all_the_same_ends_it_for_the_new_person(
    request_: DebriefRequest, rep: User, teammate: User, manager: User
) -> None:
    handed = hand_over_request(request_, to=teammate, because=WHY, by=rep)
    second_view = DebriefRequestFactory.create(
        closing=request_.closing, person=manager, asked_by=rep
    )
    begin_debrief(request_.closing, author=teammate)
    debrief = begin_debrief(request_.closing, author=rep)
    version = submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    keep_reminders([request_.closing_id])
    handed.refresh_from_db()
    second_view.refresh_from_db()
    assert (handed.done_at, second_view.done_at) == (version.submitted_at, None)
    assert reminded() == []
    assert [item.deal for item in worklist_of(teammate).drafts] == ["Harbour roll-out"]


def test_a_debrief_of_somebody_else_leaves_the_request_as_it_is(
    request_: DebriefRequest, outsider: User
) -> None:
    debrief = begin_debrief(request_.closing, author=outsider)
    submit_debrief(debrief, quick(), submission_id=FIRST, by=outsider)
    request_.refresh_from_db()
    assert request_.done_at is None


def test_handed_over_the_new_person_is_asked_and_who_had_it_is_kept(
    request_: DebriefRequest, rep: User, teammate: User
) -> None:
    handed = hand_over_request(request_, to=teammate, because=f" {WHY} ", by=rep)
    assert handed.person == teammate
    assert list(
        handed.handovers.values_list("from_person", "to_person", "because", "handed_by")
    ) == [(rep.pk, teammate.pk, WHY, rep.pk)]
    assert reminded() == [("teammate", MONDAY)]
    assert worklist_of(rep).is_empty
    (item,) = worklist_of(teammate).waiting.items
    assert (item.handed_from, item.handed_because) == ("Rita Rep", WHY)


def test_passing_it_on_puts_no_escalation_off_but_a_manager_may(
    request_: DebriefRequest, rep: User, teammate: User, outsider: User, manager: User,
    monday: time_machine.Traveller,
) -> None:  # fmt: skip
    before = request_.escalates_at
    assert before is not None
    monday.move_to(before - timedelta(hours=1))
    handed = hand_over_request(request_, to=teammate, because=WHY, by=rep)
    assert (handed.due_at, handed.escalates_at) == (before, before)
    handed = hand_over_request(handed, to=outsider, because=WHY, by=manager)
    assert handed.due_at == before + timedelta(hours=47)
    assert handed.escalates_at is not None
    assert handed.escalates_at > before + timedelta(days=7)


def test_it_goes_only_to_somebody_in_sales_who_was_not_asked_and_has_not_written(
    request_: DebriefRequest, rep: User, teammate: User, outsider: User, partner: User
) -> None:
    submitted(closing=request_.closing, author=outsider)
    DebriefRequestFactory.create(closing=request_.closing, person=teammate)
    gone = UserFactory.create(is_active=False)
    for person in (rep, teammate, outsider, partner, gone):
        with pytest.raises(FieldsRefused) as refused:
            hand_over_request(request_, to=person, because=WHY, by=rep)
        assert list(refused.value.errors) == ["to"]
    assert DebriefRequest.objects.get(pk=request_.pk).person == rep


def test_it_goes_back_to_whom_it_came_from(
    request_: DebriefRequest, rep: User, teammate: User
) -> None:
    handed = hand_over_request(request_, to=teammate, because=WHY, by=rep)
    back = hand_over_request(handed, to=rep, because="I wasn't there.", by=teammate)
    assert (back.person, back.handovers.count()) == (rep, 2)


def test_without_a_reason_nothing_is_handed_over(
    request_: DebriefRequest, rep: User, teammate: User
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        hand_over_request(request_, to=teammate, because=" ", by=rep)
    assert list(refused.value.errors) == ["because"]


def test_only_the_person_asked_and_managers_above_hand_over(
    request_: DebriefRequest, teammate: User, other_manager: User
) -> None:
    for person in (teammate, other_manager):
        with pytest.raises(NotTheirs):
            hand_over_request(request_, to=teammate, because=WHY, by=person)


def test_who_handed_over_is_not_asked_again_when_the_event_comes_twice(
    request_: DebriefRequest, rep: User, teammate: User
) -> None:
    hand_over_request(request_, to=teammate, because=WHY, by=rep)
    open_requests([request_.closing_id])
    assert list(DebriefRequest.objects.values_list("person", flat=True)) == [teammate.pk]


def address(name: str, request: DebriefRequest) -> str:
    return reverse(f"debriefs:{name}", args=[request.pk])


def test_the_list_offers_both_without_scripts(
    request_: DebriefRequest, rep: User, signed_in: SignIn
) -> None:
    page = signed_in(rep).get(reverse("debriefs:mine")).text
    assert f'action="{address("snooze", request_)}"' in page
    assert 'min="2026-11-24" max="2026-11-30"' in page
    assert f'href="{address("hand_over", request_)}"' in page


def test_the_snooze_page_puts_off_or_says_why_not(
    request_: DebriefRequest, rep: User, signed_in: SignIn
) -> None:
    client = signed_in(rep)
    answer = client.post(address("snooze", request_), {"until": "2026-12-24"})
    assert answer.status_code == 422
    assert "Choose a day from 24 November to 30 November." in answer.text
    answer = client.post(address("snooze", request_), {"until": "2026-11-25"}, follow=True)
    assert "“Harbour roll-out” comes back on Wednesday, 25 November." in answer.text
    assert "put off until 25 Nov" in answer.text


def test_the_hand_over_page_offers_who_may_take_it_and_asks_them(
    request_: DebriefRequest, manager: User, rep: User, outsider: User, partner: User,
    signed_in: SignIn,
) -> None:  # fmt: skip
    client = signed_in(manager)
    page = client.get(address("hand_over", request_)).text
    assert ">Olga Outsider, Borealis</option>" in page
    assert "Pablo Partner" not in page
    assert ">Rita Rep" not in page
    answer = client.post(
        address("hand_over", request_), {"to": outsider.pk, "because": WHY}, follow=True
    )
    assert "Olga Outsider is asked for “Harbour roll-out” now." in answer.text
    assert DebriefRequest.objects.get().person == outsider


def test_a_decision_that_comes_too_late_leads_back_with_a_word(
    request_: DebriefRequest, rep: User, manager: User, signed_in: SignIn
) -> None:
    dismiss_request(request_, because="A test order.", by=manager)
    answer = signed_in(rep).post(address("snooze", request_), {"until": "2026-11-25"}, follow=True)
    assert "This request is no longer open." in answer.text


def test_a_manager_sees_what_waits_long_and_from_whom(
    request_: DebriefRequest, manager: User, teammate: User, rep: User, signed_in: SignIn,
    monday: time_machine.Traveller,
) -> None:  # fmt: skip
    MembershipFactory.create(user=UserFactory.create(), team=manager.managed_teams.get())
    hand_over_request(request_, to=teammate, because=WHY, by=rep)
    monday.move_to(MONDAY + timedelta(days=12))
    (item,) = worklist_of(manager).teams.items  # type: ignore[union-attr]
    assert (item.person, item.is_escalated, item.handed_from, item.snooze) == (
        "Theo Teammate",
        True,
        "Rita Rep",
        None,
    )
    page = signed_in(manager).get(reverse("debriefs:mine")).text
    assert "Waiting long" in page
