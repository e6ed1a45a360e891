"""What the pages of the reason list show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from common.clock import company_today
from debriefs.models import ChangeKind, LossReason, ReasonChange, ReasonGroup

_DESCRIBED = {
    "definition": "Definition",
    "example": "Example",
    "owner": "Owner",
    "review_on": "Review date",
}


@dataclass(frozen=True)
class ReasonRow:
    """`state` says what became of one that can't be chosen any more."""

    id: int
    name: str
    definition: str
    owner: str
    review_on: date | None
    is_due: bool
    cited: int
    state: str


@dataclass(frozen=True)
class GroupRow:
    id: int
    name: str
    reasons: list[ReasonRow] = field(default_factory=list)
    gone: list[ReasonRow] = field(default_factory=list)


@dataclass(frozen=True)
class Before:
    """What a field said before a change, and after."""

    label: str
    then: str
    now: str


@dataclass(frozen=True)
class ChangeRow:
    """One line of the history. `reversible` is its id where it can be taken back."""

    since: date
    words: str
    made_at: datetime
    made_by: str
    taken_back_at: datetime | None
    taken_back_by: str
    reversible: int | None
    described: tuple[Before, ...]


def listed_groups() -> list[GroupRow]:
    """The list in its order; what left it stands apart, under the group that it had."""
    today = company_today()
    groups = {group.pk: GroupRow(group.pk, group.name) for group in ReasonGroup.objects.standing()}
    reasons = LossReason.objects.select_related("owner", "merged_into", "group")
    # Counting by group drops the order of the model.
    in_order = reasons.order_by("group__position", "position", "name")
    for reason in in_order.annotate(cited=Count("citations")):
        group = groups.setdefault(reason.group_id, GroupRow(reason.group_id, reason.group.name))
        row = _row(reason, today)
        (group.reasons if reason.is_choosable else group.gone).append(row)
    return list(groups.values())


def due_for_review(groups: list[GroupRow]) -> list[ReasonRow]:
    return [row for group in groups for row in group.reasons if row.is_due]


def history_of(subject: LossReason | ReasonGroup) -> list[ChangeRow]:
    """Its changes, the latest first, and those that brought others into it."""
    changes = ReasonChange.objects.select_related(
        "made_by", "taken_back_by", "group", "group_before", "into", "reason"
    ).prefetch_related("parts")
    if isinstance(subject, ReasonGroup):
        return [
            _change_row(each, subject) for each in changes.filter(of_group=subject).order_by("-pk")
        ]
    of_it = changes.filter(reason=subject)
    into_it = changes.filter(into=subject)
    part_of = changes.filter(parts=subject)
    found = sorted({*of_it, *into_it, *part_of}, key=lambda each: each.pk, reverse=True)
    return [_change_row(each, subject) for each in found]


def state_of(reason: LossReason) -> str:
    """Why it can't be chosen; empty where it can."""
    if reason.merged_into is not None:
        return f"Merged into {reason.merged_into}"
    if reason.split_at is not None:
        return "Split"
    return "Retired" if reason.retired_at is not None else ""


def _row(reason: Any, today: date) -> ReasonRow:
    return ReasonRow(
        id=reason.pk,
        name=reason.name,
        definition=reason.definition,
        owner=str(reason.owner or ""),
        review_on=reason.review_on,
        is_due=reason.review_on is not None and reason.review_on <= today,
        cited=reason.cited,
        state=state_of(reason),
    )


def _change_row(change: ReasonChange, subject: LossReason | ReasonGroup) -> ChangeRow:
    is_own = change.reason == subject or change.of_group == subject
    return ChangeRow(
        since=change.since,
        words=_words(change) if is_own else _words_beside(change),
        made_at=change.made_at,
        made_by=str(change.made_by or "somebody who left"),
        taken_back_at=change.taken_back_at,
        taken_back_by=str(change.taken_back_by or ""),
        reversible=change.pk if is_own and change.is_reversible else None,
        described=tuple(_described(change)),
    )


def _words(change: ReasonChange) -> str:
    parts = ", ".join(f"“{part}”" for part in change.parts.all())
    words = {
        ChangeKind.ADDED: f"Listed as “{change.name}”",
        ChangeKind.RENAMED: f"“{change.name_before}” is called “{change.name}”",
        ChangeKind.MOVED: f"Moved from “{change.group_before}” to “{change.group}”",
        ChangeKind.MERGED: f"Merged into “{change.into}”",
        ChangeKind.SPLIT: f"“{change.name_before}” is split into {parts}",
        ChangeKind.RETIRED: "Taken off the list",
        ChangeKind.EDITED: "Described anew",
        ChangeKind.ORDERED: "Put into place {} of the list, from place {}",
    }[ChangeKind(change.kind)]
    if change.kind == ChangeKind.ORDERED:
        before, after = change.details["place"]
        return words.format(after, before)
    return words


def _words_beside(change: ReasonChange) -> str:
    """A change of another reason, as it concerns this one."""
    if change.kind == ChangeKind.MERGED:
        return f"“{change.reason}” is merged into it"
    return f"Part of the split of “{change.name_before}”"


def _described(change: ReasonChange) -> Iterator[Before]:
    for name, label in _DESCRIBED.items():
        if change.kind == ChangeKind.EDITED and name in change.details:
            then, now = change.details[name]
            yield Before(label, then or "nothing", now or "nothing")
