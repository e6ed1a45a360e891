"""The playbook in a real browser: found, narrowed, read and compared, by everybody who can."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from deals.models import Outcome
from debriefs.models import Debrief
from people.models import User
from playbook.services import rebuild_entries
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import (
    AccountFactory,
    CitedReasonFactory,
    CompetitorFactory,
    LossReasonFactory,
    ProductFactory,
    TemplateVersionFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from tests.playbook.test_detail import DEFINITION
from trends.services import rebuild

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory.create(username="rita", full_name="Rita Adeyemi")


@pytest.fixture
def debriefs(reader: User) -> list[Debrief]:
    """Three debriefs of alike deals, one of them won, with all that a page can show."""
    rival, product = CompetitorFactory.create(name="Norvik"), ProductFactory.create(name="Stratus")
    price = LossReasonFactory.create(name="Price")
    template = TemplateVersionFactory.create(definition=DEFINITION, number=7)
    made = []
    for number, outcome in enumerate(
        (Outcome.LOST_TO_COMPETITOR, Outcome.NO_DECISION, Outcome.WON)
    ):
        closing = closed_deal(
            name=f"Rollout {number}",
            owner=reader,
            account=AccountFactory.create(name=f"Kessler {number}"),
            product=product,
            competitors=[rival],
            closing={"outcome": outcome, "closed_on": date(2026, 10, 1 + number)},
        )
        made.append(
            submitted_debrief(
                closing=closing,
                template_version=template,
                reasons=[price],
                answers={
                    "value_roi": {"text": "The pilot <b>went</b> well.", "audience": "company"},
                    "do_differently": {"text": "Call finance first.", "audience": "company"},
                    "for_my_coach": {"text": "I was afraid.", "audience": "private"},
                },
                factors={"timing": -2, "budget": 1},
            )
        )
    CitedReasonFactory.create(
        version=made[0].current_version, rank=2, quote="You were too dear for us."
    )
    rebuild_entries()
    rebuild()
    return made


def faults(page: Page) -> list[str]:
    """What breaks accessibility, or makes the page scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return violations(page) + ([f"{page.url} scrolls sideways"] if wide else [])


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_is_accessible(
    visit: Visit, reader: User, debriefs: list[Debrief], width: int, theme: str
) -> None:
    deal = debriefs[0].closing.deal
    reason = debriefs[0].current_version.reasons.get(rank=1).reason_id  # type: ignore[union-attr]
    page = visit("/playbook/", by=reader, width=width, theme=theme)
    found = faults(page)
    for path in (
        "/playbook/?q=pilot&outcome=lost&since=2026-01-01",
        "/playbook/?q=nowhere",
        f"/playbook/debriefs/{debriefs[0].pk}/",
        f"/playbook/competitor/{deal.competitors.get().pk}/",
        f"/playbook/account/{deal.account_id}/",
        f"/playbook/product/{deal.product_id}/",
        f"/playbook/reason/{reason}/",
        f"/playbook/similar/{deal.pk}/",
    ):
        page.goto(path, wait_until="networkidle")
        found += faults(page)
    assert found == []


@pytest.mark.usefixtures("debriefs")
def test_a_reader_searches_narrows_and_lets_go_again(visit: Visit, reader: User) -> None:
    page = visit("/playbook/", by=reader)
    page.get_by_role("searchbox", name="Search debriefs").fill("pilot -snow")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="debriefs")).to_contain_text("3 debriefs")
    expect(page.locator(".hit-words mark").first).to_have_text("pilot")
    page.get_by_role("navigation", name="Filters").get_by_role("link", name="Won").click()
    expect(page.locator(".entry h2")).to_have_text(["Rollout 2"])
    page.locator(".chip", has_text="Outcome: Won").click()
    expect(page.locator(".entry h2")).to_have_text(["Rollout 2", "Rollout 1", "Rollout 0"])


def test_a_debrief_brings_its_similar_lost_deals(
    visit: Visit, reader: User, debriefs: list[Debrief]
) -> None:
    page = visit(f"/playbook/debriefs/{debriefs[0].pk}/", by=reader)
    expect(page.get_by_role("heading", name="Similar deals that we lost")).to_be_visible()
    expect(page.locator(".similar-list h3 a")).to_have_text(["Rollout 1"])
    page.get_by_role("link", name="Won ones too").click()
    expect(page.locator(".similar-list h3 a")).to_have_text(["Rollout 2", "Rollout 1"])


def test_a_debrief_prints_without_what_is_for_the_screen(
    visit: Visit, reader: User, debriefs: list[Debrief]
) -> None:
    page = visit(f"/playbook/debriefs/{debriefs[0].pk}/", by=reader)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator("#similar")).to_be_hidden()
    expect(page.locator(".lesson")).to_contain_text("Call finance first.")
