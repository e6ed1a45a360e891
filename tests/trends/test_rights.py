"""Whose figures may be asked for: by person, by team too small to hide one, by role."""

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
from trends.query import TrendQuery
from trends.services import rebuild

BY_REP = TrendQuery(by=("rep",), measure="deals")
BY_TEAM = TrendQuery(by=("team",), measure="deals")


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


def suppressed(viewer: User | None, query: TrendQuery = BY_TEAM) -> set[str]:
    return {row.keys[0].label for row in run(query, viewer).rows if row.suppressed}


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
def test_a_small_team_hides_with_the_next_smallest_of_its_region(
    regions: tuple[Team, Team], rep: User
) -> None:
    assert suppressed(rep) == {"Small", "Five"}
    shown = {r.keys[0].label: r.n for r in run(BY_TEAM, rep).rows if not r.suppressed}
    assert shown == {"Six": 6, "West six": 6, "West seven": 7}
    hidden = next(r for r in run(BY_TEAM, rep).rows if r.suppressed)
    assert (hidden.n, hidden.value, hidden.of, hidden.share) == (0, None, None, None)


@pytest.mark.django_db
def test_who_manages_a_small_team_sees_it(regions: tuple[Team, Team]) -> None:
    small = team_named("Small")
    assert small.manager is not None
    assert suppressed(small.manager) == set()
    assert suppressed(None) == set()


@pytest.mark.django_db
def test_a_hidden_team_is_no_filter_no_facet_and_no_list(
    regions: tuple[Team, Team], rep: User
) -> None:
    small, five, six = (team_named(name).pk for name in ("Small", "Five", "Six"))
    for values in ([small], [five], [small, six]):
        with pytest.raises(TrendRefused):
            run(TrendQuery().with_filters({"team": values}), rep)
    together = run(TrendQuery(measure="deals").with_filters({"team": [small, five]}), rep)
    assert together.total.n == 8
    east, _ = regions
    assert run(TrendQuery(measure="deals").where(team=east.pk), rep).total.n == 14
    with pytest.raises(TrendRefused):
        drill(BY_TEAM, {"team": small}, rep)
    labels = {facet.key.label for facet in facets(TrendQuery(), ["team"], rep)["team"]}
    assert labels == {"Six", "West six", "West seven"}


@pytest.mark.django_db
def test_a_small_region_hides_with_the_next_smallest_and_one_of_its_teams(
    company: Team, rep: User
) -> None:
    for name, sizes in (("North", [3]), ("East", [5, 6]), ("West", [9])):
        region = TeamFactory.create(name=f"{name} region", kind=TeamKind.REGION, parent=company)
        for size in sizes:
            staffed(f"{name} {size}", region, size)
    rebuild()
    assert suppressed(rep, TrendQuery(by=("region",), measure="deals")) >= {"North region"}
    hidden = suppressed(rep)
    assert "North 3" in hidden
    assert len(hidden) >= 2
    assert len(suppressed(rep, TrendQuery(by=("region",), measure="deals"))) >= 2


@pytest.mark.django_db
def test_a_team_without_small_ones_beside_it_is_shown(company: Team, rep: User) -> None:
    region = TeamFactory.create(name="East", kind=TeamKind.REGION, parent=company)
    staffed("Big", region, 8)
    staffed("Bigger", region, 9)
    rebuild()
    assert not suppressed(rep) & {"Big", "Bigger"}


@pytest.mark.django_db
def test_a_private_rating_is_in_no_trend() -> None:
    for audience in ("private", "sales"):
        said = {"rating": "no", "text": "", "audience": audience}
        submitted_debrief(closing=closed_deal(), answers={f"for_{audience}": said})
    rebuild()
    found = run(TrendQuery(by=("question",), measure="lost"), None).rows
    assert {row.keys[0].id: row.n for row in found} == {"for_sales": 1}
