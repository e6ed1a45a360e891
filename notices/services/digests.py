"""One digest a day: whose hour it is, who sends which, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common.working_days import is_working_day
from notices.models import LATEST, Digest, Letter, Notice
from people.models import Channel, User

LEASE = timedelta(minutes=10)
FIRST_RETRY = timedelta(minutes=2)
BATCH = 100
KEPT = timedelta(days=90)
_LONGEST_ERROR = 300

_CLAIM = """
    INSERT INTO notices_digest
        (public_id, person_id, day, due_at, channel, leased_until, attempts, last_error)
    SELECT gen_random_uuid(), person.id, hours.day, hours.due_at, person.channel, %(at)s, 0, ''
    FROM unnest(
        %(zones)s::text[], %(calendars)s::text[], %(hours)s::int[],
        %(days)s::date[], %(dues)s::timestamptz[]
    ) AS hours(time_zone, calendar, digest_hour, day, due_at)
    JOIN people_user person ON person.time_zone = hours.time_zone
        AND person.calendar = hours.calendar AND person.digest_hour = hours.digest_hour
    WHERE person.is_active AND person.channel = ANY(%(channels)s) AND EXISTS (
        SELECT FROM notices_notice notice
        WHERE notice.person_id = person.id AND notice.ended_at IS NULL
            AND notice.shown_from <= hours.due_at AND notice.shown_until > %(at)s
    )
    ON CONFLICT (person_id, day) DO NOTHING
"""


@dataclass(frozen=True)
class Hour:
    """An hour of a working day at which people of one zone and calendar want their digest."""

    time_zone: str
    calendar: str
    hour: int
    day: date
    due_at: datetime


def claim_digests(*, channels: Iterable[Channel], at: datetime) -> int:
    """Make the digest of each person whose hour it is and for whom something was open at it.

    Two statements, however many people there are. Whoever has one of that day keeps that one;
    up to four hours late is late, after that the day is left out. Returns how many were made.
    """
    wanted = list(channels)
    hours = _hours_at(at)
    if not hours:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "at": at,
                "channels": [channel.value for channel in wanted],
                "zones": [each.time_zone for each in hours],
                "calendars": [each.calendar for each in hours],
                "hours": [each.hour for each in hours],
                "days": [each.day for each in hours],
                "dues": [each.due_at for each in hours],
            },
        )
        return int(cursor.rowcount)


def _hours_at(at: datetime) -> list[Hour]:
    """The hours that people chose which have come and are at most four hours past."""
    people = User.objects.active().order_by()
    places = people.values_list("time_zone", "calendar", "digest_hour").distinct()
    hours = []
    for time_zone, calendar, hour in places:
        zone = ZoneInfo(time_zone)
        day = at.astimezone(zone).date()
        due_at = datetime.combine(day, time(hour), tzinfo=zone)
        if due_at <= at < due_at + LATEST and is_working_day(day, calendar):
            hours.append(Hour(time_zone, calendar, hour, day, due_at))
    return hours


@transaction.atomic
def lease_digests(channel: Channel, *, at: datetime) -> list[Digest]:
    """Up to 100 digests for this worker to send within ten minutes; others pass them over."""
    free = Digest.objects.to_send(at=at).filter(channel=channel).order_by("due_at", "pk")
    batch = list(
        free.select_for_update(skip_locked=True, of=("self",)).select_related("person")[:BATCH]
    )
    taken = Digest.objects.filter(pk__in=[digest.pk for digest in batch])
    taken.update(leased_until=at + LEASE, attempts=F("attempts") + 1)
    return batch


class BegunElsewhere(Exception):
    """Another worker handed the digest over after this one's lease was over."""


@dataclass
class HandingOver:
    """One attempt to hand a digest over. `begin` is called just before it can't be taken back."""

    digest: Digest | Letter
    has_begun: bool = False

    def begin(self) -> None:
        """Commit that it is handed over now. BegunElsewhere where another worker was first."""
        if not begin_digest(self.digest):
            raise BegunElsewhere
        self.has_begun = True


def begin_digest(digest: Digest | Letter) -> bool:
    """Note that it is handed over now; False where another worker was first.

    Committed before the byte without which nobody has it: a worker that dies before leaves
    it to another; one that dies after, until the answer is noted, leaves it unsent rather
    than sent twice.
    """
    free = _row(digest).filter(begun_at=None, failed_at=None)
    return bool(free.update(begun_at=timezone.now()))


def mark_sent(digest: Digest | Letter) -> None:
    _row(digest).update(sent_at=timezone.now(), last_error="")


def _row(digest: Digest | Letter) -> QuerySet[Any]:
    return type(digest).objects.filter(pk=digest.pk)


def postpone_digest(digest: Digest | Letter, *, why: str) -> None:
    """It certainly did not arrive and may later: again after 2 minutes, then 4, 8, 16."""
    again = timezone.now() + FIRST_RETRY * (1 << digest.attempts)
    _row(digest).filter(sent_at=None).update(
        begun_at=None, leased_until=again, last_error=why[:_LONGEST_ERROR]
    )


def fail_digest(digest: Digest | Letter, *, why: str) -> None:
    """It was refused for good; tomorrow's lists the same things."""
    _row(digest).filter(sent_at=None).update(
        failed_at=timezone.now(), last_error=why[:_LONGEST_ERROR]
    )


def doubt_digest(digest: Digest | Letter, *, why: str) -> None:
    """Whether it arrived can't be known: it stays begun, so that nobody sends it again."""
    _row(digest).filter(sent_at=None).update(last_error=why[:_LONGEST_ERROR])


def drop_digest(digest: Digest | Letter) -> None:
    """Nothing is open any more, or the person left: no digest is sent, and none was."""
    _row(digest).filter(begun_at=None).delete()


@transaction.atomic
def prune(*, at: datetime) -> None:
    """Forget digests, letters, and notices that have ended, after 90 days.

    What a letter said goes as soon as nobody will send it any more.
    """
    Letter.objects.filter(due_at__lt=at - KEPT).delete()
    over = Q(sent_at__isnull=False) | Q(failed_at__isnull=False) | Q(due_at__lt=at - LATEST)
    Letter.objects.filter(over).exclude(text="").update(text="", html="", picture=None)
    Digest.objects.filter(due_at__lt=at - KEPT).delete()
    Notice.objects.filter(shown_until__lt=at - KEPT).delete()
    Notice.objects.filter(ended_at__lt=at - KEPT).delete()
