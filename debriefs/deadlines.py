"""When a debrief is due, when its manager hears of it, when reminders end: the only place of these sums."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from common.working_days import after_working_time


@dataclass(frozen=True)
class Deadlines:
    """Of one request. Up to the escalation only working days count, after it every day."""

    due_at: datetime
    escalates_at: datetime
    reminded_until: datetime


@dataclass(frozen=True)
class SnoozeDays:
    """The first and the last day until which a request may be put off."""

    first: date
    last: date


def deadlines(asked_at: datetime, *, time_zone: str, calendar: str) -> Deadlines:
    """The deadlines of a request made at that moment to somebody of that zone and calendar."""
    due_at = after_working_time(
        asked_at,
        timedelta(hours=settings.ENV.request_hours),
        time_zone=time_zone,
        calendar=calendar,
    )
    escalates_at = after_working_time(
        due_at,
        timedelta(days=settings.ENV.escalation_days),
        time_zone=time_zone,
        calendar=calendar,
    )
    return Deadlines(
        due_at, escalates_at, escalates_at + timedelta(days=settings.ENV.reminder_days)
    )


def snooze_days(
    escalates_at: datetime | None, *, time_zone: str, at: datetime
) -> SnoozeDays | None:
    """From tomorrow, for `SNOOZE_DAYS` at most, never past the escalation; None where no day is left."""
    if escalates_at is None:
        return None
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    first, last = today + timedelta(days=1), today + timedelta(days=settings.ENV.snooze_days)
    last = min(last, escalates_at.astimezone(zone).date())
    return SnoozeDays(first, last) if first <= last else None


def start_of(day: date, *, time_zone: str) -> datetime:
    """The midnight with which a day begins there."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone))
