"""The dashboard's pages in a real browser: accessible, steady, usable by keyboard, at both widths and themes."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.models import Competitor
from people.models import Role, Team, TeamKind, User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import AdminFactory, ManagerFactory
from trends.dashboard.services import annotate, save_view
from trends.dashboard.subscribing import leaving_token, subscribe
from trends.models import AnnotationKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/dashboard/",
    "/dashboard/reasons/",
    "/dashboard/competitors/",
    "/dashboard/stages/",
    "/dashboard/segments/",
    "/dashboard/questions/",
    "/dashboard/teams/",
    "/dashboard/wins-against-losses/",
    "/dashboard/perception/",
    "/dashboard/perception/buyers/",
    "/dashboard/participation/",
    "/dashboard/signals/",
    "/dashboard/explore/?measure=win_rate&by=segment,industry",
    "/dashboard/explore/?measure=win_rate&by=reason",
    "/dashboard/views/",
    "/dashboard/views/new/?address=/dashboard/reasons/",
    "/dashboard/annotations/",
    "/dashboard/arrangement/",
]


@pytest.fixture
def leader() -> User:
    call_command("loadgen", "150", seed=5, months=10, stdout=StringIO())
    leader = AdminFactory.create(username="leader")
    ManagerFactory.create()
    day = timezone.localdate() - timedelta(days=90)
    annotate(day, "New price list", kind=AnnotationKind.PRICE, by=leader)
    save_view("Spring", page="reasons", params={}, is_shared=True, by=leader)
    return leader


@pytest.mark.parametrize(
    ("width", "theme"), [(390, "dark"), (390, "light"), (1280, "light"), (1280, "dark")]
)
def test_no_page_breaks_a_rule_of_accessibility_or_scrolls_sideways(
    visit: Visit, leader: User, width: int, theme: str
) -> None:
    page = visit(PAGES[0], by=leader, width=width, theme=theme)
    assert _faults(page, [*PAGES, *_about_one(leader), "/audit/", "/audit/?of=person"]) == {}


@pytest.mark.usefixtures("leader")
@pytest.mark.parametrize("role", [Role.MANAGER, Role.REP])
@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_nor_does_any_as_a_manager_or_a_rep_has_it(
    visit: Visit, role: Role, width: int, theme: str
) -> None:
    reader = User.objects.filter(role=role).order_by("pk")[0]
    if role is Role.MANAGER:
        Team.objects.filter(kind=TeamKind.TEAM).update(manager=reader)
    page = visit(PAGES[0], by=reader, width=width, theme=theme)
    assert _faults(page, [*PAGES, *_about_one(reader)]) == {}


def _about_one(reader: User) -> list[str]:
    """Pages about one competitor, one saved view, and one weekly mail that begins and ends."""
    rival = Competitor.objects.filter(merged_into=None).order_by("pk")[0]
    view = save_view("Stages", page="stages", params={}, is_shared=False, by=reader)
    subscription = subscribe(view, weekday=0, hour=8, by=reader)
    return [
        f"/dashboard/competitors/{rival.pk}/",
        f"/dashboard/views/{view.pk}/change/",
        f"/dashboard/views/{view.pk}/weekly/",
        f"/dashboard/views/leave/{leaving_token(subscription)}/",
    ]


def _faults(page: Page, paths: list[str]) -> dict[str, list[str]]:
    """By path what breaks a rule, or is wider than the window."""
    origin = re.sub(r"(//[^/]+)/.*", r"\1", page.url)
    width = page.viewport_size["width"] if page.viewport_size else 0
    broken = {}
    for path in paths:
        page.goto(origin + path)
        broken[path] = violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            broken[path].append("scrolls sideways")
    return {path: found for path, found in broken.items() if found}


def _shift(page: Page) -> float:
    """The sum of layout shifts since the page began to load (CLS; 0 is a page that stands still)."""
    found: float = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
                .observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 300);
        })"""
    )
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_while_a_page_loads(visit: Visit, leader: User, width: int) -> None:
    page = visit("/dashboard/reasons/", by=leader, width=width)
    page.reload()
    assert _shift(page) < 0.1


def test_the_state_goes_along_from_page_to_page(visit: Visit, leader: User) -> None:
    page = visit("/dashboard/?list=recorded&compare=year", by=leader)
    page.get_by_role("navigation", name="Dashboard pages").get_by_role(
        "link", name="Stages"
    ).click()
    expect(page).to_have_url(re.compile(r"/dashboard/stages/\?.*compare=year.*list=recorded"))
    expect(page.get_by_role("link", name="Stages")).to_have_attribute("aria-current", "page")


def test_a_free_cut_is_made_by_keyboard_and_opens_its_deals(visit: Visit, leader: User) -> None:
    page = visit("/dashboard/explore/", by=leader)
    page.get_by_label("Count", exact=True).first.select_option("win_rate")
    page.get_by_label("by", exact=True).select_option("segment")
    page.get_by_label("and by", exact=True).select_option("stage")
    page.get_by_role("button", name="Count").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Win rate by segment and stage")
    page.locator("#rows td a").first.press("Enter")
    expect(page.locator(".result-count")).to_contain_text("deal")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").last.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Win rate by segment and stage")


def test_the_overview_is_arranged_by_keyboard_and_keeps_the_focus(
    visit: Visit, leader: User
) -> None:
    page = visit("/dashboard/arrangement/", by=leader)
    second = page.locator(".arrangement-line").nth(1)
    title = second.locator("label").inner_text().strip()
    second.get_by_role("button", name="up").press("Enter")
    first = page.locator(".arrangement-line").first
    expect(first).to_contain_text(title)
    expect(first.get_by_role("button", name="down")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"/dashboard/$"))
