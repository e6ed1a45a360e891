"""An amendment and what others made of the version before: carried over where it says the same."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from debriefs.models import (
    CodedText,
    Debrief,
    DebriefVersion,
    LossReason,
    ReasonJudgement,
    Recoding,
    TextCoding,
)
from debriefs.queries.judgements import judged, outdated_judgement
from debriefs.queries.triage import Queue, triage_page
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.judgements import judge_reasons, withdraw_judgement
from debriefs.services.reasons import Part, split_reason
from debriefs.services.recodings import recode_citation, take_back_recoding, triage_citation
from debriefs.services.submission import submit_draft
from debriefs.services.triage import code_text_as_new
from people.models import User
from tests.api.conftest import ApiClient
from tests.debriefs.submissions import FIELDS
from tests.factories import closed_deal
from trends.check import check
from trends.services import catch_up, rebuild

SignedIn = Callable[[User], Client]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]

OTHER = {
    "reasons.1.reason": "other",
    "reasons.1.basis": "guess",
    "reasons.1.text": "Their building flooded.",
}
LESSON = {"answers.do_differently.text": "Meet the finance head before the offer."}


def reason(key: str) -> LossReason:
    return LossReason.objects.get(key=key)


def submitted(rep: User, fields: dict[str, str]) -> Debrief:
    closing = closed_deal(owner=rep)
    save_draft(
        begin_debrief(closing, author=rep), base_revision=0, writer="a", changes=LESSON | fields
    )
    return submit_draft(closing.pk, submission_id=uuid4(), by=rep).debrief


def amended(debrief: Debrief, **changes: str) -> DebriefVersion:
    """The next version; `a__b` names the field a.b."""
    debrief.refresh_from_db()
    draft = begin_amendment(debrief, by=debrief.author)
    fields = {name.replace("__", "."): value for name, value in changes.items()}
    save_draft(debrief, base_revision=draft.revision, writer="a", changes=fields)
    version = submit_draft(debrief.closing_id, submission_id=uuid4(), by=debrief.author)
    debrief.refresh_from_db()
    return version


def first(debrief: Debrief) -> DebriefVersion:
    return DebriefVersion.objects.get(debrief=debrief, number=1)


def test_a_judgement_holds_for_an_amendment_that_cites_the_same(rep: User, manager: User) -> None:
    debrief = submitted(rep, FIELDS)
    given = judge_reasons(debrief, [reason("no_access")], note="Never met.", by=manager)
    second = amended(debrief, reasons__1__quote="You were 30 % above.")
    held = judged(second)
    assert held is not None
    assert (held.by, held.at, held.note) == (str(manager), given.judged_at, "Never met.")
    assert ([each.key for each in held.reasons], held.is_carried_over) == (["no_access"], True)
    assert outdated_judgement(second) is None
    assert withdraw_judgement(debrief, by=manager)
    assert outdated_judgement(second) is None


def test_a_judgement_is_asked_for_again_where_other_reasons_are_cited(
    rep: User, manager: User, signed_in: SignedIn
) -> None:
    debrief = submitted(rep, FIELDS)
    judge_reasons(debrief, [reason("price")], by=manager)
    second = amended(debrief, reasons__1__reason="no_access")
    assert judged(second) is None
    outdated = outdated_judgement(second)
    assert outdated is not None
    assert (outdated.by, outdated.version, outdated.is_reworded) == (str(manager), 1, False)
    assert [each.key for each in outdated.was] == ["price"]
    page = signed_in(manager).get(reverse("playbook:detail", args=[debrief.pk]))
    assert "waits for another judgement" in page.content.decode()
    assert ReasonJudgement.objects.in_force().count() == 1


def test_another_order_of_reasons_is_judged_anew(rep: User, manager: User) -> None:
    two = FIELDS | {"reasons.2.reason": "terms", "reasons.2.basis": "guess"}
    debrief = submitted(rep, two)
    judge_reasons(debrief, [reason("price"), reason("terms")], by=manager)
    second = amended(debrief, reasons__1__reason="terms", reasons__2__reason="price")
    assert judged(second) is None


def test_triage_holds_while_the_words_are_the_same(rep: User, manager: User) -> None:
    debrief = submitted(rep, OTHER)
    triage_citation(first(debrief), reason("other"), into=reason("budget_lost"), by=manager)
    second = amended(debrief, reasons__1__text=" Their building  flooded. ", hindsight__idea="Ask.")
    held = Recoding.objects.in_force().get(version=second)
    assert (held.into.key, held.made_by) == ("budget_lost", manager)
    page = triage_page(manager, Queue.DONE)
    assert (page.counts[Queue.OTHER], [each.id for each in page.done]) == (0, [held.pk])


def test_changed_words_are_triaged_anew_with_what_they_were(
    rep: User, manager: User, signed_in: SignedIn
) -> None:
    debrief = submitted(rep, OTHER)
    triage_citation(first(debrief), reason("other"), into=reason("budget_lost"), by=manager)
    judge_reasons(debrief, [reason("other")], by=manager)
    second = amended(debrief, reasons__1__text="The board sold the unit.")
    [item] = triage_page(manager, Queue.OTHER).items
    assert (item.text, item.was_text) == ("The board sold the unit.", "Their building flooded.")
    assert item.was_decided == reason("budget_lost").name
    page = signed_in(manager).get(reverse("debriefs:triage")).content.decode()
    assert "Their building flooded." in page
    outdated = outdated_judgement(second)
    assert outdated is not None
    assert outdated.is_reworded


def test_what_was_taken_back_of_an_amendment_is_no_news(rep: User, manager: User) -> None:
    debrief = submitted(rep, OTHER)
    triage_citation(first(debrief), reason("other"), into=reason("budget_lost"), by=manager)
    second = amended(debrief, hindsight__idea="Ask.")
    take_back_recoding(Recoding.objects.get(version=second), by=manager)
    [item] = triage_page(manager, Queue.OTHER).items
    assert (item.was_decided, item.was_text) == ("", "")


def test_a_part_of_a_split_holds_and_so_does_what_triage_led_to(
    rep: User, manager: User, admin: User
) -> None:
    """“Other” was price, price was split, and it was the part."""
    debrief = submitted(rep, OTHER)
    triage_citation(first(debrief), reason("other"), into=reason("price"), by=manager)
    split_reason(reason("price"), [Part("Too dear"), Part("No budget")], by=admin)
    part = LossReason.objects.get(name="Too dear")
    recode_citation(first(debrief), reason("price"), into=part, by=manager)
    second = amended(debrief, hindsight__idea="Ask.")
    held = Recoding.objects.in_force().filter(version=second).order_by("pk")
    assert [(each.reason.key, each.into_id) for each in held] == [
        ("other", reason("price").pk),
        ("price", part.pk),
    ]


def test_a_code_holds_while_its_text_is_the_same(rep: User, manager: User) -> None:
    texts = {"hindsight.unmet_need": "Offline use.", "hindsight.rival_better": "Came first."}
    debrief = submitted(rep, FIELDS | texts)
    code_text_as_new(first(debrief), CodedText.UNMET_NEED, name="Offline", by=manager)
    code_text_as_new(first(debrief), CodedText.RIVAL_STRENGTH, name="Speed", by=manager)
    second = amended(debrief, hindsight__rival_better="Knew the buyer.")
    held = TextCoding.objects.in_force().get(version=second)
    assert (held.of_text, held.code.name) == ("unmet_need", "Offline")
    [item] = triage_page(manager, Queue.RIVAL_STRENGTH).items
    assert (item.was_decided, item.was_text) == ("Speed", "Came first.")


def test_the_tally_reads_what_was_carried_over(rep: User, manager: User) -> None:
    debrief = submitted(rep, OTHER)
    triage_citation(first(debrief), reason("other"), into=reason("budget_lost"), by=manager)
    judge_reasons(debrief, [reason("other")], by=manager)
    rebuild()
    amended(debrief, hindsight__idea="Ask.")
    catch_up()
    assert check().differences == []


def test_the_api_tells_judgement_recodings_and_codes(rep: User, manager: User) -> None:
    debrief = submitted(rep, OTHER | {"hindsight.unmet_need": "Offline use."})
    triage_citation(first(debrief), reason("other"), into=reason("budget_lost"), by=manager)
    code_text_as_new(first(debrief), CodedText.UNMET_NEED, name="Offline", by=manager)
    judge_reasons(debrief, [reason("other")], by=manager)
    amended(debrief, hindsight__idea="Ask.")
    read = ApiClient(rep).get(f"/debriefs/{debrief.pk}").json()
    assert read["judgement"]["carried_over"] is True
    [recoding] = read["recodings"]
    assert (recoding["reason"], recoding["meant"], recoding["kind"], recoding["by"]) == (
        "other",
        "budget_lost",
        "triage",
        str(manager),
    )
    assert [(each["text"], each["code"]) for each in read["codes"]] == [("unmet_need", "Offline")]
