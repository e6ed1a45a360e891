"""The demo as a new user meets it: every role signs in from the sign-in page of a real instance."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from reflection.demo.staff import PASSWORD
from tests.instances import Instance

ROLES = {
    "Rep": "Your debriefs",
    "Manager": "Why we win, why we lose",
    "Admin": "Why we win, why we lose",
    "Partner": "Why we win, why we lose",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running instance with the demo company."""
    instance = Instance(tmp_path_factory.mktemp("demo"))
    instance.start("--demo")
    instance.wait_until_ready()
    yield f"http://localhost:{instance.port}"
    code, _ = instance.interrupt()
    assert (code, instance.processes()) == (0, {})


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    complaints: list[str] = []
    context = browser.new_context(base_url=demo)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto("/")
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_signs_in_with_one_click(page: Page, role: str) -> None:
    page.get_by_role("button", name=role).click()
    page.wait_for_url(lambda url: "login" not in url)
    assert page.locator("h1").inner_text() == ROLES[role]


def test_the_printed_login_can_be_typed(page: Page) -> None:
    page.get_by_label("Username or e-mail").fill("ingrid.dahl")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)
    assert page.locator("h1").inner_text() == ROLES["Rep"]
