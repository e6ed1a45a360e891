"""A deal that closes, opens and closes again gets another debrief; the first one is kept."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common.clock import company_today
from deals.models import Closing, Deal, Outcome
from deals.services import close_deal, reopen_deal
from debriefs.models import Debrief, DebriefRequest
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_draft
from outbox.relay import relay
from people.models import User
from playbook.forms import PlaybookForm
from playbook.queries import search
from tests.debriefs.submissions import FIELDS
from tests.factories import DealFactory

pytestmark = pytest.mark.usefixtures("defaults")


def lose(deal: Deal, *, by: User) -> Closing:
    lost = Outcome.LOST_TO_COMPETITOR
    closing = close_deal(deal, closed_on=company_today(), outcome=lost, by=by)
    relay()
    return closing


def write(closing: Closing, *, by: User, lesson: str) -> Debrief:
    debrief = begin_debrief(closing, author=by)
    changes = {**FIELDS, "answers.do_differently.text": lesson}
    save_draft(debrief, base_revision=0, writer="w1", changes=changes)
    submit_draft(closing.pk, submission_id=uuid4(), by=by)
    relay()
    return debrief


def found(viewer: User) -> list[tuple[str, bool, bool]]:
    form = PlaybookForm({"scope": "all"})
    assert form.is_valid()
    return [(hit.excerpt, hit.is_reopened, hit.counts) for hit in search(form.query(), viewer).hits]


def test_each_closing_is_asked_for_written_and_kept(
    rep: User, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    deal = DealFactory.create(owner=rep, name="Harbour roll-out")
    first = lose(deal, by=rep)
    earlier = write(first, by=rep, lesson="Call finance first.")
    reopen_deal(deal, by=rep)
    relay()
    assert found(outsider) == [("Call finance first.", True, True)]
    assert DebriefRequest.objects.open().count() == 0

    second = lose(deal, by=rep)
    asked = DebriefRequest.objects.open().get()
    assert (second.number, asked.closing, asked.person) == (2, second, rep)
    page = signed_in(rep).get(reverse("debriefs:form", args=[second.pk]))
    assert (page.status_code, page.context["work"].typed) == (200, {})

    later = write(second, by=rep, lesson="Name the sponsor.")
    assert later != earlier
    assert found(outsider) == [
        ("Name the sponsor.", False, True),
        ("Call finance first.", True, True),
    ]
    assert DebriefRequest.objects.open().count() == 0
    detail = signed_in(outsider).get(reverse("playbook:detail", args=[earlier.pk]))
    assert [view.debrief_id for view in detail.context["page"].other_closings] == [later.pk]
    assert "Reopened since" in detail.content.decode()


def test_the_first_closings_debrief_is_no_view_of_the_second(
    rep: User, outsider: User, signed_in: Callable[[User], Client]
) -> None:
    deal = DealFactory.create(owner=rep)
    first = lose(deal, by=rep)
    write(first, by=rep, lesson="Call finance first.")
    reopen_deal(deal, by=rep)
    second = lose(deal, by=rep)
    begin_debrief(second, author=outsider)
    assert Debrief.objects.visible_to(outsider).submitted().count() == 1
    beside = signed_in(outsider).get(reverse("playbook:side_by_side", args=[first.pk]))
    assert len(beside.context["page"].voices) == 1
    nothing = signed_in(rep).get(reverse("playbook:side_by_side", args=[second.pk]))
    assert nothing.status_code == 404
