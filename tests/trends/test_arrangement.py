"""A manager's own overview: which figures, in which order, for that manager alone."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.factories import closed_deal
from trends.dashboard.arranging import moved
from trends.dashboard.catalogue import BOARDS, WIDGETS
from trends.dashboard.errors import BoardRefused
from trends.dashboard.services import arrange_as_standard, arrange_overview
from trends.services import rebuild

pytestmark = pytest.mark.django_db


def figures(client: Client) -> list[str]:
    page = client.get(reverse("trends:dashboard")).content.decode()
    return re.findall(r'<figure class="chart-figure" id="([^"]+)"', page)


@pytest.fixture
def arranging(manager: User, signed_in: Callable[[User], Client]) -> Client:
    closed_deal()
    rebuild()
    return signed_in(manager)


def test_the_overview_shows_the_figures_wanted_in_their_order(
    arranging: Client, manager: User, other_manager: User, signed_in: Callable[[User], Client]
) -> None:
    standard = figures(arranging)
    arrange_overview(["stages", "factor-grid", "top-reasons"], by=manager)
    assert figures(arranging) == ["stages", "factor-grid", "top-reasons"]
    assert figures(signed_in(other_manager)) == standard
    arrange_as_standard(by=manager)
    assert figures(arranging) == standard


def test_ticking_and_moving_needs_nothing_but_buttons(arranging: Client) -> None:
    address = reverse("trends:arrangement")
    sent = {"widget": ["stages", "top-reasons"], "move": "up:top-reasons"}
    page = arranging.post(address, sent).content.decode()
    order = re.findall(r'name="widget" value="([^"]+)" checked', page)
    assert order == ["top-reasons", "stages"]
    assert re.findall(r'value="([^"]+)" autofocus', page) == ["down:top-reasons"]
    assert figures(arranging) == ["top-reasons", "stages"]


def test_the_standard_one_comes_back(arranging: Client) -> None:
    standard = figures(arranging)
    arranging.post(reverse("trends:arrangement"), {"widget": ["stages"]})
    assert figures(arranging) == ["stages"]
    arranging.post(reverse("trends:arrangement"), {"standard": "1"})
    assert figures(arranging) == standard


def test_none_at_all_is_refused(arranging: Client) -> None:
    response = arranging.post(reverse("trends:arrangement"), {})
    assert response.status_code == 422
    assert "Keep one figure at least" in response.content.decode()


def test_a_figure_that_is_not_there_is_refused(manager: User) -> None:
    with pytest.raises(BoardRefused):
        arrange_overview(["weather"], by=manager)


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("up:b", ["b", "a", "c"]),
        ("down:b", ["a", "c", "b"]),
        ("up:a", ["a", "b", "c"]),
        ("down:c", ["a", "b", "c"]),
        ("up:x", ["a", "b", "c"]),
        ("", ["a", "b", "c"]),
    ],
)
def test_a_move_changes_two_places_at_most(move: str, order: list[str]) -> None:
    assert moved(["a", "b", "c"], move) == order


def test_a_key_names_the_same_figure_on_every_page() -> None:
    for board in BOARDS.values():
        for widget in () if board.subject else board.widgets:
            known = WIDGETS[widget.key]
            same = (widget.title, [(ask.measure, ask.by) for ask in widget.asks])
            assert same == (known.title, [(ask.measure, ask.by) for ask in known.asks])
