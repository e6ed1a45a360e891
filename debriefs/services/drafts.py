"""Drafts: begun once per closing and author, saved field by field, never losing a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from deals.models import Closing
from debriefs.errors import AlreadySubmitted, AmendingClosed, NotClosed, NotTheirs
from debriefs.fields import cleaned
from debriefs.models import Debrief, DebriefVersion, Draft
from debriefs.queries.traits import version_for
from debriefs.questions import definition_of
from debriefs.submissions import values_of
from people.models import User

LONGEST_PAUSE = 60


@dataclass(frozen=True)
class Conflict:
    """Two versions of one field: what this writer sent, and what stands."""

    mine: str
    theirs: str


@dataclass(frozen=True)
class DraftReply:
    """What a writer hears: the new revision, the fields where somebody else was first, and
    what others changed since the writer's base revision."""

    revision: int
    conflicts: Mapping[str, Conflict]
    updates: Mapping[str, str]


@transaction.atomic
def begin_debrief(closing: Closing, *, author: User) -> Debrief:
    """The author's debrief of this closing, with a draft; the one begun before if there is one.

    It is written on the version published now of the template that asks about the deal, and
    stays on it, whatever is corrected or published later. NotClosed when the deal was opened
    again.
    """
    if closing.reopened_at is not None:
        raise NotClosed("This deal was opened again. It can be debriefed once it closes.")
    begun = Debrief.objects.of(author).filter(closing=closing).select_related("draft").first()
    if begun is not None:
        return begun
    debrief, made = Debrief.objects.get_or_create(
        closing=closing,
        author=author,
        defaults={"template_version_id": version_for(closing.pk)},
    )
    if made:
        Draft.objects.create(debrief=debrief)
    return debrief


@transaction.atomic
def begin_amendment(debrief: Debrief, *, by: User) -> Draft:
    """Open the current version for amending, as a draft prefilled from it.

    Only its author, until `amendable_until`. The submitted version counts until the
    amendment is submitted.
    """
    debrief = Debrief.objects.select_for_update().get(pk=debrief.pk)
    if debrief.author_id != by.pk:
        raise NotTheirs("Only the author amends a debrief.")
    draft = Draft.objects.filter(debrief=debrief).first()
    if draft is not None:
        return draft
    require_amendable(debrief)
    version = DebriefVersion.objects.filter(debrief=debrief).order_by("number").last()
    definition = definition_of(debrief.template_version_id)
    values = values_of(version, definition) if version else {}
    fields = {name: [value, 0, ""] for name, value in values.items()}
    return Draft.objects.create(debrief=debrief, fields=fields)


def require_amendable(debrief: Debrief) -> None:
    """AmendingClosed once the days for amending are over."""
    until = debrief.amendable_until
    if until is None or timezone.now() > until:
        raise AmendingClosed(
            "The time for amending is over. Ask your manager to open the debrief again."
        )


@transaction.atomic
def discard_draft(debrief: Debrief, *, by: User) -> None:
    """Throw away what was typed and not submitted; a submitted version stays as it is."""
    if debrief.author_id != by.pk:
        raise NotTheirs("Only the author discards a draft.")
    draft = _locked_draft(debrief)
    draft.delete()
    Debrief.objects.filter(pk=debrief.pk, current_version=None).delete()


@transaction.atomic
def save_draft(
    debrief: Debrief,
    *,
    base_revision: int,
    writer: str,
    changes: Mapping[str, object],
    sequence: int | None = None,
) -> DraftReply:
    """Merge one writer's changes into the draft, under its row lock.

    A field that somebody else changed after `base_revision` is not overwritten: it comes
    back as a conflict, and the writer decides by sending it again on the new revision. Other
    fields merge silently. What the same writer wrote before never conflicts, so that a lost
    reply does no harm. `sequence` grows with each post of a writer; a post that arrives
    after a later one is ignored, since the later one carried its changes too.

    FieldsRefused for names or values that can't be kept, AlreadySubmitted when the draft
    is gone.
    """
    clean = cleaned(definition_of(debrief.template_version_id), changes)
    draft = _locked_draft(debrief)
    if sequence is not None and sequence <= draft.sequences.get(writer, -1):
        clean = {}
    conflicts = _write(draft, clean, base=base_revision, writer=writer)
    if sequence is not None:
        draft.sequences[writer] = max(sequence, draft.sequences.get(writer, -1))
    draft.active_seconds += active_seconds_since_save(draft)
    draft.saved_at = timezone.now()
    draft.save(update_fields=["fields", "revision", "sequences", "active_seconds", "saved_at"])
    return DraftReply(
        revision=draft.revision,
        conflicts=conflicts,
        updates=_others(draft.fields, conflicts, base=base_revision, writer=writer),
    )


def changes_since(draft: Draft, *, base_revision: int, writer: str) -> dict[str, str]:
    """What others changed after `base_revision`: for a page that looks again without saving."""
    return _others(draft.fields, {}, base=base_revision, writer=writer)


def active_seconds_since_save(draft: Draft) -> int:
    """Seconds of writing since the last save; a pause counts as `LONGEST_PAUSE` at most.

    None where the database's clock is ahead of ours.
    """
    seconds = int((timezone.now() - draft.saved_at).total_seconds())
    return max(0, min(seconds, LONGEST_PAUSE))


def _locked_draft(debrief: Debrief) -> Draft:
    draft = Draft.objects.select_for_update().filter(debrief=debrief).first()
    if draft is None:
        raise AlreadySubmitted("This debrief was submitted from another tab or device.")
    return draft


def _write(
    draft: Draft, changes: Mapping[str, str], *, base: int, writer: str
) -> dict[str, Conflict]:
    conflicts: dict[str, Conflict] = {}
    accepted: dict[str, str] = {}
    for name, value in changes.items():
        stands, revision, last = draft.fields.get(name, ("", 0, ""))
        if value == stands and (name in draft.fields or not name.startswith("facts.")):
            continue
        if revision > base and last != writer:
            conflicts[name] = Conflict(mine=value, theirs=stands)
        else:
            accepted[name] = value
    if accepted:
        draft.revision += 1
        for name, value in accepted.items():
            draft.fields[name] = [value, draft.revision, writer]
    return conflicts


def _others(
    fields: Mapping[str, Any], conflicts: Mapping[str, Conflict], *, base: int, writer: str
) -> dict[str, str]:
    return {
        name: value
        for name, (value, revision, last) in fields.items()
        if revision > base and last != writer and name not in conflicts
    }
