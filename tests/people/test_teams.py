"""The tree: company, region, team."""

import pytest

from outbox.models import Event
from people import services
from people.access import people_below
from people.errors import ManagerUnfit, TeamMisplaced, TeamNameTaken, TeamNotEmpty
from people.models import Membership, Team, TeamKind, User
from tests.factories import ManagerFactory, TeamFactory


def above(team: Team) -> Team:
    assert team.parent is not None
    return team.parent


def told() -> list[dict[str, object]]:
    return list(Event.objects.filter(kind="team.changed").values_list("payload", flat=True))


def test_a_new_team_stands_where_it_was_put(company: Team, manager: User, admin: User) -> None:
    made = services.create_team(" Cygnus ", parent=company, manager=manager, by=admin)
    assert (made.name, made.kind, made.parent, made.manager) == ("Cygnus", "team", company, manager)
    assert told() == [{"team_ids": [made.pk]}]


def test_siblings_have_different_names(team: Team, admin: User) -> None:
    with pytest.raises(TeamNameTaken):
        services.create_team("ATLAS", parent=team.parent, by=admin)
    with pytest.raises(TeamNameTaken):
        services.rename_team(TeamFactory.create(parent=team.parent), name="atlas", by=admin)
    assert services.create_team("Atlas", by=admin).parent is None


def test_a_region_hangs_under_no_team_and_a_company_under_nothing(
    team: Team, company: Team, admin: User
) -> None:
    with pytest.raises(TeamMisplaced):
        services.create_team("East", kind=TeamKind.REGION, parent=team, by=admin)
    with pytest.raises(TeamMisplaced):
        services.create_team("Holding", kind=TeamKind.COMPANY, parent=company, by=admin)


def test_a_team_never_hangs_under_itself(team: Team, admin: User) -> None:
    below = services.create_team("Below", parent=team, by=admin)
    for place in (team, below):
        with pytest.raises(TeamMisplaced):
            services.move_team(team, parent=place, by=admin)


def test_a_moved_team_answers_to_the_managers_above_its_new_place(
    team: Team, other_team: Team, rep: User, manager: User, other_manager: User, admin: User
) -> None:
    services.set_manager(above(other_team), manager=other_manager, by=admin)
    services.move_team(team, parent=above(other_team), by=admin)
    assert rep.pk in people_below(manager)
    assert rep.pk in people_below(other_manager)


def test_only_an_active_manager_or_admin_manages(team: Team, rep: User, admin: User) -> None:
    for unfit in (rep, ManagerFactory.create(is_active=False)):
        with pytest.raises(ManagerUnfit):
            services.set_manager(team, manager=unfit, by=admin)
    assert services.set_manager(team, manager=admin, by=admin).manager == admin


def test_a_team_is_retired_once_nobody_and_nothing_stands_in_it(
    team: Team, rep: User, admin: User
) -> None:
    for place in (team, above(team)):
        with pytest.raises(TeamNotEmpty):
            services.retire_team(place, by=admin)
    Membership.objects.filter(team=team).update(until="2026-01-01")
    services.retire_team(team, by=admin)
    services.retire_team(above(team), by=admin)
    assert list(Team.objects.standing().values_list("name", flat=True)) == ["Example Inc"]


def test_a_change_of_a_team_is_whole_or_none(team: Team, rep: User, admin: User) -> None:
    with pytest.raises(ManagerUnfit):
        services.change_team(team, name="Lyra", parent=None, manager=rep, by=admin)
    team.refresh_from_db()
    assert (team.name, above(team).name, told()) == ("Atlas", "North", [])
