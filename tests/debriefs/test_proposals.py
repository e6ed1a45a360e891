"""A reason proposed from the notes: what it is learned from, when, and who sees it."""

import io
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from deals.imports.engine import run_import
from deals.models import Closing, Outcome
from deals.services.imports import ask_for_run, take_files
from debriefs.models import (
    Audience,
    Debrief,
    DebriefVersion,
    LossReason,
    ReasonJudgement,
    ReasonProposer,
    Recoding,
)
from debriefs.proposals.coded import FEWEST_DEBRIEFS, NO_REASON
from debriefs.queries.coded import case_of, coded_debriefs
from debriefs.queries.proposals import proposal_for
from debriefs.queries.work import find_work
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.proposals import FEWEST_FRESH, keep_proposer
from debriefs.tasks import learn_from_debriefs
from people.models import User
from reflection.environment import PROJECT_ROOT
from tests.debriefs.coded import write_coded_debriefs
from tests.factories import (
    CompetitorFactory,
    DealAttributeFactory,
    LossReasonFactory,
    PartnerFactory,
    closed_deal,
    submitted_debrief,
)

NOTED = PROJECT_ROOT / "tests/deals/data/deals_with_notes.json"
NOTES = "Second call. They found us far too expensive.\nNext step: none."


@pytest.fixture
def learned(defaults: None, rep: User) -> None:
    write_coded_debriefs(120, owner=rep)
    assert keep_proposer()


@pytest.fixture
def noted(defaults: None, rep: User) -> Closing:
    """A lost deal whose notes speak for the price."""
    return closed_deal(owner=rep, name="Harbour roll-out", notes=NOTES)


def proposed(user: User, closing: Closing) -> str | None:
    work = find_work(user, closing.pk)
    assert work is not None
    found = proposal_for(work)
    return found.reason.key if found else None


# --- What is learned from


def test_notes_facts_and_what_the_debrief_says_are_learned_from(
    price: LossReason, rep: User
) -> None:
    rival = CompetitorFactory.create()
    closing = closed_deal(owner=rep, notes="Too dear.", competitors=[rival])
    DealAttributeFactory.create(deal=closing.deal, key="Lost reason", value="Budget")
    DealAttributeFactory.create(deal=closing.deal, key="Lead source", value="Fair")
    submitted_debrief(
        closing=closing,
        reasons=[price],
        answers={"value_roi": {"text": "They saw no payback."}, "priorities": {"text": ""}},
    )
    (one,) = coded_debriefs()
    assert (one.case.notes, one.reason, one.told) == (
        "Budget\nToo dear.", price.pk, "They saw no payback."
    )  # fmt: skip
    assert one.case.facts == (
        "outcome:lost_to_competitor", f"stage:{closing.stage_id}", "met:yes"
    )  # fmt: skip
    assert case_of(closing.pk) == one.case


def test_private_answers_are_not_learned_from(price: LossReason, noted: Closing) -> None:
    answers = {"for_my_coach": {"text": "I was nervous.", "audience": Audience.PRIVATE}}
    submitted_debrief(closing=noted, reasons=[price], answers=answers)
    assert [each.told for each in coded_debriefs()] == [""]


def test_facts_that_a_person_corrected_are_not_learned_from(
    price: LossReason, noted: Closing
) -> None:
    noted.deal.provenance = dict.fromkeys(("outcome", "stage", "competitors"), "person:1")
    noted.deal.save(update_fields=["provenance"])
    submitted_debrief(closing=noted, reasons=[price])
    assert [each.case.facts for each in coded_debriefs()] == [()]


def test_won_deals_deals_without_notes_and_second_views_are_not_learned_from(
    price: LossReason, noted: Closing, rep: User, teammate: User
) -> None:
    submitted_debrief(closing=noted, reasons=[price])
    second = LossReason.objects.get(key="terms")
    submitted_debrief(closing=noted, author=teammate, reasons=[second])
    submitted_debrief(closing=closed_deal(owner=rep), reasons=[price])
    won = closed_deal(owner=rep, notes=NOTES, closing={"outcome": Outcome.WON})
    submitted_debrief(closing=won, reasons=[price])
    assert [each.reason for each in coded_debriefs()] == [price.pk]


def test_a_merged_reason_counts_as_its_target_and_others_as_none(defaults: None, rep: User) -> None:
    target, middle, merged = (LossReasonFactory.create() for _ in range(3))
    middle.merged_into, merged.merged_into = target, middle
    retired = LossReasonFactory.create(retired_at=timezone.now())
    other = LossReason.objects.get(key="other")
    for reason in (target, merged, retired, other):
        reason.save()
        submitted_debrief(closing=closed_deal(owner=rep, notes=NOTES), reasons=[reason])
    middle.save()
    assert [each.reason for each in coded_debriefs()] == [
        target.pk, target.pk, NO_REASON, NO_REASON
    ]  # fmt: skip


def test_a_managers_judgement_comes_before_a_triage_and_that_before_the_author(
    price: LossReason, rep: User, manager: User
) -> None:
    terms = LossReason.objects.get(key="terms")
    other = LossReason.objects.get(key="other")
    for _ in range(3):
        submitted_debrief(closing=closed_deal(owner=rep, notes=NOTES), reasons=[other])
    versions = list(DebriefVersion.objects.order_by("pk"))
    Recoding.objects.create(version=versions[1], reason=other, into=price)
    Recoding.objects.create(version=versions[2], reason=other, into=price)
    judgement = ReasonJudgement.objects.create(version=versions[2], judged_by=manager, agrees=False)
    judgement.reasons.create(rank=1, reason=terms)
    assert [each.reason for each in coded_debriefs()] == [NO_REASON, price.pk, terms.pk]


# --- When


def test_learning_twice_from_the_same_debriefs_trains_once(defaults: None, rep: User) -> None:
    write_coded_debriefs(120, owner=rep)
    for _ in range(2):
        learn_from_debriefs()
    proposer = ReasonProposer.objects.get()
    assert (proposer.debriefs, proposer.threshold is not None) == (120, True)
    ReasonProposer.objects.update(checked_at=timezone.now() - timedelta(days=8))
    assert keep_proposer() is False
    kept = ReasonProposer.objects.get()
    assert (kept.pk, kept.checked_at > proposer.checked_at) == (proposer.pk, True)


def test_below_the_floor_nothing_is_kept(defaults: None, rep: User) -> None:
    write_coded_debriefs(FEWEST_DEBRIEFS - 1, owner=rep)
    assert keep_proposer() is False
    assert ReasonProposer.objects.count() == 0


def test_it_trains_again_once_enough_new_debriefs_came_in(learned: None, rep: User) -> None:
    before = ReasonProposer.objects.get()
    write_coded_debriefs(FEWEST_FRESH - 1, owner=rep, first=120)
    assert keep_proposer() is False
    write_coded_debriefs(1, owner=rep, first=120 + FEWEST_FRESH)
    assert keep_proposer() is True
    after = ReasonProposer.objects.get()
    assert (after.debriefs, after.pk == before.pk) == (120 + FEWEST_FRESH, False)


def test_debriefs_that_teach_nothing_are_looked_at_once(learned: None, rep: User) -> None:
    for _ in range(FEWEST_FRESH):
        submitted_debrief(closing=closed_deal(owner=rep, closing={"outcome": Outcome.WON}))
    assert keep_proposer() is False
    newest = Debrief.objects.aggregate(newest=Max("current_version"))["newest"]
    assert ReasonProposer.objects.get().newest_version == newest


def test_after_a_week_what_was_taken_away_is_forgotten(learned: None) -> None:
    Closing.objects.all().update(outcome=Outcome.WON)
    assert keep_proposer() is False
    ReasonProposer.objects.update(checked_at=timezone.now() - timedelta(days=8))
    assert keep_proposer() is True
    assert ReasonProposer.objects.count() == 0


# --- What is proposed


def test_notes_that_speak_for_a_reason_propose_it(learned: None, rep: User, noted: Closing) -> None:
    work = find_work(rep, noted.pk)
    assert work is not None
    found = proposal_for(work)
    assert found is not None
    assert found.reason.key == "price"
    assert "expensive" in " ".join(piece.text for piece in found.passage if piece.is_marked)
    passage = "".join(piece.text for piece in found.passage)
    assert passage == " … They found us far too expensive. …"
    assert 0 < found.right <= found.proposed < 120
    assert all(0 < each.seen_with <= each.seen for each in found.evidence)


def test_nothing_is_proposed_before_anything_was_learned(rep: User, noted: Closing) -> None:
    assert proposed(rep, noted) is None


def test_nothing_is_proposed_where_no_confidence_was_enough(
    learned: None, rep: User, noted: Closing
) -> None:
    ReasonProposer.objects.update(threshold=None)
    assert proposed(rep, noted) is None


def test_nothing_is_proposed_below_the_confidence_that_was_measured(
    learned: None, rep: User, noted: Closing
) -> None:
    ReasonProposer.objects.update(threshold=1.0)
    assert proposed(rep, noted) is None


def test_nothing_is_proposed_without_notes_or_on_a_won_deal(
    learned: None, rep: User, lost: Closing
) -> None:
    won = closed_deal(owner=rep, notes=NOTES, closing={"outcome": Outcome.WON})
    assert (proposed(rep, lost), proposed(rep, won)) == (None, None)


def test_a_lost_reason_in_words_is_a_note_too(learned: None, rep: User, lost: Closing) -> None:
    DealAttributeFactory.create(
        deal=lost.deal, key="Lost reason", value="They found us far too expensive."
    )
    assert proposed(rep, lost) == "price"


def test_an_instance_without_coded_debriefs_says_what_it_takes(
    client: Client, rep: User, noted: Closing
) -> None:
    client.force_login(rep)
    address = reverse("debriefs:proposal", args=[noted.pk])
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f"Once {FEWEST_DEBRIEFS} lost deals with notes are debriefed" in page
    assert "So far 0 are." in page


def test_an_instance_whose_debriefs_taught_too_little_says_so(
    client: Client, learned: None, rep: User, noted: Closing
) -> None:
    ReasonProposer.objects.update(threshold=None)
    client.force_login(rep)
    page = client.get(reverse("debriefs:proposal", args=[noted.pk])).content.decode()
    assert "learned from 120 debriefs" in page
    assert "not yet right three times in four" in page


def test_nothing_is_proposed_once_the_author_has_chosen(
    learned: None, rep: User, noted: Closing
) -> None:
    debrief = begin_debrief(noted, author=rep)
    save_draft(debrief, base_revision=0, writer="a", changes={"reasons.1.reason": "terms"})
    assert proposed(rep, noted) is None


def test_a_reason_merged_since_becomes_its_target_and_a_retired_one_is_not_proposed(
    learned: None, rep: User, noted: Closing
) -> None:
    terms = LossReason.objects.get(key="terms")
    LossReason.objects.filter(key="price").update(merged_into=terms)
    assert proposed(rep, noted) == "terms"
    LossReason.objects.filter(key="terms").update(retired_at=timezone.now())
    assert proposed(rep, noted) is None


# --- On the form


def test_the_form_loads_the_proposal_as_a_fragment_that_chooses_nothing(
    client: Client, learned: None, rep: User, noted: Closing
) -> None:
    client.force_login(rep)
    address = reverse("debriefs:proposal", args=[noted.pk])
    form = client.get(reverse("debriefs:form", args=[noted.pk])).content.decode()
    assert f'hx-get="{address}" hx-trigger="load"' in form
    assert f'<noscript><p><a href="{address}">' in form
    assert 'value="price" checked' not in form
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<section class="proposal"')
    assert 'data-use-reason="price"' in fragment
    assert "expensive</mark>" in fragment


def test_without_notes_the_form_has_no_place_for_a_proposal(
    client: Client, learned: None, rep: User, lost: Closing
) -> None:
    client.force_login(rep)
    form = client.get(reverse("debriefs:form", args=[lost.pk])).content.decode()
    assert "debrief-proposal" not in form


def test_the_page_without_scripts_leads_back_to_the_reasons(
    client: Client, learned: None, rep: User, noted: Closing, lost: Closing
) -> None:
    client.force_login(rep)
    page = client.get(reverse("debriefs:proposal", args=[noted.pk])).content.decode()
    back = reverse("debriefs:form", args=[noted.pk])
    assert f'href="{back}#reasons-1-reason"' in page
    assert "The notes speak for “Price”" in page
    assert "data-use-reason" not in page
    page = client.get(reverse("debriefs:proposal", args=[lost.pk])).content.decode()
    assert "speak for no reason clearly enough" in page


def test_who_does_not_work_on_the_debrief_sees_no_proposal(
    client: Client, learned: None, noted: Closing
) -> None:
    client.force_login(PartnerFactory.create())
    assert client.get(reverse("debriefs:proposal", args=[noted.pk])).status_code == 404
    client.logout()
    assert client.get(reverse("debriefs:proposal", args=[noted.pk])).status_code == 302


def test_notes_are_shown_as_text(client: Client, learned: None, rep: User, noted: Closing) -> None:
    ReasonProposer.objects.update(threshold=0.05)
    noted.deal.notes = "<script>x</script> They found us far too expensive."
    noted.deal.save(update_fields=["notes"])
    client.force_login(rep)
    page = client.get(reverse("debriefs:proposal", args=[noted.pk])).content.decode()
    assert "&lt;script&gt;" in page


def test_a_proposal_costs_few_statements(
    client: Client,
    learned: None,
    rep: User,
    noted: Closing,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(rep)
    address = reverse("debriefs:proposal", args=[noted.pk])
    client.get(address, headers={"HX-Request": "true"})
    with django_assert_num_queries(7):
        client.get(address, headers={"HX-Request": "true"})


def test_a_web_process_never_loads_what_trains() -> None:
    code = (
        "import sys, django; django.setup(); import reflection.wsgi, reflection.urls, "
        "debriefs.tasks; sys.exit(any(name.split('.')[0] in ('sklearn', 'scipy') "
        "for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=PROJECT_ROOT)
    assert done.returncode == 0


def test_an_imported_deal_with_notes_opens_prefilled_with_its_proposal(
    client: Client, learned: None, rep: User
) -> None:
    ReasonProposer.objects.update(threshold=0.05)
    run = take_files([(NOTED.name, io.BytesIO(NOTED.read_bytes()))], by=None)
    ask_for_run(run)
    run.refresh_from_db()
    run_import(run)
    closing = Closing.objects.get(deal__external_id="N-1")
    client.force_login(rep)
    form = client.get(reverse("debriefs:form", args=[closing.pk])).content.decode()
    known = re.sub(r"<[^>]+>", " ", form.split('<dl class="facts">')[1].split("</dl>")[0])
    assert (
        known.split()
        == (
            "Account Brightwater Mills Product Loom Amount USD 48,000 Closed on 14 May 2026 "
            "Outcome Lost, not specified Competitors met Norvik"
        ).split()
    )
    work = find_work(rep, closing.pk)
    assert work is not None
    found = proposal_for(work)
    assert found is not None
    assert found.reason.key == "price"
    assert {piece.text for piece in found.passage if piece.is_marked} >= {"cheaper"}
