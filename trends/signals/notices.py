"""Who is told of a signal: once, in the next digest of each.

Those whose it is: managers and admins, since a signal is about the company's losses and no team's, and
the owner of the reason that it is about. Whoever doesn't want them says so on the page.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from common.working_days import working_day_from
from debriefs.models import LossReason
from notices.models import LATEST
from notices.services import Due, keep_notices
from people.models import Role, User
from trends.signals.models import Signal, SignalMute
from trends.signals.series import Subject

RAISED = "trends.signal"
_ONE_DAY = timedelta(days=1)


def people_told(signal: Signal) -> list[User]:
    """Managers, admins and the reason's owner, less those who want none; two queries."""
    everybody = User.objects.active().exclude(pk__in=SignalMute.objects.values("person"))
    owners = _owner_ids(signal)
    leads = {Role.MANAGER, Role.ADMIN}
    return [each for each in everybody if each.role in leads or each.pk in owners]


def tell(signal: Signal, *, at: datetime) -> None:
    """A line in the next digest of everybody whose it is, and in that one only."""
    keep_notices(
        RAISED, about=[_subject(signal)], dues=list(_dues(signal, people_told(signal), at))
    )


def untell(signal: Signal) -> None:
    """Somebody has taken it up, or it is over: whoever wasn't told yet needn't be."""
    keep_notices(RAISED, about=[_subject(signal)], dues=[])


def _owner_ids(signal: Signal) -> set[int]:
    if signal.dimension != Subject.REASON:
        return set()
    reason_id = signal.value.partition(":")[0]
    if not reason_id.isdecimal():
        return set()
    owned = LossReason.objects.filter(pk=int(reason_id)).exclude(owner=None)
    return set(owned.values_list("owner_id", flat=True))


def _dues(signal: Signal, people: Iterable[User], at: datetime) -> Iterable[Due]:
    for person in people:
        yield Due(
            person_id=person.pk,
            subject=_subject(signal),
            text=signal.sentence,
            path=reverse("trends:signal", args=[signal.pk]),
            shown_from=at,
            shown_until=next_digest_at(person, at) + LATEST,
        )


def next_digest_at(person: User, at: datetime) -> datetime:
    """When the next digest of a person is due: their hour, on their next working day."""
    zone = ZoneInfo(person.time_zone)
    local = at.astimezone(zone)
    day = local.date()
    if local.time() >= time(person.digest_hour):
        day += _ONE_DAY
    day = working_day_from(day, person.calendar)
    return datetime.combine(day, time(person.digest_hour), tzinfo=zone)


def _subject(signal: Signal) -> str:
    return f"signal:{signal.pk}"
