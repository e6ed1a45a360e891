"""The reason list, the triage and a manager's judgement in a real browser."""

import pytest

from debriefs.models import CitedReason, CodedText, DebriefVersion, LossReason, ReasonGroup
from debriefs.services.reasons import Part, rename_reason, split_reason
from debriefs.services.triage import code_text_as_new
from people.models import User
from tests.browser.conftest import Visit
from tests.browser.test_frame import LOOKS, faults
from tests.factories import (
    AdminFactory,
    MembershipFactory,
    TeamFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(db: None) -> User:
    """An admin who also manages the rep who wrote two debriefs."""
    admin: User = AdminFactory.create(username="ada", full_name="Ada Adeyemi")
    team = TeamFactory.create(name="Atlas", manager=admin)
    rep = UserFactory.create(full_name="Rita Reed")
    MembershipFactory.create(user=rep, team=team)
    price, other = LossReason.objects.get(key="price"), LossReason.objects.get(key="other")
    for name, reason in (("Harbour roll-out", price), ("Mill renewal", other)):
        submitted_debrief(closing=closed_deal(owner=rep, name=name), reasons=[reason])
    CitedReason.objects.filter(reason=other).update(text="Their building flooded in March.")
    DebriefVersion.objects.update(unmet_need="Single sign-on in the smaller plan.")
    code_text_as_new(
        DebriefVersion.objects.latest("pk"), CodedText.UNMET_NEED, name="Single sign-on", by=admin
    )
    rename_reason(LossReason.objects.get(key="terms"), "Terms of contract", by=admin)
    split_reason(price, [Part("List price"), Part("Running cost")], by=admin)
    return admin


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_pages_about_reasons_are_accessible(
    visit: Visit, admin: User, width: int, theme: str
) -> None:
    page = visit("/debriefs/reasons/", by=admin, width=width, theme=theme)
    found = faults(page)
    price = LossReason.objects.get(key="price").pk
    written = CitedReason.objects.get(reason=price).version.debrief_id
    for path in (
        f"/debriefs/reasons/{price}/",
        "/debriefs/reasons/new/",
        f"/debriefs/reasons/{LossReason.objects.get(key='incumbent').pk}/split/",
        f"/debriefs/reasons/groups/{ReasonGroup.objects.get(key='commercial').pk}/",
        "/debriefs/triage/",
        "/debriefs/triage/?show=split",
        "/debriefs/triage/?show=unmet_need",
        "/debriefs/triage/?show=done",
        "/debriefs/triage/codes/unmet_need/",
        f"/debriefs/{written}/judge/",
        f"/playbook/debriefs/{written}/",
    ):
        page.goto(path)
        found += faults(page)
    assert found == []


def test_a_reason_is_split_and_a_citation_recoded_without_a_script_of_ours(
    visit: Visit, admin: User
) -> None:
    page = visit("/debriefs/triage/?show=split", by=admin)
    page.get_by_role("button", name="List price").click()
    assert "Noted as “List price”." in page.content()
    page.get_by_role("link", name="Done").click()
    page.get_by_role("row", name="Harbour roll-out").get_by_role("button").click()
    assert "Taken back: it waits again." in page.content()
