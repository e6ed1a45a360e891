"""What calls about debriefs answer: drafts, lines and whole debriefs as their reader may see them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Prefetch, QuerySet
from ninja import Schema
from pydantic import Field

from common.api import (
    Named,
)
from deals.models import Outcome
from debriefs.branching import Path, path_of
from debriefs.hindsight import Hindsight
from debriefs.kinds import value_words
from debriefs.models import (
    Answer,
    Audience,
    Basis,
    CheckAnswer,
    CitedReason,
    CodedText,
    Debrief,
    DebriefVersion,
    Draft,
    FactorScore,
    Rating,
    Recoding,
    RunnerUpBasis,
    TextCoding,
)
from debriefs.queries.judgements import Judged, judged
from debriefs.questions import TemplateDefinition
from debriefs.services.corrections import may_correct_closing, outcome_after
from debriefs.services.submission import missing_in
from debriefs.submissions import unasked_keys
from people.models import User


class DraftOut(Schema):
    """A debrief being written. `missing` says what submitting would refuse now, by field;
    `asked` are the questions that its answers lead to. What isn't asked is kept in the draft
    and left out of what is submitted: `left_out`.
    """

    id: int
    deal: Named
    state: Literal["draft", "amendment"]
    template_version: int
    revision: int
    values: dict[str, str]
    missing: dict[str, str]
    asked: list[str] = Field(description="Keys of questions, in the order of the template.")
    left_out: list[str] = Field(
        description="Keys of the questions and factors that are answered and that submitting now"
        " would leave out, since the other answers don't ask them."
    )


class AnswerOut(Schema):
    rating: Rating | None
    value: int | str | list[str] | None = Field(description="As it was given.")
    value_words: str = Field(description="With labels and unit, as people read it.")
    text: str
    audience: Audience


class FactorOut(Schema):
    score: int | None
    note: str
    audience: Audience


class PriceChecksOut(Schema):
    gap_known: CheckAnswer | None
    gap_percent: Decimal | None
    budget_owner_met: CheckAnswer | None
    won_at_equal_price: CheckAnswer | None


class ReasonOut(Schema):
    rank: int
    reason: str = Field(description="Its key in the reason list.")
    name: str
    basis: Basis
    quote: str
    text: str
    untested: bool = Field(description="Its price checks were asked for and not passed.")
    price_checks: PriceChecksOut


class JudgementOut(Schema):
    """What a manager above the author made of the reasons, which stay as they are."""

    by: str
    at: datetime
    agrees: bool
    reasons: list[str] = Field(description="Their keys, the primary one first.")
    note: str
    carried_over: bool = Field(
        description="Given on an earlier version; the author has amended since and left the"
        " reasons as they were."
    )


class RecodingOut(Schema):
    """What somebody said that a reason meant; the author's own word stays as it is."""

    reason: str = Field(description="The key of the reason that was named.")
    meant: str = Field(description="The key of the reason that it stands for.")
    name: str
    kind: Literal["triage", "after_split"] = Field(
        description="`triage` of “other” or “don't know” counts in the confirmed judgement,"
        " `after_split` in today's list."
    )
    by: str
    at: datetime


class CodeOut(Schema):
    """What a free text amounts to, from its list of codes; a merged one as the one that stands."""

    text: CodedText
    code: str
    by: str
    at: datetime


class HindsightOut(Schema):
    missed_sign: str = ""
    missed_sign_stage: str = ""
    unmet_need: str = ""
    rival_better: str = ""
    idea: str = ""


class DebriefLine(Schema):
    """A submitted debrief in a list. What its reader may not see is null or left out."""

    id: int
    deal: Named
    closing: int = Field(description="Which closing of the deal it is about.")
    outcome: Outcome
    closed_on: date
    author: Named | None
    submitted_at: datetime
    reasons: list[ReasonOut]


class DebriefOut(DebriefLine):
    version: int
    template_version: int
    answers: dict[str, AnswerOut]
    factors: dict[str, FactorOut]
    judgement: JudgementOut | None
    recodings: list[RecodingOut]
    codes: list[CodeOut]
    was_runner_up: bool | None
    runner_up_basis: RunnerUpBasis | None
    runner_up_evidence: str
    hindsight: HindsightOut
    facts: dict[str, Any] = Field(description="As they were when it was submitted.")
    amendable_until: datetime | None
    left_out: list[str] = Field(
        description="For its author: keys of the questions and factors that were answered and"
        " left out at submission, since the other answers don't ask them."
    )


class DebriefPage(Schema):
    items: list[DebriefLine]
    next: int | None = Field(description="Give it as `after` for the next page.")


def draft_out(debrief: Debrief, draft: Draft, person: User) -> DraftOut:
    deal = debrief.closing.deal
    definition = TemplateDefinition.of(debrief.template_version)
    path = path_of(definition, draft.values, outcome=_outcome_of(debrief, draft))
    return DraftOut(
        id=debrief.pk,
        deal=Named(id=deal.pk, name=deal.name),
        state="draft" if debrief.current_version_id is None else "amendment",
        template_version=debrief.template_version.number,
        revision=draft.revision,
        values={name: value for name, value in draft.values.items() if value},
        missing=_missing(debrief, draft, person),
        asked=[each.key for each in definition.questions() if each.key in path.questions],
        left_out=_left_out(definition, path, draft.values),
    )


def _left_out(definition: TemplateDefinition, path: Path, values: Mapping[str, str]) -> list[str]:
    said = {
        (kind, key)
        for kind, key, part in (name.split(".", 2) for name in values if name.count(".") == 2)
        if part != "audience" and values[f"{kind}.{key}.{part}"].strip()
    }
    unasked = unasked_keys(definition, path)
    questions = [each.key for each in definition.questions() if ("answers", each.key) in said]
    factors = [each.key for each in definition.factors() if ("factors", each.key) in said]
    return [key for key in (*questions, *factors) if key in unasked]


def _missing(debrief: Debrief, draft: Draft, person: User) -> dict[str, str]:
    closing = debrief.closing
    unspecified = closing.outcome == Outcome.LOST_UNSPECIFIED
    return missing_in(
        TemplateDefinition.of(debrief.template_version),
        draft.values,
        outcome=_outcome_of(debrief, draft),
        must_refine=unspecified and may_correct_closing(person, closing),
    )


def _outcome_of(debrief: Debrief, draft: Draft) -> str:
    """As it will be once the draft is submitted."""
    facts = {"outcome": draft.values.get("facts.outcome", "")}
    return outcome_after(debrief.closing, facts)


def listed(debriefs: QuerySet[Debrief], person: User) -> QuerySet[Debrief]:
    """With all that a line holds, in two statements however many."""
    reasons = CitedReason.objects.visible_to(person).select_related("reason").order_by("rank")
    return debriefs.select_related("author", "closing__deal", "current_version").prefetch_related(
        Prefetch("current_version__reasons", reasons)
    )


def complete(debriefs: QuerySet[Debrief], person: User) -> QuerySet[Debrief]:
    answers = Answer.objects.visible_to(person)
    factors = FactorScore.objects.visible_to(person)
    return (
        listed(debriefs, person)
        .select_related("template_version", "current_version__missed_sign_stage__merged_into")
        .prefetch_related(Prefetch("current_version__answers", answers))
        .prefetch_related(Prefetch("current_version__factors", factors))
    )


def line_of(debrief: Debrief, person: User) -> dict[str, Any]:
    version = debrief.current_version
    assert version is not None
    deal = debrief.closing.deal
    author = Named(id=debrief.author.pk, name=str(debrief.author)) if person.in_sales else None
    return {
        "id": debrief.pk,
        "deal": Named(id=deal.pk, name=deal.name),
        "closing": debrief.closing.number,
        "outcome": debrief.closing.outcome,
        "closed_on": debrief.closing.closed_on,
        "author": author,
        "submitted_at": version.submitted_at,
        "reasons": _reasons_out(version.reasons.all()),
    }


def _judgement_out(given: Judged | None) -> JudgementOut | None:
    if given is None:
        return None
    return JudgementOut(
        by=given.by,
        at=given.at,
        agrees=given.agrees,
        reasons=[reason.key for reason in given.reasons],
        note=given.note,
        carried_over=given.is_carried_over,
    )


def _recodings_out(version: DebriefVersion) -> list[RecodingOut]:
    recodings = Recoding.objects.in_force().filter(version=version).order_by("pk")
    return [
        RecodingOut(
            reason=each.reason.key,
            meant=each.into.key,
            name=each.into.name,
            kind="triage" if each.split_id is None else "after_split",
            by=str(each.made_by or ""),
            at=each.made_at,
        )
        for each in recodings.select_related("reason", "into", "made_by")
    ]


def _codes_out(version: DebriefVersion) -> list[CodeOut]:
    codings = TextCoding.objects.in_force().filter(version=version).order_by("of_text")
    return [
        CodeOut(
            text=CodedText(each.of_text),
            code=each.code.today.name,
            by=str(each.made_by or ""),
            at=each.made_at,
        )
        for each in codings.select_related("code__merged_into", "made_by")
    ]


def _reasons_out(cited: Iterable[CitedReason]) -> list[ReasonOut]:
    return [
        ReasonOut(
            rank=each.rank,
            reason=each.reason.key,
            name=each.reason.name,
            basis=Basis(each.basis),
            quote=each.quote,
            text=each.text,
            untested=each.is_untested,
            price_checks=PriceChecksOut(
                gap_known=_check(each.gap_known),
                gap_percent=each.gap_percent,
                budget_owner_met=_check(each.budget_owner_met),
                won_at_equal_price=_check(each.won_at_equal_price),
            ),
        )
        for each in cited
    ]


def _check(answer: str) -> CheckAnswer | None:
    return CheckAnswer(answer) if answer else None


def debrief_out(debrief: Debrief, person: User) -> DebriefOut:
    version = debrief.current_version
    assert version is not None
    definition = TemplateDefinition.of(debrief.template_version)
    questions = {question.key: question for question in definition.questions()}
    return DebriefOut(
        **line_of(debrief, person),
        judgement=_judgement_out(judged(version)) if person.in_sales else None,
        recodings=_recodings_out(version) if person.in_sales else [],
        codes=_codes_out(version) if person.in_sales else [],
        version=version.number,
        template_version=debrief.template_version.number,
        answers={
            each.key: AnswerOut(
                rating=Rating(each.rating) if each.rating else None,
                value=each.value,
                value_words=value_words(questions[each.key], each.value)
                if each.key in questions
                else "",
                text=each.text,
                audience=Audience(each.audience),
            )
            for each in version.answers.all()
        },
        factors={
            each.key: FactorOut(score=each.score, note=each.note, audience=Audience(each.audience))
            for each in version.factors.all()
        },
        was_runner_up=version.was_runner_up if person.in_sales else None,
        runner_up_basis=RunnerUpBasis(version.runner_up_basis)
        if version.runner_up_basis and person.in_sales
        else None,
        runner_up_evidence=version.runner_up_evidence if person.in_sales else "",
        hindsight=HindsightOut(
            **(dict(Hindsight.of(version).said()) if person.in_sales else {}),
        ),
        facts=_facts_for(version.facts, person),
        amendable_until=debrief.amendable_until if debrief.author_id == person.pk else None,
        left_out=version.left_out if debrief.author_id == person.pk else [],
    )


def _facts_for(facts: Mapping[str, Any], person: User) -> dict[str, Any]:
    """A partner sees neither who sold it nor what else the CRM says."""
    hidden = () if person.in_sales else ("owner", "attributes")
    return {name: value for name, value in facts.items() if name not in hidden}
