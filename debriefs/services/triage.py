"""Giving an "other" a reason, and a free text a code: each can be said otherwise and taken back."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.text import tidy
from debriefs.errors import ReasonRefused
from debriefs.events import CODE_CHANGED, TEXT_CODED
from debriefs.models import (
    CodedText,
    DebriefVersion,
    LossReason,
    ReasonGroup,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.models.codes import LONGEST_CODE
from debriefs.services.reasons import Description, add_reason
from debriefs.services.recodings import triage_citation
from outbox.services import record
from people.models import User


@transaction.atomic
def triage_as_new_reason(
    version: DebriefVersion,
    reason: LossReason,
    *,
    name: str,
    group: ReasonGroup,
    definition: str,
    by: User,
) -> Recoding:
    """List a new reason and say that a citation of “other” or “don't know” was that one."""
    made = add_reason(name, group=group, description=Description(definition), by=by)
    return triage_citation(version, reason, into=made, by=by)


@transaction.atomic
def code_text(version: DebriefVersion, code: TextCode, *, by: User) -> TextCoding:
    """Say what a text of a debrief amounts to, or say otherwise than before.

    A merged code settles for the one that stands. ReasonRefused where the version has no
    such text.
    """
    of_text = CodedText(code.of_text)
    if not getattr(version, of_text.column).strip():
        raise ReasonRefused("code", "The debrief says nothing of it.", "Reload the page.")
    DebriefVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    before = TextCoding.objects.in_force().filter(version=version, of_text=of_text)
    before.update(taken_back_at=timezone.now(), taken_back_by=by)
    coding = TextCoding.objects.create(
        version=version,
        of_text=of_text,
        code=code.today,
        made_by=by,
        made_at=timezone.now(),
    )
    _tell_coded(version, by)
    return coding


@transaction.atomic
def code_text_as_new(
    version: DebriefVersion, of_text: CodedText, *, name: str, by: User
) -> TextCoding:
    """Code a text by a name; one that is listed already is taken for what it is."""
    listed = TextCode.objects.of(of_text).filter(name__iexact=tidy(name)).first()
    return code_text(version, listed or add_code(of_text, name, by=by), by=by)


@transaction.atomic
def take_back_coding(coding: TextCoding, *, by: User) -> bool:
    """The text waits for a code again. Whether there was something to take back."""
    taken = TextCoding.objects.in_force().filter(pk=coding.pk)
    if not taken.update(taken_back_at=timezone.now(), taken_back_by=by):
        return False
    _tell_coded(coding.version, by)
    return True


@transaction.atomic
def add_code(of_text: CodedText, name: str, *, by: User) -> TextCode:
    """List a code. ReasonRefused for a name that is listed."""
    code = _saved(TextCode(of_text=of_text), name)
    _tell_changed(code, by)
    return code


@transaction.atomic
def rename_code(code: TextCode, name: str, *, by: User) -> TextCode:
    """Give a code another name; what was coded goes with it."""
    code = _saved(TextCode.objects.select_for_update().get(pk=code.pk), name)
    _tell_changed(code, by)
    return code


@transaction.atomic
def merge_codes(code: TextCode, *, into: TextCode, by: User) -> TextCode:
    """Everything coded with `code` counts as `into`; as recorded it stays apart."""
    rows = {
        each.pk: each for each in TextCode.objects.select_for_update().of(CodedText(code.of_text))
    }
    code, into = rows[code.pk], rows.get(into.pk, into)
    into = into.today
    if into.of_text != code.of_text:
        raise ReasonRefused("into", "That is a code of the other list.", "Choose another one.")
    if code.merged_into_id is not None:
        raise ReasonRefused("into", f"“{code}” is merged already.", "Part the two first.")
    if into.pk == code.pk:
        raise ReasonRefused("into", f"“{code}” is that code itself.", "Choose another one.")
    code.merged_into = into
    code.save(update_fields=["merged_into"])
    _tell_changed(code, by)
    return into


@transaction.atomic
def part_code(code: TextCode, *, by: User) -> TextCode:
    """Undo a merge of codes."""
    code = TextCode.objects.select_for_update().get(pk=code.pk)
    if code.merged_into_id is not None:
        code.merged_into = None
        code.save(update_fields=["merged_into"])
        _tell_changed(code, by)
    return code


def _saved(code: TextCode, name: str) -> TextCode:
    clean = tidy(name)
    if not clean or len(clean) > LONGEST_CODE:
        why = f"A name has 1 to {LONGEST_CODE} characters."
        raise ReasonRefused("name", why, "Give a shorter one." if clean else "Give one.")
    code.name = clean
    try:
        with transaction.atomic():
            code.save()
    except IntegrityError as taken:
        raise ReasonRefused("name", f"“{clean}” is listed already.", "Choose that one.") from taken
    return code


def _tell_coded(version: DebriefVersion, by: User) -> None:
    deal_id = version.debrief.closing.deal_id
    record(TEXT_CODED, subject=f"deal:{deal_id}", payload={"deal_id": deal_id}, by=by.pk)


def _tell_changed(code: TextCode, by: User) -> None:
    record(CODE_CHANGED, payload={"code_ids": [code.pk]}, by=by.pk)
