"""Changes of the upper level of the reason list."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.text import name_key
from debriefs.errors import ReasonRefused
from debriefs.models import ChangeKind, LossReason, ReasonChange, ReasonGroup
from debriefs.services.reason_records import (
    checked_day,
    checked_name,
    free_key,
    locked_list,
    note,
    tell,
)
from people.models import User


@transaction.atomic
def add_group(name: str, *, by: User, since: date | None = None) -> ReasonGroup:
    """Add a group at the end of the list."""
    locked_list()
    name = _free_name(name)
    last = ReasonGroup.objects.aggregate(last=Max("position"))["last"]
    group = ReasonGroup.objects.create(
        key=free_key(ReasonGroup, name), name=name, position=0 if last is None else last + 1
    )
    day = checked_day(since, (), ChangeKind.ADDED)
    note(ChangeKind.ADDED, of_group=group, since=day, name=name, by=by)
    tell([], by=by)
    return group


@transaction.atomic
def rename_group(
    group: ReasonGroup, name: str, *, by: User, since: date | None = None
) -> ReasonGroup:
    """Give a group another name from a day on."""
    locked_list()
    group = ReasonGroup.objects.get(pk=group.pk)
    name = _free_name(name, beside=group)
    if name == group.name:
        raise ReasonRefused("name", f"It is called “{name}” already.", "Choose another name.")
    before = ReasonChange.objects.in_force().filter(of_group=group)
    day = checked_day(since, before, ChangeKind.RENAMED)
    note(ChangeKind.RENAMED, of_group=group, since=day, name=name, name_before=group.name, by=by)
    group.name = name
    group.save(update_fields=["name"])
    tell(_reasons_of(group), by=by)
    return group


@transaction.atomic
def place_group(group: ReasonGroup, *, up: bool, by: User) -> None:
    """Move a group one place up or down."""
    locked_list()
    groups = list(ReasonGroup.objects.standing())
    place = groups.index(group)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(groups):
        return
    groups.insert(target, groups.pop(place))
    for position, each in enumerate(groups):
        each.position = position
    ReasonGroup.objects.bulk_update(groups, ["position"])
    note(ChangeKind.ORDERED, of_group=group, details={"place": [place + 1, target + 1]}, by=by)
    tell(_reasons_of(group), by=by)


@transaction.atomic
def retire_group(group: ReasonGroup, *, by: User) -> ReasonGroup:
    """Take a group off the list. ReasonRefused while it holds a reason that can be chosen."""
    locked_list()
    group = ReasonGroup.objects.get(pk=group.pk)
    if group.retired_at is not None:
        raise ReasonRefused("group", f"“{group}” has left the list.", "Nothing is to do.")
    if LossReason.objects.choosable().filter(group=group).exists():
        raise ReasonRefused("group", f"“{group}” holds reasons still.", "Move them first.")
    group.retired_at = timezone.now()
    group.save(update_fields=["retired_at"])
    note(ChangeKind.RETIRED, of_group=group, by=by)
    tell([], by=by)
    return group


def _free_name(name: str, *, beside: ReasonGroup | None = None) -> str:
    clean = checked_name(name)
    for group in ReasonGroup.objects.standing():
        if name_key(group.name) == name_key(clean) and group != beside:
            raise ReasonRefused("name", f"“{group}” is listed already.", "Choose another name.")
    return clean


def _reasons_of(group: ReasonGroup) -> list[int]:
    return list(LossReason.objects.filter(group=group).values_list("pk", flat=True))
