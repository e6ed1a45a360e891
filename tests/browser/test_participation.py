"""The participation page in a real browser, with data and with none."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from common.clock import company_today
from people.models import Team, User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import (
    DebriefRequestFactory,
    MembershipFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from trends.participation.quality import measure_all
from trends.services import rebuild

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
PATH = "/dashboard/participation/"


@pytest.fixture
def loaded(manager: User, team: Team) -> None:
    """Six people with a debriefed and a waiting deal each."""
    for _ in range(6):
        person = UserFactory.create()
        MembershipFactory.create(user=person, team=team)
        for days in (20, 3):
            day = company_today() - timedelta(days=days)
            closing = closed_deal(owner=person, closing={"closed_on": day})
            if days == 20:
                answers = {"pain_points": {"text": "Late", "audience": "sales"}}
                submitted_debrief(closing=closing, answers=answers)
            else:
                DebriefRequestFactory.create(closing=closing)
    measure_all()
    rebuild()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_it_breaks_no_rule_and_no_width(
    visit: Visit, manager: User, width: int, theme: str
) -> None:
    for path in (PATH, f"{PATH}deals/?of=one_word", f"{PATH}?since=2020-01-01&until=2020-02-01"):
        page = visit(path, by=manager, width=width, theme=theme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.usefixtures("loaded")
def test_a_count_opens_as_many_deals(visit: Visit, manager: User) -> None:
    page = visit(PATH, by=manager)
    page.get_by_role("link", name="6 deals closed 3 to 7 days ago").click()
    expect(page.locator(".result-count")).to_have_text("6 deals, worth USD 6,000")
