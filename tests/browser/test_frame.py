"""The frame around every page, in a real browser: readable by all, usable by keyboard, closed to scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import PASSWORD, ManagerFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(360, "dark"), (1280, "light")]
SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/")
SIGNED_IN = (
    "/you/",
    "/you/tokens/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/no/such/page",
)


@pytest.fixture
def manager(db: None) -> User:
    return ManagerFactory.create(username="mona", full_name="Mona Adeyemi")


def faults(page: Page) -> list[str]:
    """What breaks accessibility, or makes the page scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return violations(page) + ([f"{page.url} scrolls sideways"] if wide else [])


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_pages_for_strangers_are_accessible(visit: Visit, width: int, theme: str) -> None:
    page = visit(SIGNED_OUT[0], width=width, theme=theme)
    found = faults(page)
    for path in SIGNED_OUT[1:]:
        page.goto(path)
        found += faults(page)
    assert found == []


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_account_pages_are_accessible(visit: Visit, manager: User, width: int, theme: str) -> None:
    page = visit(SIGNED_IN[0], by=manager, width=width, theme=theme)
    page.click("details.menu summary")
    found = faults(page)
    for path in SIGNED_IN[1:]:
        page.goto(path)
        found += faults(page)
    assert found == []


def test_a_wrong_password_moves_the_focus_to_what_is_wrong(visit: Visit, manager: User) -> None:
    page = visit("/accounts/login/")
    page.fill("input[name=login]", manager.username)
    page.fill("input[name=password]", "not this one")
    page.click("main button[type=submit]")
    page.wait_for_selector("[data-error-summary]:focus")
    assert page.title() == "Error: Sign in · Reflection"
    assert faults(page) == []


def test_signing_in_and_out(visit: Visit, manager: User) -> None:
    page = visit("/you/")
    page.fill("input[name=login]", manager.username)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/you/$"))
    page.click("details.menu summary")
    page.click("text=Sign out")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.goto("/you/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_the_theme_is_kept_and_the_page_comes_back(visit: Visit, manager: User) -> None:
    page = visit("/you/", by=manager)
    page.click("details.menu summary")
    page.click("button[name=theme][value=dark]")
    page.wait_for_url("**/you/")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 20, 15)"


def test_the_device_chooses_the_theme_until_somebody_does(visit: Visit) -> None:
    page = visit("/accounts/login/")
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(246, 241, 230)", "rgb(23, 20, 15)"]


def test_the_first_tab_leads_to_the_content(visit: Visit, manager: User) -> None:
    page = visit("/you/", by=manager)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_escape_closes_the_menu_and_gives_the_focus_back(visit: Visit, manager: User) -> None:
    page = visit("/you/", by=manager)
    page.click("details.menu summary")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("details.menu").get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_script_that_got_into_a_page_never_runs(visit: Visit, manager: User) -> None:
    page = visit("/you/", by=manager)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            try { script.textContent = "window.injected = true"; } catch (refused) {}
            document.body.append(script);
            try { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='injected = 1'>"); }
            catch (refused) {}
        }"""
    )
    assert page.evaluate("window.injected") is None
