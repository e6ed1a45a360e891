"""Who belonged to which team when. A change may be dated in the past and re-tallies."""

from datetime import date, timedelta

from django.db import transaction

from common.clock import company_today
from outbox.services import record
from people import events
from people.errors import MembershipDateRefused, NotInATeam, TeamRetired
from people.models import Membership, Team, User

EARLIEST = date(1990, 1, 1)
FURTHEST_AHEAD = timedelta(days=366)


@transaction.atomic
def join_team(user: User, team: Team, *, since: date, by: User | None) -> Membership:
    """From `since` on `user` belongs to `team`; the membership then running ends.

    What was recorded for days after `since` is replaced. Joining the team where one is
    already, with no end in sight, changes and records nothing.
    Raises MembershipDateRefused (before 1990, or more than a year ahead), TeamRetired.
    """
    _refuse_date(since)
    if team.retired_at is not None:
        raise TeamRetired(f"{team.name} is retired: choose a team that stands.")
    running, later = _held_from(user, since)
    if running is not None and running.team_id == team.pk:
        return _prolong(running, later, by=by)
    _cut(running, later, day=since)
    membership = Membership.objects.create(user=user, team=team, since=since)
    _record_changed(user, since=since, by=by)
    return membership


@transaction.atomic
def end_membership(user: User, *, on: date, by: User | None) -> None:
    """From `on` on `user` belongs to no team. Raises NotInATeam, MembershipDateRefused."""
    _refuse_date(on)
    running, later = _held_from(user, on)
    if running is None and not later:
        raise NotInATeam(f"{user.full_name} belongs to no team on {on:%-d %B %Y} or later.")
    _cut(running, later, day=on)
    _record_changed(user, since=on, by=by)


def _refuse_date(day: date) -> None:
    if not EARLIEST <= day <= company_today() + FURTHEST_AHEAD:
        raise MembershipDateRefused("The date must lie between 1990 and a year from today.")


def _held_from(user: User, day: date) -> tuple[Membership | None, list[Membership]]:
    """The membership that runs on `day`, and those that begin after it; the person is locked."""
    User.objects.select_for_update().get(pk=user.pk)
    rows = list(Membership.objects.filter(user=user).order_by("since"))
    running = [row for row in rows if row.since <= day and (row.until is None or row.until > day)]
    return (running[0] if running else None), [row for row in rows if row.since > day]


def _prolong(running: Membership, later: list[Membership], *, by: User | None) -> Membership:
    if running.until is None:
        return running
    since = running.until
    _delete(later)
    running.until = None
    running.save(update_fields=["until"])
    _record_changed(running.user, since=since, by=by)
    return running


def _cut(running: Membership | None, later: list[Membership], *, day: date) -> None:
    _delete(later)
    if running is None:
        return
    if running.since == day:
        running.delete()
    else:
        running.until = day
        running.save(update_fields=["until"])


def _delete(rows: list[Membership]) -> None:
    Membership.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _record_changed(user: User, *, since: date, by: User | None) -> None:
    record(
        events.MEMBERSHIP_CHANGED,
        subject=f"person:{user.pk}",
        payload={"user_id": user.pk, "since": since.isoformat(), "until": None},
        by=by.pk if by else None,
    )
