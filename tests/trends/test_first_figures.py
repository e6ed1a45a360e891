"""A page of many deals shows its first figure at once, and the others when they are asked for."""

import html
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from people.models import User
from trends.views import boards

pytestmark = pytest.mark.django_db
ADDRESS = "/dashboard/?list=recorded&outcome=lost"


@pytest.fixture
def leader(
    signed_in: Callable[[User], Client], manager: User, monkeypatch: pytest.MonkeyPatch
) -> Client:
    call_command("loadgen", "60", seed=5, months=6, stdout=StringIO())
    monkeypatch.setattr(boards, "MANY_DEALS", 50)
    return signed_in(manager)


def figures(page: str) -> list[str]:
    return re.findall(r'<figure class="chart-figure" id="([^"]+)">.*?</figure>', page, re.S)


def numbers(page: str) -> list[str]:
    """What the figures say, each with the address of its deals."""
    return re.findall(r"<figure .*?</figure>", page, re.S)


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def place_of_the_rest(page: str) -> str:
    found = re.search(r'data-other-figures="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_first_and_other_figures_are_those_of_the_whole_page(leader: Client) -> None:
    first = shown(leader, ADDRESS)
    rest = shown(leader, place_of_the_rest(first))
    whole = shown(leader, f"{ADDRESS}&whole=yes")
    assert len(figures(first)) == 1
    assert figures(first) + figures(rest) == figures(whole)
    assert numbers(first) + numbers(rest) == numbers(whole)
    assert "data-other-figures" not in whole + rest


def test_without_scripts_a_link_leads_to_all_figures(leader: Client) -> None:
    first = shown(leader, ADDRESS)
    link = re.search(r'<a href="([^"]+)">Show the other figures</a>', first)
    assert link is not None
    assert len(figures(shown(leader, html.unescape(link[1])))) > 3


def test_no_other_link_of_the_page_asks_for_all_at_once(leader: Client) -> None:
    assert "whole=" not in re.sub(
        r"whole=yes\"|<form.*?</form>", "", shown(leader, ADDRESS), count=1
    )


def test_with_few_deals_all_stand_on_the_page(
    leader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "MANY_DEALS", 61)
    page = shown(leader, ADDRESS)
    assert "data-other-figures" not in page
    assert len(figures(page)) > 3


def test_an_own_arrangement_is_parted_in_its_own_order(leader: Client, manager: User) -> None:
    from trends.dashboard.services import arrange_overview

    arrange_overview(["teams", "segments", "stages", "top-reasons"], by=manager)
    first = shown(leader, ADDRESS)
    assert figures(first) == ["teams"]
    assert figures(shown(leader, place_of_the_rest(first))) == ["segments", "stages", "top-reasons"]


@pytest.mark.parametrize("path", ["nonsense/", "competitor/", "reasons/1/"])
def test_a_page_that_is_not_there_has_no_other_figures(leader: Client, path: str) -> None:
    assert leader.get(f"/dashboard/rest/{path}").status_code == 404
