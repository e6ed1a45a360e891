"""Pages that keep people, and the API's document, in a real browser."""

import pytest

from people import services
from people.models import User
from tests.browser.conftest import Visit
from tests.browser.test_frame import LOOKS, faults
from tests.factories import AdminFactory, MembershipFactory, NamedByImportFactory, TeamFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(db: None) -> User:
    admin: User = AdminFactory.create(username="ada", full_name="Ada Adeyemi")
    company = TeamFactory.create(name="Northwind", kind="company")
    atlas = services.create_team("Atlas", parent=company, manager=admin, by=admin)
    MembershipFactory.create(team=atlas, user__full_name="Rita Reed")
    NamedByImportFactory.create(full_name="Darcel Schlecht")
    return admin


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_pages_that_keep_people_are_accessible(
    visit: Visit, admin: User, width: int, theme: str
) -> None:
    page = visit("/people/", by=admin, width=width, theme=theme)
    found = faults(page)
    rita = User.objects.get(full_name="Rita Reed").pk
    for path in (
        "/people/new",
        f"/people/{rita}/",
        f"/people/{rita}/edit",
        f"/people/{rita}/move",
        "/teams/",
        "/you/tokens/",
        "/api/v1/docs",
    ):
        page.goto(path)
        found += faults(page)
    assert found == []


def test_the_first_admin_comes_in_by_the_link(visit: Visit) -> None:
    page = visit(f"/setup/{services.create_setup_link()}/")
    assert page.url.endswith("/setup/")
    page.fill("[name=full_name]", "Ada Adeyemi")
    page.fill("[name=username]", "ada")
    page.fill("[name=email]", "ada@example.com")
    page.fill("[name=password]", "a long enough pass phrase")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/setup" not in url)
    assert User.objects.get().is_admin
