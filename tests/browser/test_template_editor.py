"""The template editor in a real browser: a template is changed, and no old answer with it."""

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from debriefs.edits import AddRule, AddSection
from debriefs.models import Answer, Audience, Debrief, Draft, QuestionTemplate, TemplateVersion
from debriefs.questions import (
    OUTCOME,
    Comparison,
    Condition,
    Effect,
    Rule,
    default_version,
)
from debriefs.services import templates
from debriefs.services.defaults import install_defaults
from debriefs.services.drafts import begin_debrief, save_draft
from people.models import User
from playbook.services import rebuild_entries
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.debriefs.submissions import FIELDS
from tests.factories import (
    AdminFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from trends.engine import run
from trends.query import TrendQuery
from trends.services import rebuild

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
SAID_NO = {"objections": {"rating": "no", "text": "They asked twice."}}
NEW_WORDS = "Did their objections open a door for us?"


@pytest.fixture
def admin(db: None) -> User:
    cache.clear()
    install_defaults()
    return AdminFactory.create(username="ada", full_name="Ada Admin")


@pytest.fixture
def template(admin: User) -> QuestionTemplate:
    return default_version().template


@pytest.fixture
def draft(template: QuestionTemplate) -> TemplateVersion:
    return templates.begin_draft(template)


def editor_of(template: QuestionTemplate) -> str:
    return f"/debriefs/templates/{template.pk}/draft/"


def order(page: Page, section: str) -> list[str]:
    cards = page.locator(f'[data-list="questions"][data-section="{section}"] > [data-key]')
    return [str(each.get_attribute("data-key")) for each in cards.all()]


def pages_of(reader: User, debriefs: list[Debrief]) -> list[str]:
    """What a reader is shown of each debrief, without what differs with each request."""
    client = Client()
    client.force_login(reader)
    shown = []
    for debrief in debriefs:
        page = client.get(reverse("playbook:detail", args=[debrief.pk])).content.decode()
        shown.append(re.sub(r'(nonce|value|data-key)="[^"]*"', "", page))
    return shown


def losses_answered_no() -> dict[str, int]:
    rebuild()
    query = TrendQuery(
        measure="lost", by=("question",), since=date(2026, 1, 1), until=date(2026, 12, 31)
    )
    return {row.keys[0].label: row.n for row in run(query, None).rows if row.n}


def test_a_template_with_forty_debriefs_is_changed_and_nothing_old_with_it(
    visit: Visit, admin: User, template: QuestionTemplate
) -> None:
    first = default_version()
    rep = UserFactory.create(username="rita", full_name="Rita Rep")
    forty = [submitted_debrief(closing=closed_deal(owner=rep), answers=SAID_NO) for _ in range(40)]
    begun_on = closed_deal(owner=rep, name="Harbour roll-out")
    begun = begin_debrief(begun_on, author=rep)
    save_draft(
        begun,
        base_revision=0,
        writer="a",
        changes={**FIELDS, "answers.objections.rating": "no", "answers.positioning.rating": "yes"},
    )
    rebuild_entries()
    before = pages_of(rep, forty)

    page = visit(f"/debriefs/templates/{template.pk}/", by=admin)
    page.get_by_role("button", name="Change the questions").click()
    _reword(page)
    _reorder_by_keyboard(page)
    _add(page)
    _retire(page)
    page.get_by_role("link", name="Check and publish").click()
    shown = page.locator(".difference-name").all_inner_texts()
    assert [each.split(" ", 1)[1] for each in shown] == [
        "Was our solution aligned with the client's most pressing business priorities?",
        NEW_WORDS,
        "Which of our people did they trust most?",
        "How well did we show that we are the better choice than the competitors?",
    ]
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()

    assert pages_of(rep, forty) == before
    assert {each.template_version_id for each in Debrief.objects.all()} == {first.pk}
    _submit(visit(f"/debriefs/closings/{begun_on.pk}/check/", by=rep))
    begun.refresh_from_db()
    assert (begun.template_version, Draft.objects.count()) == (first, 0)
    kept = Answer.objects.filter(version=begun.current_version_id).values_list("key", flat=True)
    assert sorted(kept) == ["do_differently", "objections", "positioning"]
    _debrief_on_the_new_version(visit, rep)
    assert losses_answered_no() == {NEW_WORDS: 42}


def _reword(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Change “Did we turn the client's objections")).click()
    page.get_by_label("Question", exact=False).first.fill(NEW_WORDS)
    page.get_by_role("radio", name=re.compile("It asks the same")).check()
    page.get_by_role("button", name="Save in the draft").click()


def _reorder_by_keyboard(page: Page) -> None:
    assert order(page, "client") == ["pain_points", "decision_makers", "priorities"]
    page.get_by_role("button", name=re.compile("Move “Was our solution.*up")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("moved=priorities"))
    page.keyboard.press("Enter")
    expect(page.locator('[data-section="client"] > [data-key]').first).to_have_attribute(
        "data-key", "priorities"
    )
    assert order(page, "client") == ["priorities", "pain_points", "decision_makers"]


def _add(page: Page) -> None:
    page.get_by_role("link", name="Add a question to “Our offer against theirs”").click()
    page.get_by_role("link", name=re.compile("^Short text")).click()
    page.get_by_label("Question", exact=False).first.fill(
        "Which of our people did they trust most?"
    )
    page.get_by_role("button", name="Save in the draft").click()


def _retire(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Retire “How well did we show")).click()
    page.get_by_role("button", name="Take it out of the draft").click()


def _submit(page: Page) -> None:
    expect(
        page.get_by_text("Did we turn the client's objections into openings?").first
    ).to_be_visible()
    page.get_by_role("button", name="Submit the debrief").click()
    page.wait_for_url(re.compile("/receipt/"))


def _debrief_on_the_new_version(visit: Visit, rep: User) -> None:
    closing = closed_deal(owner=rep, name="Second harbour")
    debrief = begin_debrief(closing, author=rep)
    assert debrief.template_version.number == 2
    changes = {**FIELDS, "answers.objections.rating": "no"}
    save_draft(debrief, base_revision=0, writer="a", changes=changes)
    page = visit(f"/debriefs/closings/{closing.pk}/check/", by=rep)
    expect(page.get_by_text(NEW_WORDS).first).to_be_visible()
    page.get_by_role("button", name="Submit the debrief").click()
    page.wait_for_url(re.compile("/receipt/"))


def test_a_question_is_dragged_into_another_section(
    visit: Visit, admin: User, template: QuestionTemplate, draft: TemplateVersion
) -> None:
    page = visit(editor_of(template), by=admin)
    page.locator('html[data-sortable="ready"]').wait_for()
    page.evaluate("scrollTo(0, 350)")
    start = page.locator('[data-key="priorities"] [data-grip]').bounding_box()
    end = page.locator('[data-key="objections"]').bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 2, steps=12)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] / 2 + 4, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("#item-priorities"))
    assert "priorities" in order(page, "offer")
    assert order(page, "client") == ["pain_points", "decision_makers"]


def test_a_reorder_on_a_page_that_is_out_of_date_is_refused(
    visit: Visit, admin: User, template: QuestionTemplate, draft: TemplateVersion
) -> None:
    page = visit(editor_of(template), by=admin)
    templates.edit_draft(draft, AddSection("Meanwhile", Audience.SALES), revision=0)
    page.get_by_role("button", name=re.compile("Move “Was our solution.*up")).click()
    expect(page.get_by_text("Somebody changed this draft")).to_be_visible()
    assert order(page, "client") == ["pain_points", "decision_makers", "priorities"]
    expect(page.get_by_role("heading", name="Meanwhile")).to_be_visible()


def test_the_trial_follows_the_conditions_and_saves_nothing(
    visit: Visit, admin: User, template: QuestionTemplate, draft: TemplateVersion
) -> None:
    hidden = Condition("objections", Comparison.ONE_OF, ("yes",))
    templates.edit_draft(draft, AddRule(Rule((hidden,), Effect.HIDE, "positioning")), revision=0)
    page = visit(f"{editor_of(template)}preview/", by=admin)
    frame = page.frame_locator('iframe[title="The form on a laptop"]')
    asked = frame.locator("#answers-positioning-rating")
    expect(asked).to_be_visible()
    frame.locator('[name="answers.objections.rating"][value="yes"]').check()
    expect(asked).to_be_hidden()
    frame.get_by_role("button", name="Check your answers").last.click()
    refused = frame.get_by_role("link", name="Choose the reason that weighed most.")
    expect(refused).to_be_visible()
    assert Debrief.objects.count() == 0


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_of_the_editor_is_accessible(
    visit: Visit, admin: User, template: QuestionTemplate, width: int, theme: str
) -> None:
    with transaction.atomic():
        draft = templates.begin_draft(template)
        if_won = Condition(OUTCOME, Comparison.ONE_OF, ("won",))
        rule = Rule((if_won,), Effect.HIDE, "objections")
        draft = templates.edit_draft(draft, AddRule(rule), revision=0)
        templates.edit_draft(draft, AddSection("Empty", Audience.SALES), revision=1)
        large = templates.change_scope(
            templates.create_template("Large deals"), revision=0, outcomes=["won"]
        )
    base, large_base = editor_of(template), editor_of(large.template)
    up = base.removesuffix("draft/")
    paths = [
        "/debriefs/templates/", "/debriefs/templates/new/", "/debriefs/templates/import/",
        up, f"{up}difference/", f"{up}versions/1/restore/", base, f"{base}preview/",
        f"{base}preview/form/", f"{base}publish/", f"{base}discard/", f"{base}retire/client/",
        f"{base}new-section/", f"{base}sections/client/", f"{base}sections/client/questions/new/",
        f"{base}sections/client/questions/new/?kind=choice", f"{base}questions/objections/",
        f"{base}factors/timing/", f"{base}conditions/of/objections/",
        f"{base}conditions/of/objections/?on=pain_points", f"{base}conditions/0/",
        f"{base}conditions/0/?on=outcome", f"{large_base}scope/",
    ]  # fmt: skip
    page = visit(paths[0], by=admin, width=width, theme=theme)
    found = {}
    for path in paths:
        page.goto(path)
        if complaints := violations(page):
            found[path] = complaints
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert found == {}
