"""Who belonged to which team when."""

from datetime import date

import pytest
import time_machine

from outbox.models import Event
from people import services
from people.errors import MembershipDateRefused, NotInATeam, TeamRetired
from people.models import Membership, Team, User
from tests.factories import LONG_AGO, MembershipFactory, TeamFactory

MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel("2026-11-23T10:00Z", tick=False):
        yield


def history(person: User) -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(user=person).order_by("since")
    return list(rows.values_list("team__name", "since", "until"))


def days_told() -> list[dict[str, object]]:
    found = Event.objects.filter(kind="membership.changed").order_by("pk")
    return list(found.values_list("payload", flat=True))


def test_a_move_dated_in_the_past_ends_the_running_membership_there(
    rep: User, other_team: Team, admin: User
) -> None:
    services.join_team(rep, other_team, since=MARCH, by=admin)
    assert history(rep) == [("Atlas", LONG_AGO, MARCH), ("Borealis", MARCH, None)]
    assert days_told() == [{"user_id": rep.pk, "since": "2026-03-01", "until": None}]


def test_a_move_replaces_what_was_recorded_for_later_days(
    rep: User, team: Team, other_team: Team, admin: User
) -> None:
    services.join_team(rep, other_team, since=MAY, by=admin)
    third = TeamFactory.create(name="Corvus")
    services.join_team(rep, third, since=MARCH, by=admin)
    assert history(rep) == [("Atlas", LONG_AGO, MARCH), ("Corvus", MARCH, None)]


def test_a_move_on_the_first_day_of_a_membership_replaces_it(
    rep: User, other_team: Team, admin: User
) -> None:
    services.join_team(rep, other_team, since=LONG_AGO, by=admin)
    assert history(rep) == [("Borealis", LONG_AGO, None)]


def test_joining_the_team_one_is_in_changes_nothing(rep: User, team: Team, admin: User) -> None:
    services.join_team(rep, team, since=MARCH, by=admin)
    assert history(rep) == [("Atlas", LONG_AGO, None)]
    assert days_told() == []


def test_joining_again_the_team_one_was_to_leave_tells_only_the_days_that_change(
    rep: User, team: Team, other_team: Team, admin: User
) -> None:
    services.join_team(rep, other_team, since=MAY, by=admin)
    services.join_team(rep, team, since=MARCH, by=admin)
    assert history(rep) == [("Atlas", LONG_AGO, None)]
    assert [told["since"] for told in days_told()] == ["2026-05-01", "2026-05-01"]


def test_a_membership_ends_on_the_day_named(rep: User, admin: User) -> None:
    services.end_membership(rep, on=MAY, by=admin)
    assert history(rep) == [("Atlas", LONG_AGO, MAY)]
    with pytest.raises(NotInATeam):
        services.end_membership(rep, on=JULY, by=admin)


def test_a_membership_that_is_ended_on_its_first_day_never_was(rep: User, admin: User) -> None:
    services.end_membership(rep, on=LONG_AGO, by=admin)
    assert history(rep) == []


@pytest.mark.parametrize("day", [date(24, 3, 1), date(1989, 12, 31), date(2027, 11, 25)])
def test_an_unbelievable_date_is_refused(
    rep: User, other_team: Team, admin: User, day: date
) -> None:
    with pytest.raises(MembershipDateRefused):
        services.join_team(rep, other_team, since=day, by=admin)
    assert history(rep) == [("Atlas", LONG_AGO, None)]


def test_nobody_joins_a_retired_team(rep: User, admin: User) -> None:
    gone = TeamFactory.create(retired_at="2026-01-01T00:00Z")
    with pytest.raises(TeamRetired):
        services.join_team(rep, gone, since=MARCH, by=admin)


def test_a_person_in_no_team_joins_one(outsider: User, team: Team, admin: User) -> None:
    Membership.objects.filter(user=outsider).delete()
    MembershipFactory.create(user=outsider, team=team, since=MARCH, until=MAY)
    services.join_team(outsider, team, since=JULY, by=admin)
    assert history(outsider) == [("Atlas", MARCH, MAY), ("Atlas", JULY, None)]
