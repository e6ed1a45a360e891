"""What readers are told of months in which teams count together: on the page, on paper, in CSV and the API."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Team, TeamKind, User
from tests.factories import MembershipFactory, TeamFactory, closed_deal
from trends.dashboard.boards import drawn
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.state import DashboardState
from trends.engine import run
from trends.export import csv_table
from trends.groups import SMALL_LABEL
from trends.merging import months_in_words
from trends.printing.report import report_of
from trends.query import TrendQuery
from trends.services import rebuild

pytestmark = pytest.mark.django_db

ALL = TrendQuery("deals", since=date(2026, 1, 1), until=date(2026, 6, 30))
BY_TEAM = replace(ALL, by=("team",))
SIZES = {"Grown": 4, "Big": 8, "Bigger": 9}
RULE = (
    "Months in which a team had fewer than 5 people count under “Groups too small to show”,"
    " with the next smallest group where those are too few"
)
BY_REGION = (
    "By region, months in which a region had fewer than 5 people count under"
    " “Groups too small to show”, with the next smallest group where those are too few"
)


@pytest.fixture
def teams() -> dict[str, Team]:
    """Grown has four people until the end of March; Big hides with it, and Bigger doesn't."""
    region = TeamFactory.create(name="East", kind=TeamKind.REGION)
    made = {name: TeamFactory.create(name=name, parent=region) for name in SIZES}
    for name, size in SIZES.items():
        MembershipFactory.create_batch(size, team=made[name])
    MembershipFactory.create(team=made["Grown"], since=date(2026, 4, 1))
    for team in made.values():
        for month in (1, 2, 3, 4, 5):
            owner = team.memberships.earliest("pk").user
            closed_deal(owner=owner, closing={"closed_on": date(2026, month, 3)})
    rebuild()
    return made


@pytest.mark.usefixtures("teams")
def test_an_answer_names_the_months_of_each_merged_team(rep: User) -> None:
    assert run(BY_TEAM, rep).scope == f"{RULE}: Big in Jan to Mar 2026; Grown in Jan to Mar 2026."


def test_of_a_filtered_team_only_its_own_months_are_told(teams: dict[str, Team], rep: User) -> None:
    told = {name: run(ALL.where(team=team.pk), rep).scope for name, team in teams.items()}
    assert told == {
        "Grown": f"{RULE}: Grown in Jan to Mar 2026.",
        "Big": f"{RULE}: Big in Jan to Mar 2026.",
        "Bigger": "",
    }


def test_the_region_too_small_is_told_by_region_and_to_partners_without_names(
    teams: dict[str, Team], rep: User, partner: User
) -> None:
    west = TeamFactory.create(name="West", kind=TeamKind.REGION)
    alone = TeamFactory.create(name="Alone", parent=west)
    owner = MembershipFactory.create(team=alone).user
    closed_deal(owner=owner, closing={"closed_on": date(2026, 5, 3)})
    rebuild()
    by_region = replace(ALL, by=("region",))
    assert run(by_region, rep).scope == f"{BY_REGION}: Alone in May 2026; Grown in May 2026."
    assert run(by_region, partner).scope == f"{BY_REGION}."
    assert run(by_region, partner).merged == {}


@pytest.mark.usefixtures("teams")
def test_a_csv_notes_at_each_team_which_months_it_is_without(rep: User) -> None:
    answer = run(BY_TEAM, rep)
    notes = {line.split(",")[0]: line for line in csv_table(answer).splitlines()[1:]}
    assert "without Grown in Jan to Mar 2026, under “Groups too small to show”" in notes["Grown"]
    assert answer.scope in notes[SMALL_LABEL].replace('""', '"')
    assert "without" not in notes["Bigger"]


@pytest.mark.usefixtures("teams")
def test_a_csv_over_time_of_one_team_says_it_in_each_row(teams: dict[str, Team], rep: User) -> None:
    over_time = replace(ALL, by=("month",))
    lines = csv_table(run(over_time.where(team=teams["Grown"].pk), rep)).splitlines()[1:]
    assert all("Grown in Jan to Mar 2026." in line for line in lines)
    assert "Groups too small" not in csv_table(run(over_time, rep))


@pytest.mark.usefixtures("teams")
def test_the_page_of_teams_says_it_beside_the_figures(
    rep: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(rep)
    address = {"since": "2026-01-01", "until": "2026-06-30"}
    page = client.get(reverse("trends:teams"), address).content.decode()
    assert page.count(f"{RULE}: Big in Jan to Mar 2026; Grown in Jan to Mar 2026.") == 1
    assert RULE not in client.get(reverse("trends:stages"), address).content.decode()


@pytest.mark.usefixtures("teams")
def test_paper_says_it_too(rep: User) -> None:
    state = DashboardState.from_params(
        {"since": "2026-01-01", "until": "2026-06-30"},
        today=date(2026, 6, 30),
        path=reverse("trends:teams"),
    )
    reading = report_of(drawn(BOARDS["teams"], state, rep)).reading
    assert f"{RULE}: Big in Jan to Mar 2026; Grown in Jan to Mar 2026." in reading


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ([date(2026, 3, 1)], "Mar 2026"),
        ([date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)], "Nov 2025 to Jan 2026"),
        ([date(2026, 1, 1), date(2026, 3, 1), date(2026, 4, 1)], "Jan 2026, Mar to Apr 2026"),
    ],
)
def test_months_are_told_as_spans(months: list[date], words: str) -> None:
    assert months_in_words(months) == words
