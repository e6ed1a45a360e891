"""Who is asked for a debrief, until when, and how a request ends."""

from datetime import timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from deals.models import Closing
from debriefs.errors import FieldsRefused, NotTheirs, RequestNotOpen
from debriefs.models import Debrief, DebriefRequest
from debriefs.services.requests import dismiss_request, open_requests
from debriefs.services.submission import submit_debrief
from debriefs.subscribers import ask_for_debriefs
from outbox.models import Event
from people.models import User
from tests.debriefs.submissions import FIRST, quick
from tests.factories import DebriefRequestFactory, NamedByImportFactory, closed_deal


@pytest.fixture
def recent(rep: User) -> Closing:
    return closed_deal(owner=rep, closing={"closed_on": timezone.now().date()})


def test_the_owner_is_asked_once_and_has_48_hours(recent: Closing, rep: User) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        open_requests([recent.pk])
        open_requests([recent.pk])
        now = timezone.now()
    assert list(
        DebriefRequest.objects.values_list("closing", "person", "requested_at", "due_at")
    ) == [(recent.pk, rep.pk, now, now + timedelta(hours=48))]


def test_deadlines_count_the_working_days_of_the_owner(rep: User) -> None:
    """Asked on a Wednesday before Thanksgiving in New York."""
    User.objects.filter(pk=rep.pk).update(time_zone="America/New_York", calendar="US")
    with time_machine.travel("2026-11-25T20:00:00Z", tick=False):
        closing = closed_deal(owner=rep, closing={"closed_on": timezone.now().date()})
        open_requests([closing.pk])
    request = DebriefRequest.objects.get()
    there = ZoneInfo("America/New_York")
    assert [
        moment.astimezone(there).strftime("%a %-d %b %H:%M")
        for moment in (request.due_at, request.escalates_at, request.reminded_until)
        if moment
    ] == ["Mon 30 Nov 15:00", "Mon 7 Dec 15:00", "Mon 21 Dec 15:00"]


def test_an_event_of_one_deal_and_of_an_import_ask_alike(rep: User) -> None:
    first, second = (
        closed_deal(owner=rep, closing={"closed_on": timezone.now().date()}) for _ in "ab"
    )
    ask_for_debriefs(
        Event(kind="deal.closed", payload={"deal_id": first.deal_id, "closing_id": first.pk})
    )
    ask_for_debriefs(Event(kind="deal.closed", payload={"closing_ids": [first.pk, second.pk]}))
    assert set(DebriefRequest.objects.values_list("closing", flat=True)) == {first.pk, second.pk}


@pytest.mark.parametrize(("days", "asked"), [(14, 1), (15, 0)])
def test_a_deal_that_closed_long_before_it_came_in_asks_nobody(
    rep: User, days: int, asked: int
) -> None:
    closing = closed_deal(
        owner=rep, closing={"closed_on": timezone.now().date() - timedelta(days=days)}
    )
    open_requests([closing.pk])
    assert DebriefRequest.objects.count() == asked


def test_nobody_is_asked_without_an_owner_who_works_here(partner: User) -> None:
    for owner in (None, NamedByImportFactory.create(), partner):
        closing = closed_deal(owner=owner, closing={"closed_on": timezone.now().date()})
        open_requests([closing.pk])
    assert DebriefRequest.objects.count() == 0


def test_a_deal_debriefed_or_opened_again_asks_nobody(
    recent: Closing, debrief: Debrief, rep: User
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    Closing.objects.filter(pk=debrief.closing_id).update(closed_on=timezone.now().date())
    Closing.objects.filter(pk=recent.pk).update(reopened_at=timezone.now())
    open_requests([debrief.closing_id, recent.pk])
    assert DebriefRequest.objects.count() == 0


def test_an_open_request_ends_when_the_deal_opens_again(recent: Closing) -> None:
    open_requests([recent.pk])
    assert DebriefRequest.objects.open().count() == 1
    Closing.objects.update(reopened_at=timezone.now())
    assert DebriefRequest.objects.open().count() == 0


def test_a_dismissal_says_why_and_ends_the_request(recent: Closing, rep: User) -> None:
    request = DebriefRequestFactory.create(closing=recent)
    dismissed = dismiss_request(request, because=" A test order. ", by=rep)
    assert dismissed.dismissed_because == "A test order."
    assert DebriefRequest.objects.open().count() == 0


def test_a_manager_above_may_dismiss_and_nobody_else(
    recent: Closing, manager: User, teammate: User, other_manager: User
) -> None:
    request = DebriefRequestFactory.create(closing=recent)
    for person in (teammate, other_manager):
        with pytest.raises(NotTheirs):
            dismiss_request(request, because="A test order.", by=person)
    dismiss_request(request, because="A test order.", by=manager)
    assert DebriefRequest.objects.open().count() == 0


@pytest.mark.parametrize("because", ["", "  ", "x" * 501])
def test_a_dismissal_without_a_reason_is_refused(recent: Closing, rep: User, because: str) -> None:
    request = DebriefRequestFactory.create(closing=recent)
    with pytest.raises(FieldsRefused) as refused:
        dismiss_request(request, because=because, by=rep)
    assert list(refused.value.errors) == ["because"]
    assert DebriefRequest.objects.open().count() == 1


def test_a_request_that_is_done_or_dismissed_is_not_dismissed_again(
    recent: Closing, rep: User
) -> None:
    request = DebriefRequestFactory.create(closing=recent)
    dismiss_request(request, because="A test order.", by=rep)
    with pytest.raises(RequestNotOpen):
        dismiss_request(request, because="Again.", by=rep)


def test_requests_from_before_there_were_escalations_get_theirs(rep: User) -> None:
    """Five working days are a week; reminders end two weeks after it."""
    old = DebriefRequestFactory.create(person=rep, escalates_at=None, reminded_until=None)
    new = DebriefRequestFactory.create(
        escalates_at=old.due_at + timedelta(days=9), reminded_until=old.due_at + timedelta(days=10)
    )
    with connection.cursor() as cursor:
        cursor.execute(import_module("debriefs.migrations.0020_deadlines_of_old_requests").FILL)
    old.refresh_from_db()
    assert old.escalates_at == old.due_at + timedelta(days=7)
    assert old.reminded_until == old.due_at + timedelta(days=21)
    escalates_at = new.escalates_at
    new.refresh_from_db()
    assert new.escalates_at == escalates_at
