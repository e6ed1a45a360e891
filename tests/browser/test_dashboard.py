"""The dashboard in a real browser: accessible at both widths and in both themes, usable by keyboard."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import AdminFactory, closed_deal
from trends.services import rebuild
from trends.views import boards

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leader() -> User:
    call_command("loadgen", "150", seed=5, months=10, stdout=StringIO())
    return AdminFactory.create(username="leader")


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/",
        "/dashboard/?show=money",
        "/dashboard/deals/?measure=lost",
        "/dashboard/wins-against-losses/",
        "/dashboard/perception/",
    ],
)
@pytest.mark.parametrize(
    ("width", "theme"), [(390, "dark"), (390, "light"), (1280, "light"), (1280, "dark")]
)
def test_the_pages_break_no_rule_of_accessibility(
    visit: Visit, leader: User, path: str, width: int, theme: str
) -> None:
    page = visit(path, by=leader, width=width, theme=theme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nothing_scrolls_sideways_on_a_phone(visit: Visit, leader: User) -> None:
    page = visit("/dashboard/", by=leader, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_bar_opens_its_deals_by_keyboard_and_the_way_back_keeps_the_filters(
    visit: Visit, leader: User
) -> None:
    page = visit("/dashboard/?list=recorded", by=leader)
    page.locator("#stages a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lost deals · Stage")
    page.get_by_role("link", name="Dashboard").last.click()
    expect(page).to_have_url(re.compile("list=recorded"))


@pytest.mark.parametrize("width", [390, 1280])
def test_the_other_figures_of_many_deals_come_before_one_reaches_them(
    visit: Visit, leader: User, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(boards, "MANY_DEALS", 1)
    page = visit("/dashboard/", by=leader, width=width)
    page.get_by_role("contentinfo").scroll_into_view_if_needed()
    expect(page.locator("#teams")).to_be_visible()
    expect(page.locator("[data-other-figures]")).to_have_count(0)
    assert page.locator("figure.chart-figure").count() == 7
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_enter_in_the_panel_shows_the_page_and_opens_no_filter(visit: Visit, leader: User) -> None:
    page = visit("/dashboard/", by=leader)
    page.locator("#since").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("since="))
    assert "choices=" not in page.url
    assert violations(page) == []


def test_choosing_a_filter_narrows_every_figure_and_a_chip_takes_it_away(
    visit: Visit, leader: User
) -> None:
    page = visit("/dashboard/", by=leader)
    page.locator("details[data-choices=segment] summary").focus()
    page.keyboard.press("Enter")
    page.locator("input[name=segment]").first.check()
    page.get_by_role("button", name="Show", exact=True).click()
    chip = page.get_by_role("link", name="Remove the filter")
    expect(chip).to_have_count(1)
    chip.click()
    expect(page.get_by_role("link", name="Remove the filter")).to_have_count(0)


def test_a_deal_entered_now_stands_on_the_page_after_the_next_tally(
    visit: Visit, leader: User
) -> None:
    page = visit("/dashboard/deals/?measure=deals", by=leader)
    before = int(page.locator(".result-count").inner_text().split()[0])
    closed_deal()
    rebuild()
    page.reload()
    expect(page.locator(".result-count")).to_contain_text(f"{before + 1} deals")
