"""Views side by side and versions in a real browser, read by everybody who can."""

import pytest
from playwright.sync_api import expect

from debriefs.models import Debrief
from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import (
    AnswerFactory,
    CitedReasonFactory,
    DebriefRequestFactory,
    DebriefVersionFactory,
    LossReasonFactory,
    TemplateVersionFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from tests.playbook.test_detail import DEFINITION

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory.create(username="rita", full_name="Rita Adeyemi")


@pytest.fixture
def debrief(reader: User) -> Debrief:
    """Two views of a deal; the reader's has two versions."""
    closing = closed_deal(owner=reader, name="Harbour roll-out")
    template = TemplateVersionFactory.create(definition=DEFINITION, number=7)
    price = LossReasonFactory.create(name="Price")
    mine = submitted_debrief(
        closing=closing,
        template_version=template,
        reasons=[price],
        answers={
            "value_roi": {"rating": "no", "text": "The sheet came late.", "audience": "company"},
            "objections": {"rating": "yes", "audience": "sales"},
        },
        factors={"timing": -2},
    )
    mine.current_version = DebriefVersionFactory.create(debrief=mine)
    mine.save()
    CitedReasonFactory.create(version=mine.current_version, reason=price)
    for key, rating, text in (
        ("value_roi", "partly", "The sheet came far too late."),
        ("objections", "yes", ""),
    ):
        AnswerFactory.create(version=mine.current_version, key=key, rating=rating, text=text)
    engineer = UserFactory.create(full_name="Enno Engineer")
    DebriefRequestFactory.create(closing=closing, person=engineer, asked_by=reader)
    submitted_debrief(
        closing=closing,
        author=engineer,
        template_version=template,
        reasons=[LossReasonFactory.create(name="No access to the decision-maker")],
        answers={
            "value_roi": {"rating": "no", "text": "Nobody read it.", "audience": "sales"},
            "objections": {"rating": "yes", "audience": "sales"},
        },
        factors={"timing": 1},
    )
    return mine


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_both_pages_break_no_rule_and_no_width(
    visit: Visit, reader: User, debrief: Debrief, width: int, theme: str
) -> None:
    for path in (
        f"/playbook/closings/{debrief.closing_id}/",
        f"/playbook/debriefs/{debrief.pk}/versions/?from=1&to=2",
        f"/debriefs/closings/{debrief.closing_id}/ask/",
    ):
        page = visit(path, by=reader, width=width, theme=theme)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_disagreement_is_said_in_words_and_can_be_singled_out(
    visit: Visit, reader: User, debrief: Debrief
) -> None:
    page = visit(f"/playbook/closings/{debrief.closing_id}/", by=reader)
    expect(page.get_by_role("heading", name="Primary reason Disagree")).to_be_visible()
    expect(page.get_by_role("heading", name="Did we turn objections? Agree")).to_be_visible()
    page.get_by_role("link", name="Show only where they differ").click()
    expect(page.get_by_role("heading", name="Did we turn objections?")).to_have_count(0)


def test_two_versions_are_chosen_and_compared(visit: Visit, reader: User, debrief: Debrief) -> None:
    page = visit(f"/playbook/debriefs/{debrief.pk}/versions/", by=reader)
    expect(page.locator("ins")).to_have_text(["far too "])
    page.locator("#from").select_option("2")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".result-count")).to_contain_text("0 of 3 answers")
