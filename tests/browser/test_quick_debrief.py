"""The quick debrief by keyboard alone, on a phone's and a laptop's size."""

import time

import pytest
from playwright.sync_api import Page, expect

from deals.models import Closing
from debriefs.models import DebriefVersion, Draft
from debriefs.services.defaults import install_defaults
from people.models import User
from tests.browser.conftest import Visit
from tests.browser.test_debrief_form import LESSON, LESSON_BOX, PATIENCE, form_of, ready, says
from tests.factories import DebriefRequestFactory, UserFactory, closed_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Meet the finance head? 1 call earlier."
MOST_SECONDS = 90
# A practised typist's pace, in seconds a key.
A_KEY = 0.2


@pytest.fixture
def rep(db: None) -> User:
    install_defaults()
    return UserFactory.create(username="rita", full_name="Rita Rep")


@pytest.fixture
def lost(rep: User) -> Closing:
    return closed_deal(owner=rep, name="Harbour roll-out")


class Keys:
    """A keyboard that counts; text counts by itself, a letter a press."""

    def __init__(self, page: Page) -> None:
        self._keyboard = page.keyboard
        self.pressed = 0
        self.typed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._keyboard.press(key)
            self.pressed += 1

    def type(self, words: str) -> None:
        self._keyboard.type(words)
        self.typed += len(words)


def quick_of(closing: Closing) -> str:
    return f"{form_of(closing)}quick/"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_quick_debrief_by_keyboard_alone(
    visit: Visit, rep: User, lost: Closing, width: int
) -> None:
    page = ready(visit(quick_of(lost), by=rep, width=width))
    keys, began = Keys(page), time.monotonic()
    keys.press("2", "Tab", "1", "Tab")
    keys.type(WORDS)
    keys.press("Control+Enter")
    page.wait_for_url("**/receipt/", timeout=PATIENCE)
    machine = time.monotonic() - began
    version = DebriefVersion.objects.get()
    assert list(version.reasons.values_list("reason__key", "basis")) == [("terms", "buyer_said")]
    assert list(version.answers.values_list("key", "text")) == [("do_differently", WORDS)]
    person = (keys.pressed + keys.typed) * A_KEY
    assert (keys.pressed, keys.typed) == (5, len(WORDS))
    assert machine + person < MOST_SECONDS


def test_the_backlog_by_keyboard_alone(visit: Visit, rep: User) -> None:
    closings = [closed_deal(owner=rep, name=f"Deal {place}") for place in (1, 2)]
    for closing in closings:
        DebriefRequestFactory.create(closing=closing)
    page = ready(visit("/debriefs/backlog/", by=rep))
    expect(page.get_by_text("1 of 2")).to_be_visible()
    for place in (1, 2):
        expect(page.locator("h1")).to_have_text(f"Deal {place}", timeout=PATIENCE)
        keys = Keys(ready(page))
        keys.press("2", "Tab", "3", "Tab")
        keys.type("Ask.")
        keys.press("Control+Enter")
    page.get_by_text("That was all: 2 submitted, 0 left for later.").wait_for(timeout=PATIENCE)
    assert DebriefVersion.objects.count() == 2


def test_what_is_missing_is_shown_and_nothing_is_lost(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(quick_of(lost), by=rep))
    page.locator(LESSON_BOX).fill("Ask earlier.")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("link", name="Choose the reason that weighed most.").wait_for(timeout=PATIENCE)
    expect(page.locator(LESSON_BOX)).to_have_value("Ask earlier.")
    ready(page).keyboard.press("2")
    page.locator('[name="reasons.1.basis"]').first.check()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/receipt/", timeout=PATIENCE)
    assert DebriefVersion.objects.count() == 1


def test_the_rest_is_added_on_the_same_draft(visit: Visit, rep: User, lost: Closing) -> None:
    page = ready(visit(quick_of(lost), by=rep))
    page.locator(LESSON_BOX).fill("Ask earlier.")
    page.get_by_role("button", name="Add the rest").click()
    page.wait_for_url(f"**{form_of(lost)}", timeout=PATIENCE)
    expect(ready(page).locator(LESSON_BOX)).to_have_value("Ask earlier.")
    assert Draft.objects.get().values == {LESSON: "Ask earlier."}


def test_a_laptop_can_go_section_by_section_and_a_phone_see_all(
    visit: Visit, rep: User, lost: Closing
) -> None:
    laptop = ready(visit(form_of(lost), by=rep))
    expect(laptop.locator("#step-client")).to_be_visible()
    laptop.locator(LESSON_BOX).fill("Kept on the way.")
    laptop.get_by_role("button", name="Section by section").click()
    laptop.locator('[data-way="steps"][data-ready]').wait_for(timeout=PATIENCE)
    expect(laptop.locator("#step-client")).to_be_hidden()
    expect(laptop.get_by_text("Section 1 of 7, about")).to_be_visible()
    laptop.locator("#step-outcome").get_by_role("button", name="Save and go on").click()
    expect(laptop.get_by_text("Section 2 of 7, about")).to_be_visible()
    listed = laptop.locator('[data-goto][aria-current="true"]')
    for number in range(2, 8):
        expect(listed).to_have_attribute("data-goto", str(number))
        if number < 7:
            laptop.locator(".is-current").get_by_role("button", name="Save and go on").click()

    phone = ready(visit(form_of(lost), by=rep, width=390))
    expect(phone.locator("#step-client")).to_be_hidden()
    phone.get_by_role("button", name="All on one page").click()
    phone.locator('[data-way="page"][data-ready]').wait_for(timeout=PATIENCE)
    expect(phone.locator("#step-client")).to_be_visible()
    expect(phone.locator(LESSON_BOX)).to_have_value("Kept on the way.")
    says(phone, "Saved")
