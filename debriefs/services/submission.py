"""Submitting and amending: one transaction, few statements, the same thing sent twice is once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from common.text import name_key
from deals.models import Outcome, Stage
from debriefs.errors import AlreadySubmitted, FieldsRefused, NotTheirs
from debriefs.events import DEBRIEF_REOPENED, DEBRIEF_SUBMITTED
from debriefs.kinds import kept_value
from debriefs.models import (
    Answer,
    CitedReason,
    Debrief,
    DebriefRequest,
    DebriefVersion,
    Draft,
    FactorScore,
    LossReason,
)
from debriefs.price import PriceChecks, is_untested
from debriefs.queries.facts import frozen_facts
from debriefs.queries.locked import LockedDraft, lock_draft_of, lock_draft_on
from debriefs.questions import TemplateDefinition, definition_of
from debriefs.rules import Standard, errors_of
from debriefs.services.carrying_over import carry_over
from debriefs.services.corrections import (
    correct_facts,
    may_correct_closing,
    outcome_after,
)
from debriefs.services.drafts import active_seconds_since_save, require_amendable
from debriefs.submissions import DebriefSubmission, left_out_of, on_path, submission_of
from outbox.services import record
from people.access import people_below
from people.models import User


@transaction.atomic
def submit_debrief(
    debrief: Debrief, submission: DebriefSubmission, *, submission_id: UUID, by: User
) -> DebriefVersion:
    """Submit, or amend, a debrief whose draft is open; returns the version that now counts.

    What the path of the answers doesn't ask is left out. Corrected facts go to the deal, the
    facts are frozen into the version, the author's request is done, the draft is gone and
    `debrief.submitted` is recorded: all or nothing, in at most 12 statements however much
    was answered (a correction of facts costs its own, an amendment what others made of it).
    The same `submission_id` again gives the same version. AlreadySubmitted when another
    submission was first, AmendingClosed after the days for it, FieldsRefused with a message
    per field, NotTheirs for anybody but the author.
    """
    locked = lock_draft_of(debrief, submission_id=submission_id)
    if locked is None:
        return _submitted_before(Debrief.objects.filter(pk=debrief.pk), submission_id, by)
    return _submit(locked, submission, submission_id, by)


@transaction.atomic
def submit_draft(closing_id: int, *, submission_id: UUID, by: User) -> DebriefVersion:
    """Submit what stands in `by`'s draft for this closing; as `submit_debrief`.

    Debrief.DoesNotExist when they have none.
    """
    mine = Debrief.objects.of(by).filter(closing=closing_id)
    locked = lock_draft_on(closing_id, author=by, submission_id=submission_id)
    if locked is None:
        return _submitted_before(mine, submission_id, by)
    draft = locked.draft
    definition = definition_of(draft.debrief.template_version_id)
    outcome = outcome_after(
        draft.debrief.closing, {"outcome": draft.values.get("facts.outcome", "")}
    )
    submission = submission_of(definition, _meant(draft.values, outcome))
    return _submit(locked, submission, submission_id, by)


def missing_in(
    definition: TemplateDefinition,
    values: Mapping[str, str],
    *,
    outcome: str,
    must_refine: bool,
) -> dict[str, str]:
    """What submitting these values would refuse, by field, without submitting them."""
    try:
        given = submission_of(definition, _meant(values, outcome))
        submission = on_path(given, definition, outcome=outcome)
        _checked(submission, definition, outcome=outcome, must_refine=must_refine)
    except FieldsRefused as refused:
        return refused.errors
    return {}


@transaction.atomic
def reopen_for_amending(debrief: Debrief, *, by: User) -> Debrief:
    """A manager above the author opens a submitted debrief again for `AMEND_DAYS` days."""
    debrief = Debrief.objects.select_for_update().get(pk=debrief.pk)
    if not may_reopen(debrief, by):
        raise NotTheirs("Only a manager above the author opens a debrief again.")
    if debrief.current_version_id is None:
        raise NotTheirs("This debrief has not been submitted.")
    debrief.amendable_until = timezone.now() + _amending_time()
    debrief.save(update_fields=["amendable_until"])
    record(
        DEBRIEF_REOPENED,
        subject=f"debrief:{debrief.pk}",
        payload={"debrief_id": debrief.pk},
        by=by.pk,
    )
    return debrief


def may_reopen(debrief: Debrief, person: User) -> bool:
    """Managers above the author may; nobody reopens their own."""
    if debrief.author_id == person.pk:
        return False
    return people_below(person).filter(user=debrief.author_id).exists()


def _meant(values: Mapping[str, str], outcome: str) -> dict[str, str]:
    """A draft's values without the fields that its page hides.

    A won deal has no runner-up, and who wasn't the runner-up has nothing that says so.
    """
    hidden: tuple[str, ...] = ()
    if outcome == Outcome.WON:
        hidden = ("runner_up.",)
    elif values.get("runner_up.was") != "yes":
        hidden = ("runner_up.basis", "runner_up.evidence")
    return {name: value for name, value in values.items() if not name.startswith(hidden)}


def _amending_time() -> timedelta:
    return timedelta(days=max(settings.ENV.amend_days, 0))


def _submitted_before(debriefs: QuerySet[Debrief], submission_id: UUID, by: User) -> DebriefVersion:
    debrief = debriefs.get()
    if debrief.author_id != by.pk:
        raise NotTheirs("Only the author submits a debrief.")
    version = DebriefVersion.objects.filter(debrief=debrief, submission_id=submission_id).first()
    if version is None:
        raise AlreadySubmitted("This debrief was already submitted, from another tab or device.")
    return version


def _submit(
    locked: LockedDraft, submission: DebriefSubmission, submission_id: UUID, by: User
) -> DebriefVersion:
    draft, debrief = locked.draft, locked.draft.debrief
    if debrief.author_id != by.pk:
        raise NotTheirs("Only the author submits a debrief.")
    if locked.same_submission is not None:
        return DebriefVersion.objects.get(pk=locked.same_submission)
    if debrief.current_version_id is not None:
        require_amendable(debrief)
    definition = definition_of(debrief.template_version_id)
    outcome = outcome_after(debrief.closing, submission.facts)
    given, submission = submission, on_path(submission, definition, outcome=outcome)
    reasons = _checked(
        submission,
        definition,
        outcome=outcome,
        must_refine=debrief.closing.outcome == Outcome.LOST_UNSPECIFIED
        and may_correct_closing(by, debrief.closing),
    )
    stage = _stage(submission.hindsight.missed_sign_stage)
    correct_facts(debrief.closing, submission.facts, by=by)
    version = DebriefVersion.objects.create(
        debrief=debrief,
        number=locked.standing_number + 1,
        submission_id=submission_id,
        submitted_at=timezone.now(),
        facts=frozen_facts(debrief.closing_id),
        was_runner_up=submission.was_runner_up,
        runner_up_basis=submission.runner_up_basis,
        runner_up_evidence=submission.runner_up_evidence,
        missed_sign=submission.hindsight.missed_sign,
        missed_sign_stage=stage,
        unmet_need=submission.hindsight.unmet_need,
        rival_better=submission.hindsight.rival_better,
        idea=submission.hindsight.idea,
        seconds_to_fill=draft.active_seconds + active_seconds_since_save(draft),
        left_out=left_out_of(given, submission),
    )
    _keep_answers(version, submission, definition)
    _keep_reasons(version, submission, reasons)
    if debrief.current_version_id is not None:
        carry_over(debrief.current_version_id, version)
    _finish(debrief, version, by)
    return version


def _checked(
    submission: DebriefSubmission,
    definition: TemplateDefinition,
    *,
    outcome: str,
    must_refine: bool,
) -> dict[str, LossReason]:
    """The cited reasons by key. FieldsRefused with every complaint."""
    keys = [cited.reason for cited in submission.reasons]
    reasons = {reason.key: reason for reason in LossReason.objects.filter(key__in=keys).order_by()}
    standard = Standard(definition, outcome, reasons, must_refine)
    if errors := errors_of(submission, standard):
        raise FieldsRefused(errors)
    return reasons


def _keep_answers(
    version: DebriefVersion, submission: DebriefSubmission, definition: TemplateDefinition
) -> None:
    questions = {question.key: question for question in definition.questions()}
    Answer.objects.copy_in(
        Answer(
            version=version,
            key=given.key,
            rating=given.rating,
            value=kept_value(questions[given.key], given.value),
            text=given.text,
            audience=given.audience or definition.section_of(given.key).audience,
        )
        for given in submission.answers
    )
    FactorScore.objects.copy_in(
        FactorScore(
            version=version,
            key=given.key,
            score=given.score,
            note=given.note,
            audience=given.audience or definition.section_of(given.key).audience,
        )
        for given in submission.factors
    )


def _keep_reasons(
    version: DebriefVersion, submission: DebriefSubmission, reasons: dict[str, LossReason]
) -> None:
    CitedReason.objects.copy_in(
        CitedReason(
            version=version,
            rank=rank,
            reason=reasons[given.reason],
            basis=given.basis,
            quote=given.quote,
            text=given.text,
            **_checks(given.checks if reasons[given.reason].asks_price_checks else None),
        )
        for rank, given in enumerate(submission.reasons, start=1)
    )


def _stage(name: str) -> Stage | None:
    """The stage of this name. FieldsRefused for one that isn't there; none costs no statement."""
    if not name:
        return None
    stage = Stage.objects.filter(name_key=name_key(name)).first()
    if stage is None:
        raise FieldsRefused(
            {"hindsight.missed_sign_stage": f"“{name[:60]}” is not one of the stages."}
        )
    return stage


def _checks(checks: PriceChecks | None) -> dict[str, Any]:
    """The columns of the price checks; None where the reason doesn't ask for them."""
    given = checks or PriceChecks()
    return {
        "gap_known": given.gap_known,
        "gap_percent": given.percent,
        "budget_owner_met": given.budget_owner_met,
        "won_at_equal_price": given.won_at_equal_price,
        "is_untested": checks is not None and is_untested(checks),
    }


def _finish(debrief: Debrief, version: DebriefVersion, by: User) -> None:
    """The version counts, the request is done, the draft is gone, the others hear of it."""
    first = (
        {}
        if debrief.submitted_at
        else {
            "submitted_at": version.submitted_at,
            "amendable_until": version.submitted_at + _amending_time(),
        }
    )
    Debrief.objects.filter(pk=debrief.pk).update(current_version=version, **first)
    requests = DebriefRequest.objects.ended_by(debrief.closing_id, author_id=debrief.author_id)
    requests.update(done_at=version.submitted_at, dismissed_at=None, dismissed_because="")
    Draft.objects.filter(debrief=debrief).delete()
    deal_id = debrief.closing.deal_id
    record(
        DEBRIEF_SUBMITTED,
        subject=f"deal:{deal_id}",
        payload={
            "debrief_id": debrief.pk,
            "closing_id": debrief.closing_id,
            "deal_id": deal_id,
            "version": version.number,
        },
        by=by.pk,
    )
