"""What changed, in a real browser: with signals, with none, and when one is taken up by keyboard."""

import pytest
import time_machine
from playwright.sync_api import expect

from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import SignalFactory
from tests.trends.signals.world import NOW, company_losing, rising
from trends.models import Signal
from trends.signals.services import look_for_signals

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
LIST = "/dashboard/signals/"


@pytest.fixture
def told(manager: User) -> Signal:
    """A rise with its deals, and one that is over."""
    with time_machine.travel(NOW, tick=False):
        company_losing(rising)
        report = look_for_signals()
    assert report is not None
    SignalFactory.create(state="over", ended_on="2026-11-21", ended_because="back")
    return report.told[0]


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_they_break_no_rule_and_no_width(
    visit: Visit, manager: User, told: Signal, width: int, theme: str
) -> None:
    for path in (LIST, f"{LIST}{told.pk}/"):
        page = visit(path, by=manager, width=width, theme=theme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_empty_list_breaks_no_rule(visit: Visit, manager: User, theme: str) -> None:
    page = visit(LIST, by=manager, theme=theme)
    expect(page.get_by_role("heading", name="Nothing has changed beyond chance")).to_be_visible()
    assert violations(page) == []


def test_one_is_explained_by_keyboard(visit: Visit, manager: User, told: Signal) -> None:
    page = visit(f"{LIST}{told.pk}/", by=manager)
    choice = page.get_by_label("What we make of it")
    choice.focus()
    choice.select_option("Explained")
    page.keyboard.press("Tab")
    page.keyboard.type("They gave a month for free.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="They gave a month")).to_be_visible()
    told.refresh_from_db()
    assert told.state == "explained"
