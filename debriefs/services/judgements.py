"""A manager's judgement on an author's reasons: both are kept, with who and when."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from debriefs.errors import NotTheirs, ReasonRefused
from debriefs.events import REASONS_JUDGED
from debriefs.models import Debrief, JudgedReason, LossReason, ReasonJudgement
from debriefs.services.submission import may_reopen
from outbox.services import record
from people.models import User

MOST_REASONS = 3


@transaction.atomic
def judge_reasons(
    debrief: Debrief,
    reasons: Sequence[LossReason],
    *,
    by: User,
    version_id: int | None = None,
    note: str = "",
) -> ReasonJudgement:
    """Confirm the author's reasons (by naming the same), or name others, the primary one first.

    It holds for the version that counts now, and for an amendment that cites the same; one that
    cites otherwise waits for another judgement.
    `version_id` is the version that the manager has read. A judgement before it is kept,
    withdrawn. NotTheirs for anybody but a manager above the author; ReasonRefused for none or
    more than three reasons, for one named twice or off the list, and when the author has
    amended meanwhile.
    """
    debrief = _locked(debrief, by)
    version = debrief.current_version
    if version is None:
        raise ReasonRefused("reason_1", "It isn't submitted yet.", "Wait for the author.")
    if version_id is not None and version_id != version.pk:
        raise ReasonRefused("reason_1", "The author has amended it meanwhile.", "Read it again.")
    cited = list(version.reasons.order_by("rank").values_list("reason", flat=True))
    _check(reasons, cited)
    _withdraw(version.pk)
    judgement = ReasonJudgement.objects.create(
        version=version,
        judged_by=by,
        judged_at=timezone.now(),
        agrees=[reason.pk for reason in reasons] == cited,
        note=note.strip(),
    )
    JudgedReason.objects.bulk_create(
        JudgedReason(judgement=judgement, rank=rank, reason=reason)
        for rank, reason in enumerate(reasons, start=1)
    )
    _tell(debrief, by)
    return judgement


@transaction.atomic
def withdraw_judgement(debrief: Debrief, *, by: User) -> bool:
    """The author's reasons count again in both judgements. Whether there was one to withdraw."""
    debrief = _locked(debrief, by)
    if debrief.current_version_id is None or not _withdraw(debrief.current_version_id):
        return False
    _tell(debrief, by)
    return True


def may_judge(debrief: Debrief, person: User) -> bool:
    """Managers above the author; nobody judges their own."""
    return may_reopen(debrief, person)


def _locked(debrief: Debrief, by: User) -> Debrief:
    rows = Debrief.objects.select_for_update(of=("self",))
    debrief = rows.select_related("current_version", "closing").get(pk=debrief.pk)
    if not may_judge(debrief, by):
        raise NotTheirs("Only a manager above the author confirms or changes the reasons.")
    return debrief


def _check(reasons: Sequence[LossReason], cited: Sequence[int]) -> None:
    if not reasons:
        raise ReasonRefused("reason_1", "No reason is named.", "Choose the primary one.")
    if len(reasons) > MOST_REASONS:
        raise ReasonRefused("reason_3", "A deal has three reasons at most.", "Leave one out.")
    for place, reason in enumerate(reasons, start=1):
        if reason in reasons[: place - 1]:
            raise ReasonRefused(f"reason_{place}", f"“{reason}” is named twice.", "Name another.")
        if not reason.is_choosable and reason.pk not in cited:
            why = f"“{reason}” can't be chosen any more."
            raise ReasonRefused(f"reason_{place}", why, "Choose one of the list.")


def _withdraw(version_id: int) -> int:
    before = ReasonJudgement.objects.in_force().filter(version=version_id)
    return before.update(withdrawn_at=timezone.now())


def _tell(debrief: Debrief, by: User) -> None:
    deal_id = debrief.closing.deal_id
    record(REASONS_JUDGED, subject=f"deal:{deal_id}", payload={"deal_id": deal_id}, by=by.pk)
