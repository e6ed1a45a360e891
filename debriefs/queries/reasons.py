"""The reason list with its history: as the reading rule takes it, and as the pages show it."""

from collections.abc import Iterable
from typing import Any

from debriefs.models import ChangeKind, LossReason, ReasonChange, ReasonGroup
from debriefs.reading import READ_BY, Change, FirstStood, ReasonList


def reason_list() -> ReasonList:
    """The list as the reading rule takes it: first states, and the changes in force."""
    changes = list(ReasonChange.objects.filter(kind__in=READ_BY).order_by("pk"))
    of_reasons = [change for change in changes if change.reason_id]
    of_groups = [change for change in changes if change.of_group_id]
    names = _first(of_reasons, "reason_id", "name_before")
    groups = _first(of_reasons, "reason_id", "group_before_id")
    group_names = _first(of_groups, "of_group_id", "name_before")
    return ReasonList(
        reasons=tuple(
            FirstStood(pk, names.get(pk, name), groups.get(pk, group))
            for pk, name, group in LossReason.objects.values_list("pk", "name", "group_id")
        ),
        groups=tuple(
            FirstStood(pk, group_names.get(pk, name))
            for pk, name in ReasonGroup.objects.values_list("pk", "name")
        ),
        changes=_in_force(of_reasons),
        renamed_groups=_in_force(of_groups),
    )


def _first(changes: Iterable[ReasonChange], subject: str, before: str) -> dict[int, Any]:
    """What stood before the first change ever made, by its subject."""
    found: dict[int, Any] = {}
    for change in changes:
        if getattr(change, before):
            found.setdefault(getattr(change, subject), getattr(change, before))
    return found


def _in_force(changes: Iterable[ReasonChange]) -> tuple[Change, ...]:
    standing = [change for change in changes if change.taken_back_at is None]
    return tuple(
        Change(
            id=change.reason_id or change.of_group_id or 0,
            kind=change.kind,
            since=change.since.isoformat(),
            name=change.name if change.kind == ChangeKind.RENAMED else "",
            target=change.into_id or change.group_id or 0,
        )
        for change in sorted(standing, key=lambda change: (change.since, change.pk))
    )
