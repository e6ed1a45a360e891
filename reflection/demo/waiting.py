"""Requests that people have acted on: put off, handed over, and a second view asked for."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from deals.models import Outcome
from debriefs.deadlines import deadlines, snooze_days, start_of
from debriefs.models import Debrief, DebriefRequest, RequestHandover
from people.models import User
from reflection.demo.company import LOGINS, TEAMS

SNOOZED_DAYS = 2
HANDED_OVER = (
    "On leave from tomorrow. Ingrid was in both demos.",
    "Siri ran the proof of concept, I only sent the quote.",
)


def write_waiting(people: Mapping[str, User], now: datetime) -> None:
    """For the rep and the manager who can sign in, beside what is due or late by itself."""
    team = TEAMS[0]
    rep, manager = people[LOGINS[0].name], people[team.manager]
    _snooze(rep, now)
    colleagues = [people[name] for name in team.reps[1:]]
    _hand_over(colleagues[1:], to=rep, because=HANDED_OVER[0], now=now)
    _hand_over([rep], to=colleagues[0], because=HANDED_OVER[1], now=now)
    _ask_for_second_view(colleagues, of=manager)


def _snooze(person: User, now: datetime) -> None:
    """Put the newest off that can be put off."""
    for request in DebriefRequest.objects.open().of(person).order_by("-due_at", "-pk"):
        days = snooze_days(request.escalates_at, time_zone=person.time_zone, at=now)
        if days is None:
            continue
        until = min(days.first + timedelta(days=SNOOZED_DAYS), days.last)
        request.snoozed_until = start_of(until, time_zone=person.time_zone)
        request.save(update_fields=["snoozed_until"])
        return


def _hand_over(owners: list[User], *, to: User, because: str, now: datetime) -> None:
    """The newest request that nobody has touched goes to somebody else; its escalation stays."""
    waiting = DebriefRequest.objects.open().filter(
        person__in=owners, snoozed_until=None, handovers=None
    )
    untouched = waiting.exclude(closing__in=Debrief.objects.drafts().values("closing"))
    request = untouched.filter(escalates_at__gt=now).order_by("-due_at", "-pk").first()
    if request is None:
        return
    owner, handed_at = request.person, request.requested_at + timedelta(hours=3)
    request.person = to
    request.save(update_fields=["person"])
    RequestHandover.objects.create(
        request=request,
        from_person=owner,
        to_person=to,
        because=because,
        handed_by=owner,
        handed_at=min(handed_at, now),
    )


def _ask_for_second_view(reps: list[User], *, of: User) -> None:
    """The author of the newest debrief of a lost deal wants to hear how the manager sees it."""
    told = Debrief.objects.counting().filter(author__in=reps, closing__reopened_at=None)
    lost = told.exclude(closing__outcome=Outcome.WON).exclude(closing__debriefs__author=of)
    debrief = lost.select_related("author").order_by("-submitted_at", "-pk").first()
    if debrief is None or debrief.submitted_at is None:
        return
    dates = deadlines(debrief.submitted_at, time_zone=of.time_zone, calendar=of.calendar)
    DebriefRequest.objects.create(
        closing_id=debrief.closing_id,
        person=of,
        asked_by=debrief.author,
        requested_at=debrief.submitted_at,
        due_at=dates.due_at,
        escalates_at=dates.escalates_at,
        reminded_until=dates.reminded_until,
    )
