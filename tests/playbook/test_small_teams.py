"""By team: a debrief stands under its team, or under the merged group in months in which that team hides."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from debriefs.models import Debrief
from debriefs.services.drafts import begin_debrief
from people.models import Team, TeamKind, User
from playbook import queries
from playbook.forms import PlaybookForm
from playbook.queries import Reading
from playbook.services import rebuild_entries
from tests.factories import (
    ClosingFactory,
    MembershipFactory,
    TeamFactory,
    closed_deal,
    submitted_debrief,
)
from trends.groups import SMALL, SMALL_LABEL
from trends.services import rebuild

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 3), date(2026, 4, 2)


@pytest.fixture
def grown() -> Team:
    """Four people until April, when the fifth came. In March it hides together with Big."""
    region = TeamFactory.create(name="East", kind=TeamKind.REGION)
    teams = [TeamFactory.create(name=name, parent=region) for name in ("Grown", "Big")]
    for team, size in zip(teams, (4, 8), strict=True):
        MembershipFactory.create_batch(size, team=team)
    MembershipFactory.create(team=teams[0], since=date(2026, 4, 20))
    for team in teams:
        for day in (MARCH, APRIL):
            debriefed(team, day)
    settled()
    return teams[0]


def debriefed(team: Team, day: date) -> Debrief:
    return submitted_debrief(
        closing=closed_deal(
            owner=team.memberships.earliest("pk").user,
            name=f"{team.name} {day:%B}",
            closing={"closed_on": day},
        ),
        answers={"objections": {"text": "the pilot", "audience": "sales"}},
    )


def settled() -> None:
    rebuild_entries()
    rebuild()


def read(viewer: User, **address: str) -> Reading:
    form = PlaybookForm(address)
    assert form.is_valid(), form.errors
    return queries.read(form.query(), viewer)


def found(viewer: User, **address: str) -> list[str]:
    page = read(viewer, **address).page
    assert page.total == len(page.hits)
    return sorted(hit.deal for hit in page.hits)


def big(grown: Team) -> Team:
    return Team.objects.get(name="Big", parent=grown.parent)


@pytest.mark.parametrize(
    "asked",
    [{}, {"q": "pilot"}, {"scope": "all"}, {"outcome": "lost"}, {"since": "1980-01-01"}],
)
def test_a_team_is_listed_in_its_months_and_the_rest_under_the_merged_group(
    grown: Team, rep: User, asked: dict[str, str]
) -> None:
    assert found(rep, team=str(grown.pk), **asked) == ["Grown April"]
    assert found(rep, team=str(big(grown).pk), **asked) == ["Big April"]
    assert found(rep, team=SMALL, **asked) == ["Big March", "Grown March"]
    assert len(found(rep, **asked)) == 4


def test_facets_offer_each_team_with_its_months_and_the_merged_group(
    grown: Team, rep: User
) -> None:
    counted = read(rep).counted
    assert counted.counts["team"] == {str(grown.pk): 1, str(big(grown).pk): 1, SMALL: 2}
    assert counted.labels["team", SMALL] == SMALL_LABEL


def test_a_team_is_refused_where_no_month_asked_for_is_its_own(grown: Team, rep: User) -> None:
    for asked in ({"period": "2026-03"}, {"until": "2026-03-31"}, {"period": "2026-03", "q": "x"}):
        with pytest.raises(PermissionDenied, match="fewer than 5 people"):
            read(rep, team=str(grown.pk), **asked)
    assert found(rep, team=SMALL, period="2026-03") == ["Big March", "Grown March"]


def test_whoever_manages_a_team_lists_all_of_it(grown: Team, manager: User) -> None:
    grown.manager = manager
    grown.save()
    settled()
    assert found(manager, team=str(grown.pk)) == ["Grown April", "Grown March"]
    assert read(manager, team=str(grown.pk)).page.by_team == ""


def test_a_region_lists_the_teams_below_it_in_their_months(grown: Team, rep: User) -> None:
    assert found(rep, team=str(grown.parent_id)) == ["Big April", "Grown April"]


def test_a_withheld_debrief_is_taken_from_the_group_under_which_it_stands(
    grown: Team, outsider: User
) -> None:
    begin_debrief(debriefed(grown, MARCH).closing, author=outsider)
    settled()
    counted = read(outsider).counted
    assert counted.counts["team"] == {str(grown.pk): 1, str(big(grown).pk): 1, SMALL: 2}
    page = read(outsider, team=SMALL).page
    assert (page.total, len(page.hits), page.withheld) == (2, 2, 1)
    assert read(outsider, team=str(grown.pk)).page.withheld == 0


def test_deals_opened_again_are_under_no_team_since_the_tally_has_lost_them(
    grown: Team, rep: User
) -> None:
    """It knows of a month only who closed what still stands, so nothing would hide there."""
    again = debriefed(grown, date(2026, 2, 2))
    again.closing.reopened_at = timezone.now()
    again.closing.save()
    ClosingFactory.create(deal=again.closing.deal, closed_on=APRIL)
    settled()
    assert found(rep, team=str(grown.pk), scope="all") == ["Grown April"]
    assert found(rep, team=SMALL, scope="all") == ["Big March", "Grown March"]
    assert "Grown February" in found(rep, scope="all")


def test_the_page_says_where_the_other_months_stand(
    grown: Team, rep: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(rep)
    shown = client.get(reverse("playbook:list"), {"team": grown.pk}).content.decode()
    assert "where those are too few: Grown in Mar 2026." in shown
    under = client.get(reverse("playbook:list"), {"team": SMALL, "scope": "all"})
    assert [chip.label for chip in under.context["chips"]] == [f"Team: {SMALL_LABEL}"]
    assert "Deals that were opened again are under no team." in under.content.decode()
