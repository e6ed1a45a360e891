"""Several people debrief one deal: who asks whom, and that nobody reads another's first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Closing
from debriefs.errors import CannotBeAsked, NotClosed, NotTheirs
from debriefs.models import (
    Answer,
    CitedReason,
    Debrief,
    DebriefRequest,
    FactorScore,
    LossReason,
    closings_owed_by,
)
from debriefs.queries.counting import CountingDebrief, counting_debriefs
from debriefs.queries.owed import closing_ids_owed_by, closing_ids_withheld_from
from debriefs.services.drafts import begin_debrief, discard_draft
from debriefs.services.requests import dismiss_request
from debriefs.services.submission import submit_debrief
from debriefs.services.voices import ask_for_debrief
from outbox.models import Event
from people.models import User
from tests.debriefs.submissions import FIRST, quick
from tests.factories import NamedByImportFactory, submitted_debrief

SignIn = Callable[[User], Client]


@pytest.fixture
def written(lost: Closing, price: LossReason) -> Debrief:
    """The owner's submitted debrief."""
    return submitted_debrief(
        closing=lost,
        reasons=[price],
        answers={"pain_points": {"text": "Too late.", "audience": "company"}},
        factors={"timing": -1},
    )


def counting(person: User) -> dict[int, CountingDebrief]:
    """The debriefs that count and their primary reasons, by the querysets that hold the rules."""
    primary = CitedReason.objects.visible_to(person).filter(rank=1)
    reasons = dict(primary.values_list("version", "reason__name"))
    return {
        each.closing_id: CountingDebrief(each.pk, reasons.get(each.current_version_id or 0, ""))
        for each in Debrief.objects.visible_to(person).counting()
    }


def reads(person: User) -> tuple[int, int, int, int]:
    """How many debriefs, answers, factors and reasons the person sees in all.

    The rule by hand says the same as the rule in querysets, whatever happened.
    """
    owed = closings_owed_by(person).values_list("closing", flat=True)
    assert closing_ids_owed_by(person) == set(owed)
    said = Debrief.objects.exclude(current_version=None).filter(closing__in=set(owed))
    assert closing_ids_withheld_from(person) == {each.closing_id for each in said}
    assert counting_debriefs([each.pk for each in Closing.objects.all()], person) == counting(
        person
    )
    return (
        Debrief.objects.visible_to(person).count(),
        Answer.objects.visible_to(person).count(),
        FactorScore.objects.visible_to(person).count(),
        CitedReason.objects.visible_to(person).count(),
    )


ALL, NONE = (1, 1, 1, 1), (0, 0, 0, 0)


@pytest.mark.usefixtures("written")
def test_whoever_is_not_asked_and_has_not_begun_reads_it(
    rep: User, teammate: User, manager: User, outsider: User, admin: User, partner: User
) -> None:
    assert [reads(each) for each in (rep, teammate, manager, outsider, admin)] == [ALL] * 5
    assert reads(partner) == (1, 1, 0, 0)


def test_whoever_has_begun_reads_nothing_of_it_until_they_submit(
    lost: Closing, written: Debrief, teammate: User, outsider: User
) -> None:
    mine = begin_debrief(lost, author=teammate)
    assert reads(teammate) == (1, 0, 0, 0)
    assert list(Debrief.objects.withheld_from(teammate)) == [written]
    assert reads(outsider) == ALL
    submit_debrief(mine, quick(), submission_id=FIRST, by=teammate)
    assert reads(teammate) == (2, 2, 1, 2)
    assert Debrief.objects.withheld_from(teammate).count() == 0


@pytest.mark.usefixtures("written")
def test_whoever_discards_what_they_began_reads_it(lost: Closing, teammate: User) -> None:
    mine = begin_debrief(lost, author=teammate)
    discard_draft(mine, by=teammate)
    assert reads(teammate) == ALL


@pytest.mark.usefixtures("written")
def test_a_manager_who_is_asked_reads_nothing_of_it_until_they_decline(
    lost: Closing, rep: User, manager: User, admin: User
) -> None:
    request = ask_for_debrief(lost, person=manager, by=rep)
    assert reads(manager) == NONE
    assert reads(admin) == ALL
    dismiss_request(request, because="I was on leave.", by=manager)
    assert reads(manager) == ALL


def test_the_owner_whom_the_closing_asks_reads_no_second_view_first(
    lost: Closing, rep: User, teammate: User, manager: User
) -> None:
    submitted_debrief(closing=lost, author=teammate, reasons=[])
    DebriefRequest.objects.create(closing=lost, person=rep, due_at=timezone.now())
    assert Debrief.objects.visible_to(rep).count() == 0
    assert Debrief.objects.visible_to(manager).count() == 1


@pytest.mark.usefixtures("written")
def test_a_request_of_a_deal_opened_again_keeps_nothing_back(
    lost: Closing, rep: User, outsider: User
) -> None:
    ask_for_debrief(lost, person=outsider, by=rep)
    Closing.objects.update(reopened_at=timezone.now())
    assert reads(outsider) == ALL


def test_what_an_author_amends_stays_theirs_to_read(written: Debrief, rep: User) -> None:
    DebriefRequest.objects.create(closing=written.closing, person=rep, due_at=timezone.now())
    assert reads(rep) == ALL


@time_machine.travel("2026-10-06T09:00:00Z", tick=False)
def test_asking_is_for_the_owner_the_managers_above_and_admins(
    lost: Closing, rep: User, manager: User, admin: User, outsider: User, other_manager: User
) -> None:
    for by in (rep, manager, admin):
        ask_for_debrief(lost, person=outsider, by=by)
    for by in (outsider, other_manager):
        with pytest.raises(NotTheirs):
            ask_for_debrief(lost, person=manager, by=by)
    request = DebriefRequest.objects.get()
    assert (request.person, request.asked_by) == (outsider, rep)
    assert request.due_at - request.requested_at == timedelta(hours=48)
    asked = Event.objects.filter(kind="debrief_request.asked")
    assert [event.payload for event in asked] == [
        {"request_id": request.pk, "deal_id": lost.deal_id}
    ]


def test_asking_again_opens_a_request_that_was_declined(
    lost: Closing, rep: User, manager: User
) -> None:
    request = ask_for_debrief(lost, person=manager, by=rep)
    dismiss_request(request, because="Not now.", by=manager)
    assert ask_for_debrief(lost, person=manager, by=rep) == request
    request.refresh_from_db()
    assert (request.dismissed_at, request.dismissed_because) == (None, "")
    assert Event.objects.filter(kind="debrief_request.asked").count() == 2
    assert Event.objects.filter(kind="debrief_request.decided").count() == 2


def test_nobody_is_asked_who_can_not_answer(
    lost: Closing, written: Debrief, rep: User, manager: User, partner: User
) -> None:
    for person in (manager, partner, NamedByImportFactory.create(), rep):
        with pytest.raises(CannotBeAsked):
            ask_for_debrief(lost, person=person, by=manager)
    Closing.objects.update(reopened_at=timezone.now())
    with pytest.raises(NotClosed):
        ask_for_debrief(lost, person=written.author, by=manager)


def test_whoever_was_asked_declines_in_words_that_whoever_asks_reads(
    lost: Closing, rep: User, outsider: User, signed_in: SignIn
) -> None:
    request = ask_for_debrief(lost, person=outsider, by=rep)
    address = reverse("debriefs:dismiss", args=[request.pk])
    client = signed_in(outsider)
    assert "Why have you no view of it?" in client.get(address).content.decode()
    done = client.post(address, {"because": "I only sent the quote."}, follow=True)
    assert "Noted: you have no view of “Harbour roll-out”." in done.content.decode()
    asked = signed_in(rep).get(reverse("debriefs:ask", args=[lost.pk])).context["asked"]
    assert [each.state for each in asked] == ["declined: I only sent the quote."]


def test_the_page_asks_and_says_who_was_asked(
    lost: Closing, rep: User, outsider: User, signed_in: SignIn
) -> None:
    client = signed_in(rep)
    address = reverse("debriefs:ask", args=[lost.pk])
    page = client.post(address, {"person": outsider.pk}, follow=True)
    assert [(each.person, each.asked_by, each.state) for each in page.context["asked"]] == [
        ("Olga Outsider", "Rita Rep", "open")
    ]
    refused = client.post(address, {"person": outsider.pk})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["person"])
    mine = signed_in(outsider).get(reverse("debriefs:mine")).context["work"].waiting.items
    assert [(item.deal, item.asked_by) for item in mine] == [("Harbour roll-out", "Rita Rep")]
