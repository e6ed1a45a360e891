"""Changes of the reason list. Each has a first day and stands in the history; none rewrites a debrief.

A reason that was cited is never deleted: what it reads as changes, by `debriefs.reading`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, ProtectedError

from common.text import name_key
from debriefs.errors import ReasonRefused
from debriefs.models import ChangeKind, LossReason, ReasonChange, ReasonGroup
from debriefs.queries.reasons import reason_list
from debriefs.services.reason_records import (
    bring_rows_up_to_date,
    checked_day,
    checked_name,
    free_key,
    locked_list,
    note,
    require_choosable,
    require_free,
    require_ordinary,
    tell,
)
from people.models import User

FEWEST_PARTS = 2


@dataclass(frozen=True)
class Description:
    """What a reason means. A definition says when to cite it, an example how it sounds."""

    definition: str
    example: str = ""
    owner: User | None = None
    review_on: date | None = None


@dataclass(frozen=True)
class Part:
    """One part of a split: a new reason, or the listed one of that name."""

    name: str
    definition: str = ""


@transaction.atomic
def add_reason(
    name: str, *, group: ReasonGroup, description: Description, by: User, since: date | None = None
) -> LossReason:
    """List a reason, at the end of its group. ReasonRefused when its name is listed already."""
    rows = locked_list()
    name = checked_name(name)
    require_free(name, rows.values())
    _require_standing(group)
    if not description.definition.strip():
        raise ReasonRefused("definition", "Nothing says when to cite it.", "Define it.")
    day = checked_day(since, (), ChangeKind.ADDED)
    reason = _listed(name, group, description)
    note(ChangeKind.ADDED, reason=reason, since=day, name=name, group=group, by=by)
    tell([reason.pk], by=by)
    return reason


@transaction.atomic
def rename_reason(
    reason: LossReason, name: str, *, by: User, since: date | None = None
) -> LossReason:
    """Give a reason another name from a day on. Before it, the list reads the old one."""
    rows = locked_list()
    reason, name = rows[reason.pk], checked_name(name)
    require_choosable(reason)
    require_free(name, (row for row in rows.values() if row.pk != reason.pk))
    if name == reason.name:
        raise ReasonRefused("name", f"It is called “{name}” already.", "Choose another name.")
    day = checked_day(since, _in_force(reason), ChangeKind.RENAMED)
    before = reason.name
    note(ChangeKind.RENAMED, reason=reason, since=day, name=name, name_before=before, by=by)
    return _changed(reason, by)


@transaction.atomic
def describe_reason(reason: LossReason, description: Description, *, by: User) -> LossReason:
    """Change definition, example, owner and review date; the history keeps what was before."""
    reason = locked_list()[reason.pk]
    if not description.definition.strip():
        raise ReasonRefused("definition", "Nothing says when to cite it.", "Define it.")
    details = {
        name: [str(getattr(reason, name) or ""), str(getattr(description, name) or "")]
        for name in ("definition", "example", "owner", "review_on")
        if getattr(reason, name) != getattr(description, name)
    }
    if details:
        reason.definition, reason.example = description.definition, description.example
        reason.owner, reason.review_on = description.owner, description.review_on
        reason.save(update_fields=["definition", "example", "owner", "review_on"])
        note(ChangeKind.EDITED, reason=reason, details=details, by=by)
        tell([reason.pk], by=by)
    return reason


@transaction.atomic
def place_reason(reason: LossReason, *, up: bool, by: User) -> None:
    """Move a reason one place up or down among those of its group that can be chosen."""
    rows = locked_list()
    reason = rows[reason.pk]
    require_choosable(reason)
    beside = sorted(
        (row for row in rows.values() if row.is_choosable and row.group_id == reason.group_id),
        key=lambda row: (row.position, row.name),
    )
    place = beside.index(reason)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(beside):
        return
    beside.insert(target, beside.pop(place))
    for position, row in enumerate(beside):
        row.position = position
    LossReason.objects.bulk_update(beside, ["position"])
    note(ChangeKind.ORDERED, reason=reason, details={"place": [place + 1, target + 1]}, by=by)
    tell([reason.pk], by=by)


@transaction.atomic
def move_reason(
    reason: LossReason, group: ReasonGroup, *, by: User, since: date | None = None
) -> LossReason:
    """Put a reason into another group from a day on."""
    reason = locked_list()[reason.pk]
    require_choosable(reason)
    _require_standing(group)
    if group.pk == reason.group_id:
        raise ReasonRefused("group", f"It belongs to “{group}” already.", "Choose another group.")
    day = checked_day(since, _in_force(reason), ChangeKind.MOVED)
    before = reason.group
    note(ChangeKind.MOVED, reason=reason, since=day, group=group, group_before=before, by=by)
    return _changed(reason, by)


@transaction.atomic
def merge_reasons(
    reason: LossReason, *, into: LossReason, by: User, since: date | None = None
) -> LossReason:
    """From a day on `reason` counts as `into`, as do all its citations in today's list.

    `into` settles for the reason that stands for it. A retired or split reason may be
    merged, which tidies what is left of it; nothing merges into one. Returns the reason
    that stands.
    """
    rows = locked_list()
    reason = rows[reason.pk]
    into = rows[reason_list().read(into.pk).reason]
    if reason.merged_into_id is not None:
        require_choosable(reason)
    require_ordinary(reason)
    if into.pk == reason.pk:
        raise ReasonRefused("into", f"“{into}” is that reason itself.", "Choose another one.")
    require_ordinary(into)
    require_choosable(into, field="into")
    day = checked_day(since, (), ChangeKind.MERGED)
    note(ChangeKind.MERGED, reason=reason, since=day, into=into, by=by)
    _changed(reason, by, also=[into.pk])
    return into


@transaction.atomic
def split_reason(
    reason: LossReason, parts: Sequence[Part], *, by: User, since: date | None = None
) -> list[LossReason]:
    """Put two or more reasons in the place of one. Returns the parts.

    What was cited stays under "X (before the split)", in the same group, until recoded by
    hand. A part may bear the name of the reason itself, or be one that is listed.
    """
    rows = locked_list()
    reason = rows[reason.pk]
    require_choosable(reason)
    require_ordinary(reason)
    names = [checked_name(part.name, field="parts") for part in parts]
    if len({name_key(name) for name in names}) < max(len(names), FEWEST_PARTS):
        raise ReasonRefused("parts", "A split has two different parts or more.", "Name them.")
    day = checked_day(since, (), ChangeKind.SPLIT)
    listed = {
        name_key(row.name): row
        for row in rows.values()
        if row.is_choosable and row.pk != reason.pk and not row.needs_text
    }
    made = [
        listed.get(name_key(name)) or _new_part(name, part, reason, day, by)
        for name, part in zip(names, parts, strict=True)
    ]
    change = note(ChangeKind.SPLIT, reason=reason, since=day, name_before=reason.name, by=by)
    change.parts.set(made)
    _changed(reason, by, also=[part.pk for part in made])
    return made


@transaction.atomic
def retire_reason(reason: LossReason, *, by: User, since: date | None = None) -> LossReason:
    """Take a reason off the list; what was cited reads as before."""
    reason = locked_list()[reason.pk]
    require_choosable(reason)
    require_ordinary(reason)
    day = checked_day(since, (), ChangeKind.RETIRED)
    note(ChangeKind.RETIRED, reason=reason, since=day, by=by)
    return _changed(reason, by)


@transaction.atomic
def remove_reason(reason: LossReason, *, by: User) -> None:
    """Delete a reason that nothing ever used. ReasonRefused for one in use."""
    reason = locked_list()[reason.pk]
    require_ordinary(reason)
    if ReasonChange.objects.in_force().filter(parts=reason).exists():
        raise ReasonRefused("reason", f"“{reason}” is part of a split.", "Retire it instead.")
    try:
        with transaction.atomic():
            pk = reason.pk
            reason.delete()
    except ProtectedError as used:
        raise ReasonRefused(
            "reason", f"“{reason}” is in use.", "Retire it, or merge it into another."
        ) from used
    tell([pk], by=by)


def _new_part(name: str, part: Part, split: LossReason, day: date, by: User) -> LossReason:
    definition = part.definition.strip() or split.definition
    made = _listed(name, split.group, Description(definition, owner=split.owner))
    if split.asks_price_checks:
        made.asks_price_checks = True
        made.save(update_fields=["asks_price_checks"])
    note(ChangeKind.ADDED, reason=made, since=day, name=name, group=split.group, by=by)
    return made


def _listed(name: str, group: ReasonGroup, description: Description) -> LossReason:
    last = LossReason.objects.filter(group=group).aggregate(last=Max("position"))["last"]
    return LossReason.objects.create(
        key=free_key(LossReason, name),
        name=name,
        group=group,
        definition=description.definition,
        example=description.example,
        owner=description.owner,
        review_on=description.review_on,
        position=0 if last is None else last + 1,
    )


def _in_force(reason: LossReason) -> list[ReasonChange]:
    return list(ReasonChange.objects.in_force().filter(reason=reason))


def _changed(reason: LossReason, by: User, *, also: Sequence[int] = ()) -> LossReason:
    bring_rows_up_to_date([reason])
    tell([reason.pk, *also], by=by)
    return reason


def _require_standing(group: ReasonGroup) -> None:
    if not ReasonGroup.objects.standing().filter(pk=group.pk).exists():
        raise ReasonRefused("group", f"“{group}” has left the list.", "Choose another group.")
