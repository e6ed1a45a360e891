"""Requests: a closing waits for somebody's debrief, until it is written, or is found not worth one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from deals.models import Closing
from debriefs.deadlines import deadlines, snooze_days, start_of
from debriefs.errors import FieldsRefused, NotTheirs, RequestNotOpen
from debriefs.events import REQUEST_DECIDED
from debriefs.models import Debrief, DebriefRequest, RequestHandover
from debriefs.services.reminders import keep_reminders
from outbox.services import record
from people.access import people_below
from people.models import Role, User, UserQuerySet

LONGEST_REASON = 500
_CANT_TAKE_OVER = (
    "Choose somebody in sales who was not asked for this debrief and has not written one."
)


@transaction.atomic
def open_requests(closing_ids: Sequence[int]) -> None:
    """Ask the owners of these closings for a debrief, due in 48 hours of their working days.

    Only where the deal still stands closed, it closed at most `REQUEST_DAYS` before it was
    recorded (an import of last year asks nobody), and its owner works in sales and has not
    debriefed it. Called twice it asks once.
    """
    window = timedelta(days=settings.ENV.request_days)
    debriefed = Debrief.objects.submitted().filter(
        closing__in=closing_ids, author=F("closing__deal__owner")
    )
    handed_over = RequestHandover.objects.filter(
        request__closing=OuterRef("pk"), from_person=OuterRef("deal__owner")
    )
    closings = (
        Closing.objects.current()
        .filter(
            pk__in=closing_ids,
            closed_on__gte=F("recorded_at__date") - window,
            deal__owner__is_active=True,
        )
        .exclude(deal__owner__role=Role.PARTNER)
        .exclude(pk__in=debriefed.values("closing"))
        .exclude(Exists(handed_over))
        .select_related("deal__owner")
    )
    DebriefRequest.objects.bulk_create(_asked(closings), ignore_conflicts=True, batch_size=1000)
    keep_reminders(closing_ids)


def _asked(closings: Iterable[Closing]) -> Iterable[DebriefRequest]:
    now = timezone.now()
    for closing in closings:
        owner = closing.deal.owner
        assert owner is not None
        yield DebriefRequest(closing=closing, person=owner, **asked_of(owner, at=now))


def asked_of(person: User, *, at: datetime) -> dict[str, Any]:
    """The dates of a request that is made to this person at that moment."""
    dates = deadlines(at, time_zone=person.time_zone, calendar=person.calendar)
    return {"requested_at": at, **asdict(dates), "snoozed_until": None}


@transaction.atomic
def snooze_request(request: DebriefRequest, *, until: date, by: User) -> DebriefRequest:
    """Put a request off until a day begins where the person asked is: nothing reminds before.

    For `SNOOZE_DAYS` at most and never past its escalation. Only the person asked may.
    RequestNotOpen when it was done, dismissed or handed over meanwhile.
    """
    if by.pk != request.person_id:
        raise NotTheirs("Only the person asked puts a request off.")
    days = snooze_days(request.escalates_at, time_zone=by.time_zone, at=timezone.now())
    if days is None:
        raise FieldsRefused({"until": "It can't be put off any longer."})
    if not days.first <= until <= days.last:
        raise FieldsRefused(
            {"until": f"Choose a day from {days.first:%-d %B} to {days.last:%-d %B}."}
        )
    _change_open(request, snoozed_until=start_of(until, time_zone=by.time_zone))
    keep_reminders([request.closing_id])
    request.refresh_from_db()
    return request


@transaction.atomic
def wake_request(request: DebriefRequest, *, by: User) -> DebriefRequest:
    """Take it back that a request was put off: it reminds from now on.

    Only the person asked may. RequestNotOpen when it was decided on meanwhile.
    """
    if by.pk != request.person_id:
        raise NotTheirs("Only the person asked takes it back that a request was put off.")
    _change_open(request, snoozed_until=None)
    keep_reminders([request.closing_id])
    request.refresh_from_db()
    return request


def may_take_over(request: DebriefRequest) -> UserQuerySet:
    """Everybody in sales sees a closed deal; left out is who was asked, asks, or has written it."""
    return (
        User.objects.active()
        .in_sales()
        .exclude(pk=request.asked_by_id or 0)
        .exclude(debrief_requests__closing=request.closing_id)
        .exclude(debriefs__in=Debrief.objects.submitted().filter(closing=request.closing_id))
    )


@transaction.atomic
def hand_over_request(
    request: DebriefRequest, *, to: User, because: str, by: User
) -> DebriefRequest:
    """Ask somebody else for this debrief instead; who had it and why is kept.

    The person asked may, and the managers above. The new person has 48 hours of their own
    working days. Its escalation stays where it was, so that passing on puts nothing off,
    unless a manager hands over. RequestNotOpen when it was decided on meanwhile.
    """
    _require_may_decide(request, by)
    reason = _reason(because, why="it goes to somebody else")
    if not may_take_over(request).filter(pk=to.pk).exists():
        raise FieldsRefused({"to": _CANT_TAKE_OVER})
    now = timezone.now()
    dates = asked_of(to, at=now)
    if by.pk == request.person_id and request.escalates_at is not None:
        dates["due_at"] = min(dates["due_at"], request.escalates_at)
        dates["escalates_at"] = request.escalates_at
        dates["reminded_until"] = request.reminded_until
    try:
        with transaction.atomic():
            _change_open(request, person=to, **dates)
    except IntegrityError as error:
        raise FieldsRefused({"to": _CANT_TAKE_OVER}) from error
    RequestHandover.objects.create(
        request=request,
        from_person_id=request.person_id,
        to_person=to,
        because=reason,
        handed_by=by,
        handed_at=now,
    )
    keep_reminders([request.closing_id])
    request.refresh_from_db()
    return request


@transaction.atomic
def dismiss_request(request: DebriefRequest, *, because: str, by: User) -> DebriefRequest:
    """Say that a closing is not worth a debrief, and why. It stays in coverage's denominator.

    The person asked may, and the managers above. RequestNotOpen when it was done or
    dismissed meanwhile.
    """
    _require_may_decide(request, by)
    reason = _reason(because, why="it is not worth a debrief")
    _change_open(request, dismissed_at=timezone.now(), dismissed_because=reason)
    _tell_of_decision(request, by=by)
    request.refresh_from_db()
    return request


def _reason(because: str, *, why: str) -> str:
    reason = because.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise FieldsRefused({"because": f"Say in 1 to {LONGEST_REASON} characters why {why}."})
    return reason


def _change_open(request: DebriefRequest, **changes: Any) -> None:
    """Change a request that is still open and still this person's."""
    still_open = DebriefRequest.objects.filter(
        pk=request.pk, person=request.person_id, done_at=None, dismissed_at=None
    )
    if not still_open.update(**changes):
        raise RequestNotOpen("This request is no longer open.")


def _tell_of_decision(request: DebriefRequest, *, by: User) -> None:
    keep_reminders([request.closing_id])
    deal_id = request.closing.deal_id
    record(REQUEST_DECIDED, subject=f"deal:{deal_id}", payload={"deal_id": deal_id}, by=by.pk)


def _require_may_decide(request: DebriefRequest, by: User) -> None:
    if by.pk == request.person_id or people_below(by).filter(user=request.person_id).exists():
        return
    raise NotTheirs("Only the person asked or a manager above decides on this request.")
