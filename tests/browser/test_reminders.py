"""The page of reminders in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices.services import Due, keep_notices
from people.models import User
from tests.browser.conftest import Visit
from tests.browser.test_frame import LOOKS, faults
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rita(db: None) -> User:
    person: User = UserFactory.create(username="rita", full_name="Rita Reed")
    now = timezone.now()
    days = {"shown_from": now - timedelta(days=2), "shown_until": now + timedelta(days=9)}
    dues = [
        Due(person.pk, "a", "Debrief “Harbour roll-out” (Brightwater)", "/", due_at=now, **days),
        Due(person.pk, "b", "3 debriefs in your teams are overdue", "/", **days),
    ]
    keep_notices("tests.waiting", about=["a", "b"], dues=dues)
    return person


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_page_is_accessible(visit: Visit, rita: User, width: int, theme: str) -> None:
    page = visit("/reminders/", by=rita, width=width, theme=theme)
    assert faults(page) == []


def test_a_wish_is_kept_by_keyboard(visit: Visit, rita: User) -> None:
    page = visit("/reminders/", by=rita)
    page.focus("[name=channel]")
    page.keyboard.press("n")
    page.press("[name=calendar]", "Enter")
    page.click("text=Save")
    page.get_by_text("Saved.").wait_for()
    assert User.objects.get(pk=rita.pk).channel == "none"
