"""Questions of every kind and their conditions, by keyboard, on a phone and on a laptop."""

import pytest
from playwright.sync_api import Page, expect

from deals.models import Closing
from debriefs.models import Answer, Draft
from debriefs.services.defaults import install_defaults
from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.browser.test_debrief_form import LOOKS, PATIENCE, form_of, ready, says, wait_for
from tests.debriefs.every_kind import publish
from tests.factories import UserFactory, closed_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rep(db: None) -> User:
    install_defaults()
    publish()
    return UserFactory.create(username="rita", full_name="Rita Rep")


@pytest.fixture
def lost(rep: User) -> Closing:
    return closed_deal(owner=rep, name="Harbour roll-out")


def heard(page: Page, words: str) -> None:
    """What a screen reader is told, politely."""
    expect(page.locator("#debrief-path-status")).to_have_text(words, timeout=PATIENCE)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def test_conditions_follow_the_keyboard_without_moving_the_focus(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    tender = page.locator("#step-tendering")
    gap = page.locator('[data-question="fit_gap"]')
    expect(tender).to_be_hidden()
    page.locator('[name="answers.fit.value"]').first.focus()
    page.keyboard.press("2")
    expect(gap).to_be_visible()
    expect(gap.locator("label").first).to_have_text("What did not fit?* (required)")
    heard(page, "Now asked: What did not fit?")
    assert focused(page) == "answers.fit.value"
    page.keyboard.press("Tab")
    page.keyboard.type("The size.")
    says(page, "Saved")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("5")
    expect(gap).to_be_hidden()
    heard(
        page,
        "No longer asked: What did not fit? What you typed there is kept until you submit.",
    )
    page.keyboard.press("3")
    expect(gap.locator("textarea")).to_have_value("The size.")
    expect(gap.locator("[data-required]")).to_be_hidden()

    page.locator('[name="answers.procedure.value"]').first.focus()
    page.keyboard.press("1")
    expect(tender).to_be_visible()
    expect(page.locator('.debrief-index a[data-goto="3"]')).to_be_visible()
    heard(page, "Now asked: The tender.")
    page.locator('[name="answers.bidders.value"]').fill("12,500")
    page.keyboard.press("Tab")
    expect(page.locator('[name="answers.bidders.value"]')).to_have_value("12500")
    expect(page.locator('[data-required="due"]')).to_be_visible()
    says(page, "Saved")


def test_boxes_are_chosen_and_taken_back_by_keys(visit: Visit, rep: User, lost: Closing) -> None:
    page = ready(visit(form_of(lost), by=rep))
    page.locator('[type=checkbox][name="answers.people.value"]').first.focus()
    for key in ("1", "3"):
        page.keyboard.press(key)
    says(page, "Saved")
    wait_for({"answers.people.value": "it\nboard"})
    page.keyboard.press("1")
    wait_for({"answers.people.value": "board"})
    page.keyboard.press("0")
    wait_for({"answers.people.value": ""})
    says(page, "Saved")


def test_a_phone_skips_a_hidden_step_both_ways(visit: Visit, rep: User, lost: Closing) -> None:
    page = ready(visit(form_of(lost), by=rep, width=390))
    current = page.locator(".debrief-step.is-current")
    page.keyboard.press("Control+Enter")
    expect(current).to_have_id("step-buying")
    expect(current.locator(".debrief-progress")).to_contain_text("Section 2 of 5")
    page.keyboard.press("Control+Enter")
    expect(current).to_have_id("step-next_time")
    current.get_by_role("button", name="Back").click()
    expect(current).to_have_id("step-buying")
    page.get_by_role("radio", name="A tender").check()
    expect(current.locator(".debrief-progress")).to_contain_text("Section 2 of 6")
    page.keyboard.press("Control+Enter")
    expect(current).to_have_id("step-tendering")
    says(page, "Saved")


def test_two_versions_of_what_is_no_longer_asked_can_be_settled(
    visit: Visit, rep: User, lost: Closing
) -> None:
    first = ready(visit(form_of(lost), by=rep))
    first.locator('[name="answers.fit.value"][value="1"]').evaluate("each => each.click()")
    says(first, "Saved")
    second = first.context.new_page()
    second.goto(form_of(lost))
    ready(second)
    gap = '[name="answers.fit_gap.text"]'
    first.locator(gap).fill("From the first.")
    says(first, "Saved")
    second.locator(gap).evaluate(
        "each => { each.value = 'From the second.'; each.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    second.locator('[name="answers.fit.value"][value="5"]').evaluate("each => each.click()")
    conflict = second.locator(".debrief-conflict")
    expect(conflict).to_be_visible(timeout=PATIENCE)
    conflict.get_by_role("button", name="Take this one").click()
    expect(conflict).to_have_count(0)
    second.locator('[name="answers.mood.value"]').first.focus()
    expect(second.locator('[data-question="fit_gap"]')).to_be_hidden()
    says(second, "Saved")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_debrief_of_every_kind_is_submitted_and_read(
    visit: Visit, rep: User, lost: Closing, width: int
) -> None:
    page = ready(visit(form_of(lost), by=rep, width=width))
    everything = {
        "answers.fit.value": "2",
        "answers.procedure.value": "tender",
        "answers.mood.value": "5",
    }
    texts = {
        "answers.bidders.value": "7",
        "answers.due.value": "2026-02-28",
        "answers.portal.text": "e-Vergabe",
        "answers.fit_gap.text": "The size.",
        "answers.do_differently.text": "Meet the finance head.",
    }
    choices = {**everything, "reasons.1.reason": "incumbent", "reasons.1.basis": "guess"}
    for name, value in choices.items():
        page.locator(f'[name="{name}"][value="{value}"]').evaluate("each => each.click()")
    for name, value in texts.items():
        page.locator(f'[name="{name}"]').evaluate(
            "(each, value) => { each.value = value; each.dispatchEvent(new Event('input', {bubbles: true})); }",
            value,
        )
    says(page, "Saved")
    page.goto(f"{form_of(lost)}check/")
    for words in ("2 of 5", "A tender", "7 bidders", "28 February 2026"):
        expect(page.locator(".debrief-check")).to_contain_text(words)
    assert violations(page) == []
    page.get_by_role("button", name="Submit the debrief").click()
    expect(page.locator("h1")).to_have_text("Debrief submitted. Thank you.")
    kept = dict(Answer.objects.exclude(value=None).values_list("key", "value"))
    assert kept == {"fit": 2, "procedure": "tender", "bidders": "7", "due": "2026-02-28", "mood": 5}
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_kind_is_accessible_at_any_width_in_either_theme(
    visit: Visit, rep: User, lost: Closing, width: int, theme: str
) -> None:
    page = ready(visit(form_of(lost), by=rep, width=width, theme=theme))
    page.locator('[name="answers.procedure.value"][value="tender"]').evaluate("e => e.click()")
    page.locator('[name="answers.fit.value"][value="1"]').evaluate("e => e.click()")
    for number in range(1, 7):
        if width < 992:
            page.evaluate(
                "n => document.querySelectorAll('[data-step]').forEach("
                "s => s.classList.toggle('is-current', s.dataset.step === String(n)))",
                number,
            )
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    says(page, "Saved")
