"""Nothing typed is lost when the line, the session or the server goes, on either size of screen."""

import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from deals.models import Closing
from debriefs.models import DebriefVersion, Draft
from debriefs.services.defaults import install_defaults
from debriefs.services.drafts import begin_debrief, save_draft
from people.models import User
from tests.browser.conftest import Visit
from tests.browser.served import Served
from tests.browser.test_debrief_form import (
    LESSON,
    LESSON_BOX,
    PATIENCE,
    come_back,
    end_sessions,
    form_of,
    kept,
    ready,
    says,
    sign_in,
    wait_for,
)
from tests.debriefs.submissions import FIELDS
from tests.factories import UserFactory, closed_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [390, 1280]
RATED = (
    "pain_points", "decision_makers", "priorities", "value_roi",
    "objections", "positioning", "internal_roadblocks", "external_factors",
)  # fmt: skip
NOTICED = "The server does not answer."


@pytest.fixture
def rep(db: None) -> User:
    install_defaults()
    return UserFactory.create(username="rita", full_name="Rita Rep")


@pytest.fixture
def lost(rep: User) -> Closing:
    return closed_deal(owner=rep, name="Harbour roll-out")


def all_on_one_page(page: Page) -> Page:
    """So that a phone's test reaches every answer without going through the steps."""
    if page.locator("#step-client").is_hidden():
        page.get_by_role("button", name="All on one page").click()
        page.locator('[data-way="page"][data-ready]').wait_for(timeout=PATIENCE)
    return page


def answer(page: Page, key: str) -> dict[str, str]:
    """Rate and write one answer; what the draft should hold of it."""
    page.locator(f'[name="answers.{key}.rating"][value="partly"]').check()
    page.locator(f'[name="answers.{key}.text"]').fill(f"About {key}.")
    return {f"answers.{key}.rating": "partly", f"answers.{key}.text": f"About {key}."}


@pytest.mark.parametrize("width", SIZES)
def test_the_line_is_cut_for_the_middle_half_of_the_answers(
    visit: Visit, rep: User, lost: Closing, width: int
) -> None:
    page = all_on_one_page(ready(visit(form_of(lost), by=rep, width=width)))
    expected: dict[str, str] = {}
    for place, key in enumerate(RATED):
        if place == 2:
            says(page, "Saved")
            page.context.set_offline(True)
        if place == 6:
            says(page, "Offline, kept on this device")
            page.context.set_offline(False)
        expected |= answer(page, key)
    says(page, "Saved")
    wait_for(expected)


@pytest.mark.parametrize("width", SIZES)
def test_an_hour_offline_and_back(visit: Visit, rep: User, lost: Closing, width: int) -> None:
    page = visit("/debriefs/", by=rep, width=width)
    page.clock.install()
    page.goto(form_of(lost))
    page = all_on_one_page(ready(page))
    page.context.set_offline(True)
    page.locator(LESSON_BOX).fill("Typed before the tunnel.")
    page.clock.fast_forward("30:00")
    page.locator(LESSON_BOX).fill("Typed before the tunnel, and in it.")
    page.clock.fast_forward("30:00")
    says(page, "Offline, kept on this device")
    page.context.set_offline(False)
    page.clock.run_for(10_000)
    says(page, "Saved")
    wait_for({LESSON: "Typed before the tunnel, and in it."})


def test_two_devices_merge_what_differs_and_show_what_collides(
    visit: Visit, rep: User, lost: Closing
) -> None:
    laptop = ready(visit(form_of(lost), by=rep))
    phone = all_on_one_page(ready(visit(form_of(lost), by=rep, width=390)))
    expected = answer(laptop, "pain_points")
    says(laptop, "Saved")
    expected |= answer(phone, "objections")
    says(phone, "Saved")
    come_back(laptop)
    expect(laptop.locator('[name="answers.objections.text"]')).to_have_value("About objections.")
    wait_for(expected)

    phone.locator(LESSON_BOX).fill("From the phone.")
    says(phone, "Saved")
    laptop.locator(LESSON_BOX).fill("From the laptop.")
    conflict = laptop.locator(".debrief-conflict")
    expect(conflict.locator("[data-theirs]")).to_have_text("From the phone.", timeout=PATIENCE)
    expect(conflict.locator("[data-mine]")).to_have_text("From the laptop.")
    assert kept() == {**expected, LESSON: "From the phone."}
    conflict.get_by_role("button", name="Keep this one").click()
    wait_for({**expected, LESSON: "From the laptop."})


@pytest.mark.parametrize("width", SIZES)
def test_a_session_that_ends_in_the_quick_debrief(
    visit: Visit, rep: User, lost: Closing, width: int
) -> None:
    page = ready(visit(f"{form_of(lost)}quick/", by=rep, width=width))
    page.keyboard.press("2")
    says(page, "Saved")
    end_sessions()
    page.locator('[name="reasons.1.basis"]').first.check()
    page.locator(LESSON_BOX).fill("Typed after the session ended.")
    page.get_by_role("link", name="Sign in again").wait_for(timeout=PATIENCE)
    sign_in(page, rep)
    come_back(page)
    says(page, "Saved")
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/receipt/", timeout=PATIENCE)
    version = DebriefVersion.objects.get()
    assert version.answers.get().text == "Typed after the session ended."


@pytest.fixture
def served() -> Iterator[Served]:
    server = Served(str(connection.settings_dict["NAME"]))
    server.start()
    yield server
    server.kill()


def opened(browser: Browser, served: Served, path: str, by: User, width: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, base_url=served.url, reduced_motion="reduce"
    )
    client = Client()
    client.force_login(by)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": served.url}])
    page = context.new_page()
    page.goto(path, wait_until="load")
    return page


@pytest.mark.parametrize("width", SIZES)
def test_the_server_is_killed_while_it_submits_and_starts_again(
    browser: Browser, served: Served, rep: User, lost: Closing, width: int
) -> None:
    debrief = begin_debrief(lost, author=rep)
    save_draft(debrief, base_revision=0, writer="a", changes=FIELDS)
    page = opened(browser, served, f"{form_of(lost)}check/", rep, width)
    with transaction.atomic():
        Draft.objects.select_for_update().get()
        page.get_by_role("button", name="Submit the debrief").click()
        expect(page.locator("#submit-status")).to_have_text("Submitting…")
        _wait_for_a_blocked_submission()
        served.kill()
        expect(page.locator("#submit-status")).to_contain_text(NOTICED, timeout=PATIENCE)
    assert (DebriefVersion.objects.count(), kept()) == (0, FIELDS)
    served.start()
    page.wait_for_url("**/receipt/", timeout=PATIENCE)
    page.get_by_text("Debrief submitted. Thank you.").wait_for(timeout=PATIENCE)
    assert DebriefVersion.objects.count() == 1
    page.context.close()


def _wait_for_a_blocked_submission() -> None:
    """Until the server's own connection waits for the row that this test holds."""
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(blocked)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise TimeoutError("Nothing waits for the draft.")


def test_a_reply_that_is_lost_on_the_way_makes_one_debrief(
    visit: Visit, rep: User, lost: Closing
) -> None:
    page = ready(visit(f"{form_of(lost)}quick/", by=rep))
    replies: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        reply = route.fetch(max_redirects=0)
        replies.append(reply.status)
        if len(replies) == 1:
            route.abort()
        else:
            route.fulfill(response=reply)

    page.route("**/quick/", lose_the_first)
    page.keyboard.press("2")
    page.locator('[name="reasons.1.basis"]').first.check()
    page.locator(LESSON_BOX).fill("Sent twice.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/receipt/", timeout=PATIENCE)
    assert replies == [200, 200]
    assert DebriefVersion.objects.get().answers.get().text == "Sent twice."
