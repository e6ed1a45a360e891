"""Whose figures may be asked for: by person, by team too small to hide one, by role."""

from dataclasses import replace
from datetime import date

import pytest

from people.models import Team, TeamKind, User
from tests.factories import (
    ManagerFactory,
    MembershipFactory,
    TeamFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from trends.engine import drill, facets, run
from trends.errors import TrendRefused
from trends.groups import SMALL, SMALL_LABEL
from trends.query import TrendQuery
from trends.rights import require_whole_teams
from trends.services import rebuild
from trends.snapshot import store

BY_REP = TrendQuery(by=("rep",), measure="deals")
BY_TEAM = TrendQuery(by=("team",), measure="deals")
BY_REGION = TrendQuery(by=("region",), measure="deals")


def staffed(name: str, region: Team, people: int, *, deals: int = 1) -> Team:
    """A team with its manager and so many people, each with closed deals."""
    team = TeamFactory.create(name=name, parent=region, manager=ManagerFactory.create())
    for _ in range(people):
        person = UserFactory.create()
        MembershipFactory.create(user=person, team=team)
        for _ in range(deals):
            closed_deal(owner=person, closing={"closed_on": date(2026, 3, 10)})
    return team


@pytest.fixture
def regions(company: Team) -> tuple[Team, Team]:
    """East: teams of 3, 5 and 6; West: teams of 6 and 7."""
    east = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    west = TeamFactory.create(name="West", kind=TeamKind.REGION, parent=company)
    for name, region, people in (
        ("Small", east, 3),
        ("Five", east, 5),
        ("Six", east, 6),
        ("West six", west, 6),
        ("West seven", west, 7),
    ):
        staffed(name, region, people)
    rebuild()
    return east, west


def team_named(name: str) -> Team:
    return Team.objects.get(name=name)


def shown(viewer: User | None, query: TrendQuery = BY_TEAM) -> dict[str, int]:
    return {row.keys[0].label: row.n for row in run(query, viewer).rows}


@pytest.mark.django_db
def test_a_rep_may_ask_by_person_for_themselves_only(rep: User, teammate: User) -> None:
    closed_deal(owner=rep)
    closed_deal(owner=teammate)
    rebuild()
    assert run(BY_REP.where(rep=rep.pk), rep).total.n == 1
    for query in (BY_REP, BY_REP.where(rep=teammate.pk), TrendQuery().where(rep=teammate.pk)):
        with pytest.raises(TrendRefused) as refused:
            run(query, rep)
        assert refused.value.field == "rep"
    with pytest.raises(TrendRefused):
        run(TrendQuery().where(rep=None), rep)
    with pytest.raises(TrendRefused):
        facets(TrendQuery(), ["rep"], rep)
    with pytest.raises(TrendRefused):
        drill(BY_REP, {"rep": teammate.pk}, rep)


@pytest.mark.django_db
def test_a_manager_sees_those_below_and_nobody_else(
    manager: User, rep: User, teammate: User, outsider: User
) -> None:
    for owner in (rep, rep, teammate, outsider):
        closed_deal(owner=owner)
    rebuild()
    answer = run(BY_REP, manager)
    assert {row.keys[0].label: row.n for row in answer.rows} == {str(rep): 2, str(teammate): 1}
    assert answer.total.n == 3
    assert answer.scope == "Only people for whom you answer, and yourself."
    assert drill(BY_REP, {"rep": rep.pk}, manager).total == 2
    assert drill(BY_REP, {"rep": outsider.pk}, manager).total == 0
    with pytest.raises(TrendRefused):
        run(BY_REP.where(rep=outsider.pk), manager)


@pytest.mark.django_db
def test_an_admin_who_manages_nobody_is_no_manager_above(admin: User, rep: User) -> None:
    closed_deal(owner=rep)
    rebuild()
    with pytest.raises(TrendRefused):
        run(BY_REP, admin)


@pytest.mark.django_db
def test_partners_ask_without_team_and_rep(partner: User, rep: User) -> None:
    closed_deal(owner=rep)
    rebuild()
    assert run(TrendQuery(by=("region",)), partner).total.n == 1
    for query in (BY_REP, BY_TEAM, TrendQuery().where(team=1), TrendQuery().where(rep=rep.pk)):
        with pytest.raises(TrendRefused):
            run(query, partner)


@pytest.mark.django_db
def test_a_small_team_counts_with_the_next_smallest_of_its_region(
    regions: tuple[Team, Team], rep: User
) -> None:
    answer = run(BY_TEAM, rep)
    assert shown(rep) == {"Six": 6, "West six": 6, "West seven": 7, SMALL_LABEL: 8}
    assert (answer.total.n, answer.row(SMALL) is None) == (27, False)
    assert SMALL_LABEL in answer.scope
    assert [*shown(rep)] == ["West seven", "Six", "West six", SMALL_LABEL]
    assert shown(rep, BY_REGION) == {"East": 14, "West": 13}
    assert run(TrendQuery(by=("stage",)), rep).scope == ""


@pytest.mark.django_db
def test_who_manages_a_small_team_sees_it_and_the_next_smallest_hides_no_less(
    regions: tuple[Team, Team],
) -> None:
    small = team_named("Small")
    everything = {"Small": 3, "Five": 5, "Six": 6, "West six": 6, "West seven": 7}
    assert shown(small.manager) == everything
    assert shown(None) == everything


@pytest.mark.django_db
def test_who_manages_one_of_two_small_teams_cannot_take_it_from_their_sum(
    company: Team, rep: User
) -> None:
    region = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    mine = staffed("Mine", region, 3)
    for name, people in (("Theirs", 2), ("Six", 6), ("Seven", 7)):
        staffed(name, region, people)
    rebuild()
    assert shown(rep) == {"Six": 6, "Seven": 7, SMALL_LABEL: 5}
    assert shown(mine.manager) == {"Mine": 3, "Seven": 7, SMALL_LABEL: 8}


@pytest.mark.django_db
def test_a_filter_takes_what_is_shown_of_a_team_and_the_small_ones_only_together(
    regions: tuple[Team, Team], rep: User
) -> None:
    small, six = (team_named(name).pk for name in ("Small", "Six"))

    def total(**filters: object) -> int:
        return run(TrendQuery(measure="deals").where(**filters), rep).total.n  # type: ignore[arg-type]

    assert (total(team=small), total(team=six), total(team=SMALL)) == (0, 6, 8)
    east, _ = regions
    assert (total(team=east.pk), total(region=east.pk)) == (6, 14)
    assert total(region=east.pk, team=SMALL) == 8
    assert drill(BY_TEAM, {"team": small}, rep).total == 0
    assert drill(BY_TEAM, {"team": SMALL}, rep).total == 8
    found = facets(TrendQuery(), ["team"], rep)["team"]
    assert {each.key.label: each.count for each in found} == shown(rep)


@pytest.mark.django_db
def test_a_small_region_counts_with_the_smallest_team_beside_it(company: Team, rep: User) -> None:
    for name, sizes in (("North", [3]), ("East", [5, 6]), ("West", [9])):
        region = TeamFactory.create(name=f"{name} region", kind=TeamKind.REGION, parent=company)
        for size in sizes:
            staffed(f"{name} {size}", region, size)
    rebuild()
    assert shown(rep) == {"East 6": 6, "West 9": 9, SMALL_LABEL: 8}
    assert shown(rep, BY_REGION) == {"East region": 6, "West region": 9, SMALL_LABEL: 8}


@pytest.mark.django_db
def test_a_team_is_hidden_in_the_months_in_which_it_was_small(company: Team, rep: User) -> None:
    region = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    grown, big = staffed("Grown", region, 4), staffed("Big", region, 8)
    late = UserFactory.create()
    MembershipFactory.create(user=late, team=grown, since=date(2026, 4, 20))
    for team in (grown, big):
        closed_deal(
            owner=team.memberships.earliest("pk").user, closing={"closed_on": date(2026, 4, 2)}
        )
    rebuild()
    assert shown(rep) == {"Grown": 1, "Big": 1, SMALL_LABEL: 12}
    by_week = replace(BY_TEAM, by=("week", "team"))
    april = {
        row.keys[1].label
        for row in run(by_week, rep).rows
        if row.keys[0].label == "2026-W14" and row.n
    }
    assert april == {"Grown", "Big"}
    of_grown = TrendQuery().where(team=grown.pk)
    with pytest.raises(TrendRefused):
        require_whole_teams(replace(of_grown, since=date(2026, 3, 1)), rep, store.current())
    require_whole_teams(replace(of_grown, since=date(2026, 4, 1)), rep, store.current())


@pytest.mark.django_db
def test_few_owners_without_a_team_are_a_group_too(company: Team, rep: User) -> None:
    region = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    for size in (6, 7):
        staffed(f"Team of {size}", region, size)
    loners = UserFactory.create_batch(4)
    for owner in (*loners, None):
        closed_deal(owner=owner, closing={"closed_on": date(2026, 3, 2)})
    rebuild()
    assert shown(rep) == {"Team of 7": 7, SMALL_LABEL: 11}
    assert shown(rep, BY_REGION) == {"East": 7, SMALL_LABEL: 11}
    assert run(TrendQuery(measure="deals").where(team=None), rep).total.n == 0
    closed_deal(owner=UserFactory.create(), closing={"closed_on": date(2026, 3, 2)})
    rebuild()
    assert shown(rep) == {"Team of 6": 6, "Team of 7": 7, "No team": 6}


@pytest.mark.django_db
def test_deals_that_nobody_owns_are_about_no_group(company: Team, rep: User) -> None:
    region = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    staffed("Big", region, 8)
    closed_deal(owner=None, closing={"closed_on": date(2026, 3, 2)})
    rebuild()
    assert shown(rep) == {"Big": 8, "No team": 1}


@pytest.mark.django_db
def test_teams_without_small_ones_beside_them_are_shown(company: Team, rep: User) -> None:
    region = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    staffed("Big", region, 8)
    staffed("Bigger", region, 9)
    rebuild()
    assert shown(rep) == {"Big": 8, "Bigger": 9}
    assert run(BY_TEAM, rep).scope == ""


@pytest.mark.django_db
def test_a_private_rating_is_in_no_trend() -> None:
    for audience in ("private", "sales"):
        said = {"rating": "no", "text": "", "audience": audience}
        submitted_debrief(closing=closed_deal(), answers={f"for_{audience}": said})
    rebuild()
    found = run(TrendQuery(by=("question",), measure="lost"), None).rows
    assert {row.keys[0].id: row.n for row in found} == {"for_sales": 1}
