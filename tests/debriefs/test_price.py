"""Price as a reason: when it counts as tested, and that the mark follows the reason everywhere."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from debriefs.errors import FieldsRefused
from debriefs.models import CitedReason, Debrief, DebriefVersion, LossReason
from debriefs.price import PriceChecks, is_untested
from debriefs.services.drafts import begin_amendment, save_draft
from debriefs.services.submission import submit_debrief, submit_draft
from debriefs.submissions import ReasonGiven
from people.models import User
from playbook.debrief_page import debrief_page
from playbook.services import refresh_entries
from playbook.versions import versions_page
from tests.debriefs.submissions import FIELDS, FIRST, SECOND, quick

SignIn = Callable[[User], Client]
PASSED = PriceChecks("yes", "20", "yes", "yes")
TESTED = {
    "reasons.1.gap_known": "yes",
    "reasons.1.gap_percent": "12,5 %",
    "reasons.1.budget_owner_met": "yes",
    "reasons.1.won_at_equal_price": "yes",
}


def cited(checks: PriceChecks, *, reason: str = "price") -> ReasonGiven:
    return ReasonGiven(reason, "buyer_said", checks=checks)


def passed(**changes: str) -> PriceChecks:
    return PriceChecks(**{**PASSED.__dict__, **changes})


@pytest.mark.parametrize(
    ("checks", "untested"),
    [
        (PASSED, False),
        (passed(gap_percent="0.5 %"), False),
        (PriceChecks(), True),
        (passed(gap_known="no"), True),
        (passed(gap_percent=""), True),
        (passed(budget_owner_met="no"), True),
        (passed(budget_owner_met=""), True),
        (passed(won_at_equal_price="no"), True),
        (passed(won_at_equal_price="dont_know"), True),
    ],
)
def test_price_is_tested_only_when_all_three_checks_pass(
    checks: PriceChecks, untested: bool
) -> None:
    assert is_untested(checks) is untested


def test_a_price_with_good_answers_is_kept_as_tested(debrief: Debrief, rep: User) -> None:
    submit_debrief(debrief, quick(reasons=(cited(PASSED),)), submission_id=FIRST, by=rep)
    kept = CitedReason.objects.get()
    assert (kept.gap_known, kept.gap_percent, kept.budget_owner_met) == ("yes", Decimal(20), "yes")
    assert (kept.won_at_equal_price, kept.is_untested) == ("yes", False)
    assert not CitedReason.objects.untested().exists()


def test_a_price_without_answers_is_submitted_and_marked(debrief: Debrief, rep: User) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    assert [each.reason.key for each in CitedReason.objects.untested()] == ["price"]


def test_a_reason_that_asks_for_no_checks_keeps_none(debrief: Debrief, rep: User) -> None:
    given = cited(PASSED, reason="terms")
    submit_debrief(debrief, quick(reasons=(given,)), submission_id=FIRST, by=rep)
    kept = CitedReason.objects.get()
    assert (kept.gap_known, kept.gap_percent, kept.is_untested) == ("", None, False)


def test_which_reasons_ask_is_data_of_the_reason(debrief: Debrief, rep: User) -> None:
    LossReason.objects.filter(key="terms").update(asks_price_checks=True)
    given = ReasonGiven("terms", "guess")
    submit_debrief(debrief, quick(reasons=(given,)), submission_id=FIRST, by=rep)
    assert CitedReason.objects.get().is_untested


@pytest.mark.parametrize("gap", ["a lot", "0", "-5", "1000", "20 30"])
def test_a_gap_that_is_no_percentage_is_refused_by_its_field(
    debrief: Debrief, rep: User, gap: str
) -> None:
    given = quick(reasons=(cited(passed(gap_percent=gap)),))
    with pytest.raises(FieldsRefused) as refused:
        submit_debrief(debrief, given, submission_id=FIRST, by=rep)
    assert refused.value.errors == {
        "reasons.1.gap_percent": "Say how much dearer we were, in percent of the other offer,"
        " such as 20."
    }


@pytest.mark.parametrize(
    "columns",
    [
        {"is_untested": True},
        {"gap_percent": 0},
        {"gap_known": "no"},
        {"budget_owner_met": "perhaps"},
    ],
)
def test_the_database_keeps_no_mark_that_contradicts_the_checks(
    debrief: Debrief, rep: User, columns: dict[str, Any]
) -> None:
    submit_debrief(debrief, quick(reasons=(cited(PASSED),)), submission_id=FIRST, by=rep)
    with pytest.raises(IntegrityError), transaction.atomic():
        CitedReason.objects.update(**columns)


def test_an_amendment_begins_with_the_checks_and_can_pass_them(debrief: Debrief, rep: User) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    begin_amendment(debrief, by=rep)
    save_draft(debrief, base_revision=0, writer="a", changes=TESTED)
    second = submit_draft(debrief.closing_id, submission_id=SECOND, by=rep)
    assert list(second.reasons.values_list("gap_percent", "is_untested")) == [
        (Decimal("12.5"), False)
    ]
    debrief.refresh_from_db()
    page = versions_page(debrief, rep, earlier=1, later=2)
    assert page is not None
    reason = page.compared[0]
    assert (reason.then.words, reason.now.words) == (
        "Price, untested (the buyer said it)",
        "Price (the buyer said it)",
    )
    assert reason.now.text.splitlines() == [
        "12.5 % dearer",
        "budget owner met",
        "would have won at an equal price",
        "“You were 20 % above.”",
    ]


def test_the_mark_stands_on_the_check_page_the_receipt_and_the_debrief(
    debrief: Debrief, rep: User, signed_in: SignIn
) -> None:
    client, closing = signed_in(rep), debrief.closing_id
    changes = {**FIELDS, "reasons.1.gap_known": "no"}
    save_draft(debrief, base_revision=0, writer="a", changes=changes)
    check = client.get(reverse("debriefs:check", args=[closing])).content.decode()
    assert "Price, untested · The buyer said it" in check
    assert "gap not known" in check
    client.post(reverse("debriefs:submit", args=[closing]), {"submission_id": str(FIRST)})
    receipt = client.get(reverse("debriefs:receipt", args=[closing])).content.decode()
    assert "<strong>Price, untested</strong>" in receipt
    debrief.refresh_from_db()
    [reason] = debrief_page(debrief, rep).reasons
    assert (reason.name.text, reason.is_untested, reason.checks) == (
        "Price",
        True,
        ("gap not known",),
    )


def test_the_playbook_marks_and_narrows_by_it(
    debrief: Debrief, rep: User, partner: User, signed_in: SignIn, price: LossReason
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    refresh_entries([debrief.closing.deal_id])
    client = signed_in(rep)
    for query in ("", f"?untested={price.pk}", "?q=harbour"):
        page = client.get(reverse("playbook:list") + query).content.decode()
        assert "Price</a> <span" in page
        assert ">Untested</span>" in page
        assert "untested=" in page
    nothing = client.get(reverse("playbook:list"), {"untested": str(price.pk + 1)})
    assert "Harbour roll-out" not in nothing.content.decode()
    refused = signed_in(partner).get(reverse("playbook:list"), {"untested": str(price.pk)})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reasons.1.reason": "terms", **TESTED}, "the price checks of reason 1"),
        (
            {"runner_up.was": "no", "runner_up.basis": "call"},
            "what says that we were the runner-up",
        ),
        (
            {"facts.outcome": "won", "runner_up.was": "yes"},
            "whether we were the runner-up",
        ),
    ],
)
def test_what_is_hidden_is_kept_until_submission_and_said(
    debrief: Debrief, rep: User, signed_in: SignIn, values: dict[str, str], words: str
) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={**FIELDS, **values})
    page = signed_in(rep).get(reverse("debriefs:check", args=[debrief.closing_id]))
    assert f"left out of what is submitted: {words}." in page.content.decode()


def test_the_runner_up_says_what_says_so(debrief: Debrief, rep: User, outsider: User) -> None:
    evidence = {
        "runner_up.was": "yes",
        "runner_up.basis": "score_sheet",
        "runner_up.evidence": "78 against 81 points.",
    }
    save_draft(debrief, base_revision=0, writer="a", changes={**FIELDS, **evidence})
    version = submit_draft(debrief.closing_id, submission_id=FIRST, by=rep)
    assert (version.was_runner_up, version.runner_up_basis) == (True, "score_sheet")
    debrief.refresh_from_db()
    page = debrief_page(debrief, outsider)
    assert (page.runner_up_basis, page.runner_up_evidence) == (
        "Their score sheet",
        "78 against 81 points.",
    )
    assert begin_amendment(debrief, by=rep).values["runner_up.basis"] == "score_sheet"


def test_evidence_without_being_the_runner_up_is_not_kept(debrief: Debrief, rep: User) -> None:
    changes = {**FIELDS, "runner_up.was": "no", "runner_up.basis": "call"}
    save_draft(debrief, base_revision=0, writer="a", changes=changes)
    version = submit_draft(debrief.closing_id, submission_id=FIRST, by=rep)
    assert (version.was_runner_up, version.runner_up_basis) == (False, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        DebriefVersion.objects.update(runner_up_basis="call")
