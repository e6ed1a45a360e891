"""Debriefs for other front ends: begun, saved piece by piece, submitted, and read."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field, StrictFloat, StrictInt

from common.api import (
    CONFLICTS,
    PER_PAGE,
    REFUSALS,
    ApiRefused,
    Id,
    Limit,
    Named,
    Strict,
    Text,
    keyset_page,
)
from deals.models import Closing, Deal, Outcome
from debriefs.access import closing_to_debrief, own_debrief, visible_debrief
from debriefs.asked import TemplateOut, template_out
from debriefs.branching import path_of
from debriefs.fields import RANKS
from debriefs.hindsight import Hindsight
from debriefs.kinds import value_words
from debriefs.models import (
    Answer,
    Audience,
    Basis,
    CheckAnswer,
    CitedReason,
    Debrief,
    Draft,
    FactorScore,
    LossReason,
    Rating,
    RunnerUpBasis,
    TemplateVersion,
)
from debriefs.price import CHECKS
from debriefs.queries.judgements import Judged, judged
from debriefs.queries.traits import version_for
from debriefs.questions import TemplateDefinition
from debriefs.services.corrections import may_correct_closing, outcome_after
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.submission import missing_in, submit_draft
from people.api import caller
from people.models import User

router = Router(tags=["Debriefs"])

SUBMISSIONS = uuid.UUID("6d1f4c1e-6d4f-4d5f-9f6e-0c6f0f7a5f2b")


class AnswerBody(Strict):
    """Which of `rating`, `value` and `text` a question takes, its kind says."""

    rating: Rating | None = None
    value: StrictInt | StrictFloat | Text | list[Text] | None = Field(
        None,
        description="1 to 5 on a scale, the key of an option, the keys of several, a number, "
        "a date such as 2026-03-31.",
    )
    text: Text | None = None
    audience: Audience | None = Field(
        None, description="Wider than its section's; that of the section where empty."
    )


class FactorBody(Strict):
    score: int | None = Field(None, ge=-2, le=2, description="From hurt us a lot to helped a lot.")
    note: Text | None = None


class GridBody(Strict):
    audience: Audience | None = Field(
        None, description="Wider than its section's; that of the section where empty."
    )


class PriceChecksBody(Strict):
    """The checks of a reason that asks for them; without three good answers it is “untested”."""

    gap_known: CheckAnswer | None = None
    gap_percent: Decimal | None = Field(
        default=None,
        gt=0,
        lt=1000,
        decimal_places=1,
        description="How much dearer, of the other offer.",
    )
    budget_owner_met: CheckAnswer | None = None
    won_at_equal_price: CheckAnswer | None = None


class ReasonBody(Strict):
    reason: Text = Field(description="Its key in the reason list.")
    basis: Basis = Field(description="How we know.")
    quote: Text = Field("", description="The buyer's own words.")
    text: Text = Field("", description="What it was, for “other” and “don't know”.")
    price_checks: PriceChecksBody | None = None


class RunnerUpBody(Strict):
    was: bool | None = None
    basis: RunnerUpBasis | None = None
    evidence: Text | None = None


class HindsightBody(Strict):
    """What the author says looking back; read by sales."""

    missed_sign: Text | None = None
    missed_sign_stage: Text | None = Field(None, description="A stage, by its name.")
    unmet_need: Text | None = None
    rival_better: Text | None = None
    idea: Text | None = None


class FactsBody(Strict):
    """Corrections of what the CRM knows, as written; an empty one says that it isn't known."""

    outcome: Outcome | None = None
    closed_on: Text | None = None
    stage: Text | None = None
    amount: Text | None = None
    currency: Text | None = None
    account: Text | None = None
    product: Text | None = None
    competitors: Text | None = Field(None, description="Names, one a line.")
    winner: Text | None = None


class DraftBody(Strict):
    """What to save. What is left out stays; `reasons` replaces all reasons, in rank order."""

    answers: dict[Text, AnswerBody] = {}
    factors: dict[Text, FactorBody] = {}
    grids: dict[Text, GridBody] = Field({}, description="By section: who reads its factors.")
    reasons: list[ReasonBody] | None = Field(None, max_length=3)
    runner_up: RunnerUpBody | None = None
    hindsight: HindsightBody | None = None
    facts: FactsBody | None = None
    base_revision: int | None = Field(
        None, ge=0, description="The revision you read; without it, what you send is kept."
    )

    def values(self) -> dict[str, str]:
        """The fields by the names under which a draft keeps them."""
        values: dict[str, str] = {}
        for key, answer in self.answers.items():
            values |= _said(f"answers.{key}", answer)
        for key, factor in self.factors.items():
            values |= _said(f"factors.{key}", factor)
        for key, grid in self.grids.items():
            values |= _said(f"grids.{key}", grid)
        for rank in RANKS if self.reasons is not None else ():
            values |= _reason_values(rank, self.reasons or [])
        if self.runner_up:
            values |= _said("runner_up", self.runner_up)
        if self.hindsight:
            values |= _said("hindsight", self.hindsight)
        if self.facts:
            values |= _said("facts", self.facts)
        return values


class DebriefIn(Strict):
    deal: Id


class DraftOut(Schema):
    """A debrief being written. `missing` says what submitting would refuse now, by field;
    `asked` are the questions that its answers lead to. What isn't asked is kept in the draft
    and left out of what is submitted.
    """

    id: int
    deal: Named
    state: Literal["draft", "amendment"]
    template_version: int
    revision: int
    values: dict[str, str]
    missing: dict[str, str]
    asked: list[str] = Field(description="Keys of questions, in the order of the template.")


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
    was_runner_up: bool | None
    runner_up_basis: RunnerUpBasis | None
    runner_up_evidence: str
    hindsight: HindsightOut
    facts: dict[str, Any] = Field(description="As they were when it was submitted.")
    amendable_until: datetime | None


class DebriefPage(Schema):
    items: list[DebriefLine]
    next: int | None = Field(description="Give it as `after` for the next page.")


class DebriefFilters(Schema):
    """Latest begun first. `since` and `until` are closing days, both included."""

    deal: Id | None = None
    author: Text | None = Field(None, description="An e-mail address; for sales only.")
    reason: Text | None = Field(None, description="A reason's key, at any rank; for sales only.")
    outcome: Outcome | None = None
    since: date | None = None
    until: date | None = None
    submitted_since: datetime | None = None
    after: Id | None = Field(None, description="The `next` of the page before.")
    limit: Limit = PER_PAGE

    def narrow(self, debriefs: QuerySet[Debrief]) -> QuerySet[Debrief]:
        exact = {
            "closing__deal": self.deal,
            "author__email__iexact": self.author,
            "closing__outcome": self.outcome,
            "closing__closed_on__gte": self.since,
            "closing__closed_on__lte": self.until,
            "current_version__submitted_at__gte": self.submitted_since,
            "pk__lt": self.after,
        }
        found = debriefs.filter(**{name: at for name, at in exact.items() if at is not None})
        if self.reason:
            found = found.filter(current_version__reasons__reason__key=self.reason)
        return found


class SubmitHeaders(Schema):
    idempotency_key: Text | None = Field(
        None, max_length=200, description="The same key again gives the same debrief."
    )


@router.post("/debriefs", response={200: DraftOut, 201: DraftOut, **CONFLICTS}, url_name="debriefs")
def begin(request: HttpRequest, body: DebriefIn) -> Status[DraftOut]:
    """Start your debrief of a closed deal, or go on with the one begun before.

    A submitted debrief is opened for amending, as long as that is allowed.
    """
    person = caller(request)
    deal = get_object_or_404(Deal.objects.visible_to(person), pk=body.deal)
    closing = Closing.objects.current().filter(deal=deal).first()
    if closing is None:
        raise ApiRefused(409, "deal", "The deal is open.", "Debrief it once it has closed.")
    closing = closing_to_debrief(person, closing.pk)
    is_new = not Debrief.objects.of(person).filter(closing=closing).exists()
    debrief = begin_debrief(closing, author=person)
    return Status(201 if is_new else 200, _draft_out(debrief, _open_draft(debrief, person), person))


@router.patch(
    "/debriefs/{int:debrief_id}", response={200: DraftOut, **CONFLICTS}, url_name="debrief"
)
def save(request: HttpRequest, debrief_id: int, body: DraftBody) -> DraftOut:
    """Save a part of your debrief. Nothing is kept if any field can't be.

    With `base_revision`, 409 when somebody changed one of the fields after that revision.
    """
    person = caller(request)
    debrief = own_debrief(person, debrief_id)
    with transaction.atomic():
        draft = _open_draft(debrief, person)
        base = draft.revision if body.base_revision is None else body.base_revision
        reply = save_draft(
            debrief, base_revision=base, writer=f"api:{person.pk}", changes=body.values()
        )
        for name in reply.conflicts:
            raise ApiRefused(
                409,
                name,
                f"It was changed elsewhere after revision {base}.",
                f"Read the draft again and send it on revision {reply.revision}.",
            )
    return _draft_out(debrief, Draft.objects.get(debrief=debrief), person)


@router.post(
    "/debriefs/{int:debrief_id}/submit",
    response={200: DebriefOut, **CONFLICTS},
    url_name="debrief_submit",
)
def submit(request: HttpRequest, debrief_id: int, headers: Header[SubmitHeaders]) -> DebriefOut:
    """Submit your draft as it stands.

    Send an `Idempotency-Key`: the same submission sent again then gives the same answer.
    """
    person = caller(request)
    debrief = own_debrief(person, debrief_id)
    key = headers.idempotency_key
    name = f"{person.pk}:{debrief.pk}:{key}"
    submission_id = uuid.uuid5(SUBMISSIONS, name) if key else uuid.uuid4()
    submit_draft(debrief.closing_id, submission_id=submission_id, by=person)
    return _debrief_out(_complete(Debrief.objects.of(person), person).get(pk=debrief.pk), person)


@router.get("/debriefs", response={200: DebriefPage, **REFUSALS}, url_name="debriefs")
def list_debriefs(request: HttpRequest, filters: Query[DebriefFilters]) -> DebriefPage:
    """The submitted debriefs that the caller may see."""
    person = caller(request)
    if person.is_partner and (filters.author or filters.reason):
        field = "author" if filters.author else "reason"
        raise ApiRefused(
            403, field, "Partners see this in totals only.", "Leave it out, or ask GET /trends."
        )
    visible = filters.narrow(Debrief.objects.visible_to(person).submitted())
    ordered = _listed(visible, person).order_by("-pk")
    rows, more = keyset_page(ordered[: filters.limit + 1], filters.limit)
    items = [DebriefLine(**_line(debrief, person)) for debrief in rows]
    return DebriefPage(items=items, next=rows[-1].pk if more else None)


@router.get(
    "/debriefs/{int:debrief_id}",
    response={200: DebriefOut | DraftOut, **REFUSALS},
    url_name="debrief",
)
def get_debrief(request: HttpRequest, debrief_id: int) -> DebriefOut | DraftOut:
    """A submitted debrief as far as the caller may read it; your own draft as a draft."""
    person = caller(request)
    debrief = visible_debrief(person, debrief_id)
    if debrief.current_version_id is None:
        draft = Draft.objects.filter(debrief=debrief).first()
        if draft is None:
            raise Http404
        return _draft_out(debrief, draft, person)
    return _debrief_out(
        _complete(Debrief.objects.visible_to(person), person).get(pk=debrief.pk), person
    )


@router.get(
    "/templates/current", response={200: TemplateOut, **REFUSALS}, url_name="template_current"
)
def current_template(request: HttpRequest, deal: Id | None = None) -> TemplateOut:
    """The questions, factors and reasons that a new debrief of `deal` would be asked.

    Of a deal that is still open, and without one, those of the default template.
    """
    person = caller(request)
    closing = None
    if deal is not None:
        seen = get_object_or_404(Deal.objects.visible_to(person), pk=deal)
        closing = Closing.objects.current().filter(deal=seen).first()
    version = TemplateVersion.objects.select_related("template").get(
        pk=version_for(closing.pk if closing else None)
    )
    return template_out(version, LossReason.objects.choosable().select_related("group"))


def _said(prefix: str, part: Strict) -> dict[str, str]:
    """The values that were sent, as a draft keeps them: strings, an empty one for null."""
    sent = {name: getattr(part, name) for name in part.model_fields_set}
    return {f"{prefix}.{name}": _as_text(value) for name, value in sent.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _reason_values(rank: int, reasons: list[ReasonBody]) -> dict[str, str]:
    given = reasons[rank - 1] if rank <= len(reasons) else None
    checks = given.price_checks if given else None
    parts = {part: getattr(given, part, "") for part in ("reason", "basis", "quote", "text")}
    parts |= {check: getattr(checks, check, "") for check in CHECKS}
    return {f"reasons.{rank}.{part}": _as_text(value) for part, value in parts.items()}


def _open_draft(debrief: Debrief, person: User) -> Draft:
    """The draft to write in; a submitted debrief is opened for amending."""
    draft = Draft.objects.filter(debrief=debrief).first()
    return draft or begin_amendment(debrief, by=person)


def _draft_out(debrief: Debrief, draft: Draft, person: User) -> DraftOut:
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
    )


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


def _listed(debriefs: QuerySet[Debrief], person: User) -> QuerySet[Debrief]:
    """With all that a line holds, in two statements however many."""
    reasons = CitedReason.objects.visible_to(person).select_related("reason").order_by("rank")
    return debriefs.select_related("author", "closing__deal", "current_version").prefetch_related(
        Prefetch("current_version__reasons", reasons)
    )


def _complete(debriefs: QuerySet[Debrief], person: User) -> QuerySet[Debrief]:
    answers = Answer.objects.visible_to(person)
    factors = FactorScore.objects.visible_to(person)
    return (
        _listed(debriefs, person)
        .select_related("template_version", "current_version__missed_sign_stage__merged_into")
        .prefetch_related(Prefetch("current_version__answers", answers))
        .prefetch_related(Prefetch("current_version__factors", factors))
    )


def _line(debrief: Debrief, person: User) -> dict[str, Any]:
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
    )


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


def _debrief_out(debrief: Debrief, person: User) -> DebriefOut:
    version = debrief.current_version
    assert version is not None
    definition = TemplateDefinition.of(debrief.template_version)
    questions = {question.key: question for question in definition.questions()}
    return DebriefOut(
        **_line(debrief, person),
        judgement=_judgement_out(judged(version)) if person.in_sales else None,
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
    )


def _facts_for(facts: Mapping[str, Any], person: User) -> dict[str, Any]:
    """A partner sees neither who sold it nor what else the CRM says."""
    hidden = () if person.in_sales else ("owner", "attributes")
    return {name: value for name, value in facts.items() if name not in hidden}
