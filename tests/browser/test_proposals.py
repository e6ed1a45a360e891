"""A proposed reason on the form: taken by keyboard, never by itself."""

import pytest
from playwright.sync_api import expect

from deals.models import Closing
from debriefs.models import Draft
from debriefs.services.defaults import install_defaults
from debriefs.services.proposals import keep_proposer
from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.debriefs.coded import write_coded_debriefs
from tests.factories import UserFactory, closed_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rep(db: None) -> User:
    install_defaults()
    return UserFactory.create(username="rita", full_name="Rita Rep")


@pytest.fixture
def noted(rep: User) -> Closing:
    """A lost deal with notes that speak for the price, and enough debriefs to know."""
    write_coded_debriefs(120, owner=rep)
    assert keep_proposer()
    return closed_deal(
        owner=rep,
        name="Harbour roll-out",
        notes="Second call. They found us far too expensive.\nNext step: none.",
    )


def test_use_this_chooses_the_card_by_keyboard_and_keeps_it(
    visit: Visit, rep: User, noted: Closing
) -> None:
    page = visit(f"/debriefs/closings/{noted.pk}/", by=rep)
    page.wait_for_selector("form[data-ready]")
    card = page.locator('input[name="reasons.1.reason"][value="price"]')
    button = page.get_by_role("button", name="Use this reason: Price")
    expect(button).to_be_visible()
    expect(card).not_to_be_checked()
    button.focus()
    page.keyboard.press("Enter")
    expect(card).to_be_checked()
    expect(card).to_be_focused()
    expect(page.locator("#draft-status")).to_have_text("Saved")
    assert Draft.objects.get().values == {"reasons.1.reason": "price"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_proposal_is_accessible(
    visit: Visit, rep: User, noted: Closing, width: int, theme: str
) -> None:
    page = visit(f"/debriefs/closings/{noted.pk}/", by=rep, width=width, theme=theme)
    expect(page.locator(".proposal mark").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
