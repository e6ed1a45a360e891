"""The free cut: any pair that goes is answered, any other is refused with what does."""

import html
import re
from collections.abc import Callable
from io import StringIO
from itertools import product

import pytest
from django.core.management import call_command
from django.test import Client

from deals.models import Closing, DealAttribute
from people.models import User
from trends.dimensions import DIMENSIONS
from trends.errors import TrendError
from trends.measures import MEASURES
from trends.query import TrendQuery
from trends.services import rebuild

pytestmark = pytest.mark.django_db
ASKABLE = [each.name for each in DIMENSIONS.values() if not each.filter_only and each.name != "rep"]


@pytest.fixture
def leader(signed_in: Callable[[User], Client], manager: User) -> Client:
    call_command("loadgen", "60", seed=5, months=6, stdout=StringIO())
    return signed_in(manager)


def _goes(measure: str, by: tuple[str, ...]) -> bool:
    try:
        TrendQuery(measure, by)
    except TrendError:
        return False
    return True


def test_every_measure_by_every_dimension_is_answered_or_refused_with_what_goes(
    leader: Client,
) -> None:
    wrong = []
    for measure, name in product(MEASURES, ASKABLE):
        response = leader.get("/dashboard/explore/", {"measure": measure, "by": name})
        page = response.content.decode()
        answered = response.status_code == 200 and 'id="cut"' in page and 'id="rows"' in page
        refused = response.status_code == 422 and "What goes" in page
        if (answered, refused) != (_goes(measure, (name,)), not _goes(measure, (name,))):
            wrong.append((measure, name, response.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    ("measure", "by"),
    [
        ("lost", ["reason", "stage"]),
        ("win_rate", ["segment", "month"]),
        ("lost_amount", ["month", "competitor"]),
        ("cycle_days", ["stage", "industry"]),
        ("coverage", ["team", "quarter"]),
        ("mentions", ["factor", "question"]),
        ("median_amount", []),
    ],
)
def test_two_dimensions_or_none_are_answered(leader: Client, measure: str, by: list[str]) -> None:
    response = leader.get("/dashboard/explore/", {"measure": measure, "by": by})
    assert response.status_code == 200
    assert 'id="rows"' in response.content.decode()


def test_what_is_offered_in_its_place_goes(leader: Client) -> None:
    page = leader.get("/dashboard/explore/?measure=win_rate&by=reason").content.decode()
    assert "take lost, mentions or lift" in page
    offers = re.findall(r'class="chip" href="([^"]+)"', page)
    assert len(offers) >= 3
    for offer in offers:
        assert leader.get(offer.replace("&amp;", "&")).status_code == 200


def test_the_choice_keeps_the_filters_and_the_filters_keep_the_choice(leader: Client) -> None:
    page = leader.get("/dashboard/explore/?measure=deals&by=stage&segment=null").content.decode()
    cut, panel = page.split("filter-panel", 1)[1].split("</form>", 1)
    assert '<input type="hidden" name="measure" value="deals">' in cut
    assert '<input type="hidden" name="by" value="stage">' in cut
    assert '<input type="hidden" name="segment" value="null">' in panel
    assert '<option value="stage" selected>' in panel


def offers(client: Client) -> dict[str, list[str]]:
    """The values that each filter of the panel offers once it is opened."""
    panel = client.get("/dashboard/stages/").content.decode()
    names = map(html.unescape, re.findall(r'data-choices="([^"]+)"', panel))
    return {name: values_in(client, "/dashboard/choices/", choices=name) for name in names}


def values_in(client: Client, path: str, **asked: str) -> list[str]:
    page = client.get(path, asked).content.decode()
    offered = re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)"', page)
    assert {html.unescape(name) for name, _ in offered} <= {asked["choices"]}
    return [html.unescape(value) for _, value in offered]


def test_the_panel_writes_the_values_of_the_filters_in_force_and_no_others(leader: Client) -> None:
    page = leader.get("/dashboard/stages/", {"outcome": "lost"}).content.decode()
    assert set(re.findall(r'type="checkbox" name="([^"]+)"', page)) == {"outcome"}
    assert 'data-choices="outcome"' not in page
    assert 'data-choices="segment"' in page


def test_without_scripts_a_button_opens_a_filter_on_the_page_itself(leader: Client) -> None:
    here = values_in(leader, "/dashboard/stages/", choices="outcome")
    assert here == values_in(leader, "/dashboard/choices/", choices="outcome") != []
    page = leader.get("/dashboard/stages/", {"choices": "outcome"}).content.decode()
    kept = re.findall(r'href="(/dashboard/[^"]*choices=[^"]*)"', page)
    assert kept == [], "no link keeps it open"


def test_values_are_counted_for_what_the_panel_says(leader: Client) -> None:
    asked = {"choices": "stage", "outcome": "won"}
    counts = re.findall(
        r'"facet-count">(\d+)<', leader.get("/dashboard/choices/", asked).content.decode()
    )
    assert sum(map(int, counts)) == Closing.objects.current().won().count()


@pytest.mark.parametrize(
    ("asked", "status", "why"),
    [
        ({"choices": "nonsense"}, 403, "“nonsense” is no filter of yours."),
        ({"choices": "stage", "since": "soon"}, 422, "soon"),
    ],
)
def test_choices_that_cannot_be_given_say_why_in_their_place(
    leader: Client, asked: dict[str, str], status: int, why: str
) -> None:
    answer = leader.get("/dashboard/choices/", asked)
    assert answer.status_code == status
    assert why in answer.content.decode()


def test_one_value_of_every_filter_that_the_panel_offers_can_be_applied(leader: Client) -> None:
    deal = Closing.objects.current().lost().order_by("pk")[0].deal
    DealAttribute.objects.create(deal=deal, key="Lead, source", value="Fair")
    rebuild()
    first = {name: values[0] for name, values in offers(leader).items() if values}
    assert {"reason", "primary_reason", "winner", "team", "amount", "debrief"} <= set(first)
    assert first["attribute:Lead, source"] in ("Fair", "null")
    answers = {
        name: leader.get("/dashboard/stages/", {name: value}).status_code
        for name, value in first.items()
    }
    assert answers == dict.fromkeys(first, 200)
    page = leader.get("/dashboard/explore/", {"measure": "lost", "by": "attribute:Lead%2C source"})
    assert "<h1>Lost deals by lead, source</h1>" in page.content.decode()
