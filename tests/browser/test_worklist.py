"""“Your debriefs” and what can become of a request, in a real browser."""

import pytest
from django.utils import timezone

from debriefs.models import DebriefRequest
from debriefs.services.defaults import install_defaults
from debriefs.services.requests import open_requests
from people.models import User
from tests.browser.conftest import Visit
from tests.browser.test_frame import LOOKS, faults
from tests.factories import ManagerFactory, MembershipFactory, TeamFactory, UserFactory, closed_deal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rita(db: None) -> User:
    """She is asked for one debrief; Theo is her teammate and Mona their manager."""
    install_defaults()
    mona = ManagerFactory.create(username="mona", full_name="Mona Moss")
    atlas = TeamFactory.create(name="Atlas", manager=mona)
    rita: User = UserFactory.create(username="rita", full_name="Rita Reed")
    theo = UserFactory.create(username="theo", full_name="Theo Tran")
    for person in (rita, theo):
        MembershipFactory.create(user=person, team=atlas)
    closing = closed_deal(
        owner=rita, name="Harbour roll-out", closing={"closed_on": timezone.now().date()}
    )
    open_requests([closing.pk])
    return rita


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_list_and_its_pages_are_accessible(
    visit: Visit, rita: User, width: int, theme: str
) -> None:
    request = DebriefRequest.objects.get()
    page = visit("/debriefs/", by=rita, width=width, theme=theme)
    page.locator("summary", has_text="Not now").click()
    found = faults(page)
    for name in ("snooze", "hand-over", "dismiss"):
        page.goto(f"/debriefs/requests/{request.pk}/{name}/")
        found += faults(page)
    mona = User.objects.get(username="mona")
    found += faults(visit("/debriefs/", by=mona, width=width, theme=theme))
    assert found == []


def test_a_request_is_put_off_and_handed_over_by_keyboard(visit: Visit, rita: User) -> None:
    page = visit("/debriefs/", by=rita, width=390)
    page.focus(".debrief-not-now > summary")
    page.keyboard.press("Enter")
    page.press(".debrief-snooze button", "Enter")
    page.get_by_text("comes back on").wait_for()
    page.focus(".debrief-not-now > summary")
    page.keyboard.press("Enter")
    page.press("text=Hand it over", "Enter")
    page.focus("[name=to]")
    page.keyboard.type("Theo")
    page.fill("[name=because]", "He led the last two calls.")
    page.press("button:has-text('Hand over')", "Enter")
    page.get_by_text("Theo Tran is asked for").wait_for()
    assert DebriefRequest.objects.get().person.username == "theo"
