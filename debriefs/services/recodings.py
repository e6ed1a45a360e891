"""Saying what a citation meant: a part of a split reason, or what "other" was."""

from django.db import transaction
from django.utils import timezone

from debriefs.errors import ReasonRefused
from debriefs.events import REASON_RECODED
from debriefs.models import (
    ChangeKind,
    CitedReason,
    DebriefVersion,
    JudgedReason,
    LossReason,
    ReasonChange,
    Recoding,
)
from debriefs.queries.reasons import reason_list
from debriefs.services.reason_records import require_choosable, require_ordinary
from outbox.services import record
from people.models import User


@transaction.atomic
def recode_citation(
    version: DebriefVersion, reason: LossReason, *, into: LossReason, by: User
) -> Recoding:
    """Give a citation of a split reason one of the parts, or another part than before.

    It counts so in today's list; as recorded it stays what it was. ReasonRefused for a
    reason that the version doesn't name, that isn't split, or for what is no part of it.
    """
    _require_named(version, reason)
    split = _split_of(version, reason)
    parts = {reason_list().read(part.pk).reason for part in split.parts.all()}
    if into.pk not in parts:
        why = f"“{into}” is no part of the split."
        raise ReasonRefused("into", why, "Choose one of its parts.")
    return _recode(version, reason, into, split, by)


@transaction.atomic
def triage_citation(
    version: DebriefVersion, reason: LossReason, *, into: LossReason, by: User
) -> Recoding:
    """Say what “other” or “don't know” was, or say otherwise than before.

    It counts so in the confirmed judgement; in the author's it stays what they cited.
    """
    _require_named(version, reason)
    if not reason.needs_text:
        raise ReasonRefused("reason", f"“{reason}” says what it was.", "Only “other” is triaged.")
    require_ordinary(into)
    require_choosable(into, field="into")
    return _recode(version, reason, into, None, by)


@transaction.atomic
def take_back_recoding(recoding: Recoding, *, by: User) -> bool:
    """The citation reads as the author's again. Whether there was something to take back."""
    taken = Recoding.objects.in_force().filter(pk=recoding.pk)
    if not taken.update(taken_back_at=timezone.now(), taken_back_by=by):
        return False
    _tell(recoding.version, by)
    return True


def _recode(
    version: DebriefVersion,
    reason: LossReason,
    into: LossReason,
    split: ReasonChange | None,
    by: User,
) -> Recoding:
    DebriefVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    same_kind = Recoding.objects.in_force().filter(
        version=version, reason=reason, split__isnull=split is None
    )
    same_kind.update(taken_back_at=timezone.now(), taken_back_by=by)
    made = Recoding.objects.create(
        version=version, reason=reason, into=into, split=split, made_by=by, made_at=timezone.now()
    )
    _tell(version, by)
    return made


def _require_named(version: DebriefVersion, reason: LossReason) -> None:
    """The version cites the reason, or a manager's judgement or a triage names it."""
    named = (
        CitedReason.objects.filter(version=version, reason=reason),
        JudgedReason.objects.filter(judgement__version=version, reason=reason),
        Recoding.objects.filter(version=version, into=reason),
    )
    if not any(rows.exists() for rows in named):
        raise ReasonRefused("reason", f"The debrief doesn't cite “{reason}”.", "Reload the page.")


def _split_of(version: DebriefVersion, reason: LossReason) -> ReasonChange:
    """The split that the citation, as it reads today, waits to be recoded after."""
    listed = reason_list()
    before = Recoding.objects.in_force().after_split().filter(version=version, reason=reason)
    earlier = before.select_related("split").first()
    reads = listed.read(earlier.into_id if earlier else reason.pk).reason
    split = ReasonChange.objects.in_force().filter(kind=ChangeKind.SPLIT, reason=reads).first()
    if split is None and earlier is not None:
        split = earlier.split
    if split is None:
        raise ReasonRefused("reason", f"“{reason}” isn't split.", "Nothing is to recode.")
    return split


def _tell(version: DebriefVersion, by: User) -> None:
    deal_id = version.debrief.closing.deal_id
    record(REASON_RECODED, subject=f"deal:{deal_id}", payload={"deal_id": deal_id}, by=by.pk)
