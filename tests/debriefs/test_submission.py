"""Submitting and amending a debrief: each way out."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals.models import Closing, Outcome
from debriefs.errors import AlreadySubmitted, AmendingClosed, FieldsRefused, NotTheirs
from debriefs.models import (
    Answer,
    Audience,
    CitedReason,
    Debrief,
    DebriefVersion,
    Draft,
    FactorScore,
    LossReason,
    Rating,
)
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.submission import reopen_for_amending, submit_debrief, submit_draft
from debriefs.submissions import AnswerGiven, DebriefSubmission, FactorGiven, ReasonGiven
from outbox.models import Event
from people.models import User
from tests.debriefs.submissions import BY_PRICE, FIELDS, FIRST, LESSON, SECOND, full, quick
from tests.factories import DebriefRequestFactory, LossReasonFactory, closed_deal


def refusals(debrief: Debrief, submission: DebriefSubmission) -> dict[str, str]:
    """The messages with which it is refused; checks that nothing was half-saved."""
    with pytest.raises(FieldsRefused) as refused:
        submit_debrief(debrief, submission, submission_id=FIRST, by=debrief.author)
    assert DebriefVersion.objects.count() == 0
    assert Draft.objects.count() == 1
    assert not Event.objects.filter(kind="debrief.submitted").exists()
    return refused.value.errors


def test_a_quick_debrief_stands_with_its_facts_and_its_event(debrief: Debrief, rep: User) -> None:
    request = DebriefRequestFactory.create(closing=debrief.closing, person=rep)
    version = submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)

    debrief.refresh_from_db()
    request.refresh_from_db()
    assert (version.number, version.submission_id) == (1, FIRST)
    assert debrief.current_version == version
    assert debrief.submitted_at == version.submitted_at
    assert debrief.amendable_until == version.submitted_at + timedelta(days=7)
    assert request.done_at == version.submitted_at
    assert not Draft.objects.exists()
    assert version.facts["name"] == "Harbour roll-out"
    assert version.facts["outcome"] == "lost_to_competitor"
    event = Event.objects.get(kind="debrief.submitted")
    assert (event.subject, event.actor_id, event.payload) == (
        f"deal:{debrief.closing.deal_id}",
        rep.pk,
        {
            "debrief_id": debrief.pk,
            "closing_id": debrief.closing_id,
            "deal_id": debrief.closing.deal_id,
            "version": 1,
        },
    )


def test_everything_that_was_given_is_kept(debrief: Debrief, rep: User) -> None:
    version = submit_debrief(debrief, full(), submission_id=FIRST, by=rep)
    assert version.was_runner_up is True
    assert version.runner_up_evidence == "The buyer wrote it."
    assert list(
        CitedReason.objects.values_list("rank", "reason__key", "basis", "quote", "text")
    ) == [
        (1, "price", "buyer_said", "You were 20 % above.", ""),
        (2, "no_access", "inferred", "", ""),
        (3, "other", "guess", "", "Their building flooded."),
    ]
    assert Answer.objects.filter(version=version).count() == 11
    assert list(
        FactorScore.objects.filter(key="timing").values_list("score", "note", "audience")
    ) == [(-1, "A note.", "sales")]


def test_an_answer_goes_to_the_audience_of_its_section_unless_widened(
    debrief: Debrief, rep: User
) -> None:
    answers = (
        LESSON,
        AnswerGiven(key="adaptability", rating=Rating.NO),
        AnswerGiven(key="for_my_coach", text="Openings.", audience=Audience.SALES),
    )
    submit_debrief(debrief, quick(answers=answers), submission_id=FIRST, by=rep)
    assert dict(Answer.objects.values_list("key", "audience")) == {
        "do_differently": "company",
        "adaptability": "sales",
        "for_my_coach": "sales",
    }


def test_twelve_statements_however_much_was_answered(lost: Closing, rep: User) -> None:
    counts = []
    for closing, values in [(lost, FIELDS), (closed_deal(owner=rep), _fields_of_everything())]:
        save_draft(begin_debrief(closing, author=rep), base_revision=0, writer="a", changes=values)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            submit_draft(closing.pk, submission_id=FIRST if closing == lost else SECOND, by=rep)
        counts.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))
    assert Answer.objects.count() == 12
    assert counts == [10, 11]


def _fields_of_everything() -> dict[str, str]:
    given = full()
    fields = {f"answers.{answer.key}.text": answer.text for answer in given.answers}
    fields |= {f"factors.{factor.key}.score": str(factor.score) for factor in given.factors}
    for rank, cited in enumerate(given.reasons, start=1):
        fields[f"reasons.{rank}.reason"] = cited.reason
        fields[f"reasons.{rank}.basis"] = cited.basis
        fields[f"reasons.{rank}.text"] = cited.text
    return fields


def test_the_same_submission_twice_gives_the_same_version(debrief: Debrief, rep: User) -> None:
    first = submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    assert submit_debrief(debrief, quick(), submission_id=FIRST, by=rep) == first
    assert submit_draft(debrief.closing_id, submission_id=FIRST, by=rep) == first
    assert DebriefVersion.objects.count() == 1
    assert Event.objects.filter(kind="debrief.submitted").count() == 1


def test_the_first_submission_again_after_amending_began_gives_the_first_version(
    debrief: Debrief, rep: User
) -> None:
    first = submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    begin_amendment(debrief, by=rep)
    assert submit_debrief(debrief, full(), submission_id=FIRST, by=rep) == first
    assert Draft.objects.count() == 1


def test_another_submission_of_a_submitted_debrief_is_told_so(debrief: Debrief, rep: User) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    with pytest.raises(AlreadySubmitted):
        submit_debrief(debrief, full(), submission_id=SECOND, by=rep)
    assert DebriefVersion.objects.count() == 1


def test_only_the_author_submits(debrief: Debrief, manager: User) -> None:
    with pytest.raises(NotTheirs):
        submit_debrief(debrief, quick(), submission_id=FIRST, by=manager)
    assert DebriefVersion.objects.count() == 0


def test_a_lost_deal_needs_a_reason_its_basis_and_the_lesson(debrief: Debrief) -> None:
    assert refusals(debrief, DebriefSubmission()) == {
        "reasons.1.reason": "Choose the reason that weighed most.",
        "answers.do_differently.text": "Please answer “What would we do differently?”",
    }
    no_basis = quick(reasons=(ReasonGiven(reason="price", basis=""),))
    assert refusals(debrief, no_basis) == {"reasons.1.basis": "Say how we know this."}


def test_a_won_deal_needs_no_reason_and_may_cite_what_worked_against_us(
    won: Closing, rep: User
) -> None:
    debrief = begin_debrief(won, author=rep)
    submit_debrief(debrief, quick(reasons=()), submission_id=FIRST, by=rep)
    begin_amendment(debrief, by=rep)
    submit_debrief(debrief, quick(), submission_id=SECOND, by=rep)
    assert list(CitedReason.objects.values_list("version__number", "reason__key")) == [(2, "price")]


def test_a_won_deal_has_no_runner_up(won: Closing, rep: User) -> None:
    debrief = begin_debrief(won, author=rep)
    assert refusals(debrief, quick(was_runner_up=True)) == {
        "runner_up.was": "A won deal has no runner-up of ours."
    }


@pytest.mark.parametrize("key", ["other", "dont_know"])
def test_other_and_dont_know_need_words(debrief: Debrief, key: str) -> None:
    name = LossReason.objects.get(key=key).name
    assert refusals(debrief, quick(reasons=(ReasonGiven(reason=key, basis="guess"),))) == {
        "reasons.1.text": f"“{name}” needs a few words: what was it?"
    }


def test_reasons_are_distinct_and_at_most_three(debrief: Debrief) -> None:
    assert refusals(debrief, quick(reasons=(BY_PRICE, BY_PRICE))) == {
        "reasons.2.reason": "This reason is cited already: choose another, or none."
    }
    four = tuple(
        ReasonGiven(reason=key, basis="guess")
        for key in ("price", "terms", "incumbent", "no_access")
    )
    assert refusals(debrief, quick(reasons=four)) == {"reasons.3.reason": "Cite at most 3 reasons."}


def test_a_reason_that_left_the_list_is_named(debrief: Debrief, price: LossReason) -> None:
    price.retired_at = timezone.now()
    price.save()
    assert refusals(debrief, quick()) == {
        "reasons.1.reason": "“Price” has left the reason list: choose another reason."
    }
    price.merged_into = LossReasonFactory.create(key="value", name="Value not seen")
    price.save()
    assert refusals(debrief, quick()) == {
        "reasons.1.reason": "“Price” is now part of “Value not seen”: choose that one."
    }
    unknown = quick(reasons=(ReasonGiven(reason="weather", basis="guess"),))
    assert refusals(debrief, unknown) == {
        "reasons.1.reason": "“weather” is not on the reason list."
    }


def test_text_that_is_too_long_names_its_field(debrief: Debrief) -> None:
    long = AnswerGiven(key="do_differently", text="x" * 20_001)
    assert refusals(debrief, quick(answers=(long,))) == {
        "answers.do_differently.text": "“What would we do differently?” has 20,001 characters; "
        "at most 20,000 can be kept."
    }


def test_unknown_keys_wrong_values_and_narrower_audiences_are_refused(debrief: Debrief) -> None:
    answers = (
        LESSON,
        AnswerGiven(key="mood", text="Fine."),
        AnswerGiven(key="objections", rating="maybe"),
        AnswerGiven(key="for_my_coach", rating="yes"),
        AnswerGiven(key="priorities", rating="yes", audience="private"),
    )
    factors = (FactorGiven(key="weather", score=1), FactorGiven(key="timing", score=3))
    assert refusals(debrief, quick(answers=answers, factors=factors)) == {
        "answers.mood": "There is no question “mood” in this debrief.",
        "answers.objections.rating": "“Did we turn the client's objections into openings?”: "
        "choose one of the ratings.",
        "answers.for_my_coach.rating": "“What would you like help with?” takes text only.",
        "answers.priorities.audience": "This section is for the whole company: "
        "it can only be opened wider.",
        "factors.weather": "There is no factor “weather”.",
        "factors.timing.score": "“Timing”: choose a score from -2 to +2.",
    }


def test_a_hole_in_the_ranks_and_words_without_a_reason_are_refused(
    debrief: Debrief, rep: User
) -> None:
    changes = {
        "reasons.1.quote": "Too dear.",
        "reasons.2.reason": "price",
        "reasons.2.basis": "guess",
    }
    save_draft(debrief, base_revision=0, writer="a", changes=changes)
    with pytest.raises(FieldsRefused) as refused:
        submit_draft(debrief.closing_id, submission_id=FIRST, by=rep)
    assert refused.value.errors == {
        "reasons.1.reason": "Choose the reason that these words belong to."
    }


def test_a_crm_that_says_only_lost_is_refined(rep: User, defaults: None) -> None:
    closing = closed_deal(owner=rep, closing={"outcome": Outcome.LOST_UNSPECIFIED})
    debrief = begin_debrief(closing, author=rep)
    assert refusals(debrief, quick()) == {"facts.outcome": "Choose how this deal ended."}
    version = submit_debrief(
        debrief, quick(facts={"outcome": "no_decision"}), submission_id=FIRST, by=rep
    )
    closing.refresh_from_db()
    assert closing.outcome == Outcome.NO_DECISION
    assert version.facts["outcome"] == "no_decision"


def test_corrected_facts_go_to_the_deal_and_are_frozen_as_corrected(
    debrief: Debrief, rep: User
) -> None:
    facts = {
        "winner": "Norvik",
        "competitors": "Norvik\nAcme",
        "amount": "12,500.00",
        "closed_on": "2026-03-09",
        "stage": "Proposal",
    }
    version = submit_debrief(debrief, quick(facts=facts), submission_id=FIRST, by=rep)
    closing = Closing.objects.with_facts().get(pk=debrief.closing_id)
    assert closing.winner is not None
    assert (closing.winner.name, str(closing.amount), closing.closed_on.isoformat()) == (
        "Norvik",
        "12500.000",
        "2026-03-09",
    )
    assert version.facts["winner"]["name"] == "Norvik"
    assert [each["name"] for each in version.facts["competitors"]] == ["Acme", "Norvik"]
    assert version.facts["amount"] == "12500"
    assert closing.deal.provenance["winner"] == f"person:{rep.pk}"
    assert "stage" not in closing.deal.provenance


def test_a_lost_deal_that_turns_out_won_loses_its_winner(rep: User, defaults: None) -> None:
    closing = closed_deal(owner=rep)
    debrief = begin_debrief(closing, author=rep)
    submit_debrief(debrief, quick(facts={"winner": "Norvik"}), submission_id=FIRST, by=rep)
    begin_amendment(debrief, by=rep)
    submit_debrief(debrief, quick(facts={"outcome": "won"}), submission_id=SECOND, by=rep)
    closing.refresh_from_db()
    assert (closing.outcome, closing.winner) == (Outcome.WON, None)


@pytest.mark.parametrize(
    ("fact", "value", "message"),
    [
        ("amount", "a lot", "“a lot” is no amount such as 12500 or 12,500.00."),
        ("closed_on", "soon", "“soon” is no date such as 2026-03-31."),
        ("outcome", "drawn", "“drawn” is not an outcome."),
        ("weather", "wet", "There is no fact “weather” to correct."),
    ],
)
def test_a_correction_that_can_not_be_is_refused_with_its_fact(
    debrief: Debrief, fact: str, value: str, message: str
) -> None:
    assert refusals(debrief, quick(facts={fact: value})) == {f"facts.{fact}": message}


def test_a_closing_date_in_the_future_is_refused(debrief: Debrief) -> None:
    assert list(refusals(debrief, quick(facts={"closed_on": "2099-01-01"}))) == ["facts.closed_on"]


def test_somebody_who_may_not_change_the_deal_corrects_nothing(
    lost: Closing, teammate: User
) -> None:
    debrief = begin_debrief(lost, author=teammate)
    assert refusals(debrief, quick(facts={"amount": "5"})) == {
        "facts.amount": "Only the deal's owner or a manager corrects this."
    }


def test_amending_makes_the_next_version_and_keeps_the_first(debrief: Debrief, rep: User) -> None:
    first = submit_debrief(debrief, full(), submission_id=FIRST, by=rep)
    draft = begin_amendment(debrief, by=rep)
    assert draft.values["answers.do_differently.text"] == LESSON.text
    assert draft.values["reasons.3.text"] == "Their building flooded."
    second = submit_draft(debrief.closing_id, submission_id=SECOND, by=rep)

    debrief.refresh_from_db()
    assert (second.number, debrief.current_version) == (2, second)
    assert debrief.submitted_at == first.submitted_at
    assert _content(first) == _content(second)
    assert Event.objects.filter(kind="debrief.submitted").count() == 2


def _content(version: DebriefVersion) -> list[object]:
    return [
        sorted(version.answers.values_list("key", "rating", "text", "audience")),
        sorted(version.factors.values_list("key", "score", "note", "audience")),
        sorted(version.reasons.values_list("rank", "reason", "basis", "quote", "text")),
        (version.was_runner_up, version.runner_up_evidence),
    ]


def test_amending_ends_after_seven_days_until_a_manager_opens_it_again(
    debrief: Debrief, rep: User, manager: User, teammate: User
) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(AmendingClosed):
            begin_amendment(debrief, by=rep)
        for person in (rep, teammate):
            with pytest.raises(NotTheirs):
                reopen_for_amending(debrief, by=person)
        reopen_for_amending(debrief, by=manager)
        begin_amendment(debrief, by=rep)
        version = submit_debrief(debrief, quick(), submission_id=SECOND, by=rep)
    assert version.number == 2
    assert Event.objects.filter(kind="debrief.reopened").count() == 1


def test_an_amendment_begun_in_time_is_refused_after_it(debrief: Debrief, rep: User) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    begin_amendment(debrief, by=rep)
    with time_machine.travel(timezone.now() + timedelta(days=8)), pytest.raises(AmendingClosed):
        submit_debrief(debrief, quick(), submission_id=SECOND, by=rep)


def test_nobody_else_amends(debrief: Debrief, rep: User, manager: User) -> None:
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    with pytest.raises(NotTheirs):
        begin_amendment(debrief, by=manager)


def test_a_debrief_that_was_not_submitted_is_not_opened_again(
    debrief: Debrief, manager: User
) -> None:
    with pytest.raises(NotTheirs):
        reopen_for_amending(debrief, by=manager)
