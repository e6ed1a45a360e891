"""The frame of every page: who is offered which menus, and the theme that a device keeps."""

from dataclasses import dataclass

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from reflection.navigation import (
    LEADS,
    MANAGE,
    PRIMARY,
    Entry,
    Link,
    address,
    links,
    menus,
    theme_of,
)

HOME = Entry("Home", "home", "house")
UNBUILT = Entry("Not built yet", "nowhere:at_all", "flag")
LEADS_ONLY = Entry("Theme", "theme", "users", LEADS)


@dataclass
class Person:
    role: str
    is_authenticated: bool = True


def test_a_menu_offers_what_exists_and_fits_the_role() -> None:
    offered = links((HOME, UNBUILT, LEADS_ONLY), "rep", "/elsewhere")
    assert offered == [Link("Home", "/", "house", "", current=False)]


def test_a_manager_is_offered_what_leads_do() -> None:
    offered = links((LEADS_ONLY,), "manager", "/theme")
    assert offered == [Link("Theme", "/theme", "users", "", current=True)]


def test_an_address_that_no_page_has_yet_is_empty() -> None:
    assert address("nowhere:at_all") == ""


def test_home_is_current_only_on_itself() -> None:
    (home,) = links((HOME,), "rep", "/theme")
    assert home.current is False


def test_a_stranger_is_offered_no_menu(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert (menus(request).primary, menus(request).manage, menus(request).search_url) == (
        [],
        [],
        "",
    )


def with_theme(rf: RequestFactory, theme: str) -> HttpRequest:
    request = rf.get("/")
    request.COOKIES["theme"] = theme
    return request


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("auto", "auto"), ('"><x', "auto")]
)
def test_an_unknown_theme_falls_back_to_the_device(
    rf: RequestFactory, cookie: str, theme: str
) -> None:
    assert theme_of(with_theme(rf, cookie)) == theme


def test_choosing_a_theme_keeps_it_and_goes_back(client: Client) -> None:
    response = client.post("/theme", {"theme": "dark", "next": "/accounts/login/?next=/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/")
    assert response.cookies["theme"].value == "dark"
    assert response.cookies["theme"]["max-age"] == 31_536_000


def test_choosing_a_theme_never_leads_off_the_site(client: Client) -> None:
    response = client.post("/theme", {"theme": "dark", "next": "https://example.com/"})
    assert response.headers["Location"] == "/"


def test_an_unknown_theme_is_refused(client: Client) -> None:
    response = client.post("/theme", {"theme": "sepia"})
    assert (response.status_code, "theme" in response.cookies) == (400, False)


def test_a_theme_is_chosen_by_post_only(client: Client) -> None:
    assert client.get("/theme").status_code == 405


def test_a_page_under_two_entries_is_current_in_the_nearer_one_only() -> None:
    at = "/debriefs/templates/1/draft/"
    current = [
        link.label
        for menu in (PRIMARY, MANAGE)
        for link in links(menu, "admin", at)
        if link.current
    ]
    assert current == ["Questions"]
