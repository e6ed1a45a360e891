"""The debrief's form in a real browser: nothing that was typed is lost."""

import json
import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from deals.models import Closing
from debriefs.models import DebriefVersion, Draft
from debriefs.services.defaults import install_defaults
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_debrief
from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.debriefs.submissions import FIELDS, FIRST, full
from tests.factories import DebriefRequestFactory, UserFactory, closed_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
LESSON = "answers.do_differently.text"
LESSON_BOX = f'[name="{LESSON}"]'
PATIENCE = 20_000


@pytest.fixture
def rep(db: None) -> User:
    install_defaults()
    return UserFactory.create(username="rita", full_name="Rita Rep")


@pytest.fixture
def lost(rep: User) -> Closing:
    return closed_deal(owner=rep, name="Harbour roll-out")


def form_of(closing: Closing) -> str:
    return f"/debriefs/closings/{closing.pk}/"


def ready(page: Page) -> Page:
    page.locator("#debrief-form[data-ready]").wait_for(timeout=PATIENCE)
    return page


def says(page: Page, words: str) -> None:
    expect(page.locator("#draft-status")).to_have_text(words, timeout=PATIENCE)


def kept() -> dict[str, str]:
    return Draft.objects.get().values


def wait_for(values: dict[str, str]) -> None:
    """Fails unless the draft on the server soon holds these values."""
    until = time.monotonic() + PATIENCE / 1000
    while kept() != values and time.monotonic() < until:
        time.sleep(0.1)
    assert kept() == values


def copies(page: Page) -> list[str]:
    return list(page.evaluate("Object.values(localStorage)"))


def come_back(page: Page) -> None:
    """What a browser tells a page whose window is looked at again."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_what_was_typed_survives_a_reload(visit: Visit, rep: User, lost: Closing) -> None:
    page = ready(visit(form_of(lost), by=rep))
    page.locator(LESSON_BOX).press_sequentially("Meet the finance head.")
    page.get_by_role("radio", name="Partly").first.check()
    says(page, "Saved")
    assert kept() == {LESSON: "Meet the finance head.", "answers.pain_points.rating": "partly"}
    ready_again = ready(_reloaded(page))
    expect(ready_again.locator(LESSON_BOX)).to_have_value("Meet the finance head.")
    assert copies(page) == []


def _reloaded(page: Page) -> Page:
    page.reload()
    return page


def test_a_lost_connection_loses_nothing(visit: Visit, rep: User, lost: Closing) -> None:
    page = ready(visit(form_of(lost), by=rep))
    page.locator(LESSON_BOX).fill("Before the cut.")
    says(page, "Saved")
    page.context.set_offline(True)
    page.locator(LESSON_BOX).fill("Before the cut. And during it.")
    says(page, "Offline, kept on this device")
    [sealed] = copies(page)
    assert "during" not in sealed
    page.close()

    context = page.context
    context.set_offline(False)
    later = context.new_page()
    later.goto(form_of(lost))
    expect(later.locator(LESSON_BOX)).to_have_value("Before the cut. And during it.")
    says(later, "Saved")
    assert kept() == {LESSON: "Before the cut. And during it."}
    assert copies(later) == []


def test_a_connection_that_comes_back_saves_by_itself(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    page.context.set_offline(True)
    page.locator(LESSON_BOX).fill("Typed in the train.")
    says(page, "Offline, kept on this device")
    page.context.set_offline(False)
    says(page, "Saved")
    assert kept() == {LESSON: "Typed in the train."}


def test_two_tabs_show_both_versions_and_overwrite_nothing(
    visit: Visit, rep: User, lost: Closing
) -> None:
    first = ready(visit(form_of(lost), by=rep))
    second = first.context.new_page()
    second.goto(form_of(lost))
    ready(second)
    first.locator(LESSON_BOX).fill("From the first tab.")
    says(first, "Saved")
    second.locator(LESSON_BOX).fill("From the <b>second</b> tab.")
    conflict = second.locator(".debrief-conflict")
    expect(conflict.locator("[data-mine]")).to_have_text(
        "From the <b>second</b> tab.", timeout=PATIENCE
    )
    expect(conflict.locator("[data-theirs]")).to_have_text("From the first tab.")
    assert kept() == {LESSON: "From the first tab."}

    conflict.get_by_role("button", name="Keep this one").click()
    says(second, "Saved")
    assert kept() == {LESSON: "From the <b>second</b> tab."}
    come_back(first)
    expect(first.locator(LESSON_BOX)).to_have_value("From the <b>second</b> tab.")


def test_taking_the_other_version_settles_a_conflict_too(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    save_draft(
        begin_debrief(lost, author=rep),
        base_revision=0,
        writer="phone",
        changes={LESSON: "From the phone."},
    )
    page.locator(LESSON_BOX).fill("From the laptop.")
    page.get_by_role("button", name="Take this one").click(timeout=PATIENCE)
    says(page, "Saved")
    expect(page.locator(LESSON_BOX)).to_have_value("From the phone.")
    assert kept() == {LESSON: "From the phone."}


def test_question_mark_lists_the_keys_but_is_a_letter_while_typing(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    page.locator(LESSON_BOX).focus()
    page.keyboard.type("Why?")
    expect(page.locator("#debrief-keys")).to_be_hidden()
    page.locator('[name="runner_up.was"]').first.focus()
    page.keyboard.press("?")
    expect(page.locator("#debrief-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(LESSON_BOX)).to_have_value("Why?")


def test_a_session_that_ends_asks_to_sign_in_beside_the_draft(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    end_sessions()
    page.locator(LESSON_BOX).fill("Typed after the session ended.")
    link = page.get_by_role("link", name="Sign in again")
    expect(link).to_be_visible(timeout=PATIENCE)
    expect(page.locator(LESSON_BOX)).to_have_value("Typed after the session ended.")

    sign_in(page, rep)
    come_back(page)
    says(page, "Saved")
    expect(link).to_be_hidden()
    assert kept() == {LESSON: "Typed after the session ended."}


def test_somebody_else_who_signs_in_never_sees_the_draft(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    end_sessions()
    page.locator(LESSON_BOX).fill("Between me and my coach.")
    page.get_by_role("link", name="Sign in again").wait_for(timeout=PATIENCE)
    sign_in(page, UserFactory.create(username="nosy"))
    come_back(page)
    page.get_by_text("Somebody else is signed in now.").wait_for(timeout=PATIENCE)
    assert "Between me and my coach." not in page.content()
    page.reload()
    expect(ready(page).locator(LESSON_BOX)).to_have_value("")
    assert not Draft.objects.filter(debrief__author=rep).exists()

    sign_in(page, rep)
    page.reload()
    expect(page.locator(LESSON_BOX)).to_have_value("Between me and my coach.", timeout=PATIENCE)
    says(page, "Saved")


def end_sessions() -> None:
    Session.objects.all().delete()
    cache.clear()


def sign_in(page: Page, person: User) -> None:
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = page.evaluate("location.origin")
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": origin}]
    )


def test_a_double_click_and_the_back_button_make_one_debrief(
    visit: Visit, rep: User, lost: Closing
) -> None:
    debrief = begin_debrief(lost, author=rep)
    save_draft(debrief, base_revision=0, writer="a", changes=FIELDS)
    page = visit(f"{form_of(lost)}check/", by=rep)
    page.get_by_role("button", name="Submit the debrief").dblclick()
    page.wait_for_url("**/receipt/", timeout=PATIENCE)
    page.go_back()
    if page.url.endswith("/check/"):
        page.get_by_role("button", name="Submit the debrief").click()
        page.wait_for_url("**/receipt/", timeout=PATIENCE)
    assert DebriefVersion.objects.count() == 1


def test_a_phone_goes_section_by_section(visit: Visit, rep: User, lost: Closing) -> None:
    page = ready(visit(form_of(lost), by=rep, width=390))
    expect(page.get_by_text("Section 1 of 7")).to_be_visible()
    expect(page.locator("#step-client")).to_be_hidden()
    page.locator('[name="reasons.1.reason"][value="price"]').check()
    page.locator("#step-outcome").get_by_role("button", name="Save and go on").click()
    expect(page.locator("#step-client")).to_be_visible()
    expect(page.locator("#step-outcome")).to_be_hidden()
    assert page.url.endswith("?section=2")
    page.go_back()
    expect(page.locator("#step-outcome")).to_be_visible()
    says(page, "Saved")
    assert kept() == {"reasons.1.reason": "price"}


def test_answers_too_long_are_named_and_the_others_kept(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(form_of(lost), by=rep))
    page.locator('[name="answers.for_my_coach.text"]').fill("Kept all the same.")
    page.locator(LESSON_BOX).evaluate(
        """(box) => { box.removeAttribute("maxlength"); box.value = "x".repeat(100000);
        box.dispatchEvent(new Event("input", {bubbles: true})); }"""
    )
    error = page.locator("#answers-do_differently-text-error")
    expect(error).to_contain_text("has 100,000 characters", timeout=PATIENCE)
    wait_for({"answers.for_my_coach.text": "Kept all the same."})
    says(page, "Not saved: see the marked answers")


def test_what_is_typed_never_runs_as_a_script(visit: Visit, rep: User, lost: Closing) -> None:
    attack = """</textarea><script>document.title="run"</script><img src=x onerror="document.title='run'">"""
    names = json.loads(
        visit(form_of(lost), by=rep).evaluate(
            "JSON.stringify([...document.querySelectorAll('#debrief-form textarea')].map(t => t.name))"
        )
    )
    debrief = begin_debrief(lost, author=rep)
    save_draft(debrief, base_revision=0, writer="a", changes=dict.fromkeys(names, attack))
    for path in (form_of(lost), f"{form_of(lost)}check/"):
        page = visit(path, by=rep)
        page.wait_for_load_state("networkidle")
        assert page.title() != "run"


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_are_accessible(
    visit: Visit, rep: User, lost: Closing, width: int, theme: str
) -> None:
    begun, done = closed_deal(owner=rep), closed_deal(owner=rep)
    DebriefRequestFactory.create(closing=lost)
    submit_debrief(begin_debrief(done, author=rep), full(), submission_id=FIRST, by=rep)
    save_draft(begin_debrief(begun, author=rep), base_revision=0, writer="a", changes=FIELDS)
    page = ready(visit(form_of(begun), by=rep, width=width, theme=theme))
    found = _faults(page)
    for path in (
        "/debriefs/",
        *(f"{form_of(begun)}?section={number}" for number in range(2, 8)),
        f"{form_of(begun)}?correct=1",
        f"{form_of(lost)}quick/",
        f"{form_of(begun)}quick/?backlog=0",
        f"{form_of(begun)}check/",
        f"{form_of(done)}receipt/",
    ):
        page.goto(path)
        found += _faults(page)
    assert found == []


def _faults(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return violations(page) + ([f"{page.url} scrolls sideways"] if wide else [])
