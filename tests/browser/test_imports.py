"""Imports, names and rates in a real browser: accessible, and done from upload to result."""

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from deals.imports.worker import work_on
from deals.models import Deal, ImportRun, Product
from deals.services import entry_named
from people.models import User
from tests.browser.axe import violations
from tests.browser.conftest import Visit
from tests.factories import AdminFactory, ProductFactory, RateFactory

DATA = Path(__file__).parents[1] / "deals" / "data"
FILES = [
    DATA / name
    for name in ("sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv")
]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leader() -> User:
    return AdminFactory.create(username="leader")


def test_files_are_imported_from_upload_to_result_and_each_page_is_accessible(
    visit: Visit, leader: User
) -> None:
    page = visit(reverse("deals:import_create"), by=leader)
    assert violations(page) == []
    page.get_by_label("CSV or JSON files").set_input_files(FILES)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("deal_stage")).to_have_value("stage")
    assert violations(page) == []
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("Being checked").first).to_be_visible()
    run = ImportRun.objects.get()
    work_on(run.pk)
    page.get_by_role("button", name="Import 40 rows and add 7 people").click(timeout=15_000)
    work_on(run.pk)
    expect(page.get_by_role("heading", name="People added")).to_be_visible(timeout=15_000)
    assert violations(page) == []
    assert Deal.objects.count() == 40


@pytest.mark.parametrize("name", ["deals:review_list", "deals:rate_list"])
@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_pages_of_names_and_rates_break_no_rule_of_accessibility(
    visit: Visit, leader: User, name: str, width: int, theme: str
) -> None:
    ProductFactory.create(name="GTX Pro")
    entry_named(Product, "GTXPro")
    RateFactory.create(since=date(2026, 1, 1))
    page = visit(reverse(name), by=leader, width=width, theme=theme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
