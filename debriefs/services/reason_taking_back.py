"""Taking a change of the reason list back: the list reads as if it had never been made."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from debriefs.errors import ReasonRefused
from debriefs.models import ChangeKind, LossReason, ReasonChange, ReasonGroup, Recoding
from debriefs.queries.reasons import reason_list
from debriefs.reading import ReasonList
from debriefs.services.reason_records import (
    bring_rows_up_to_date,
    locked_list,
    require_free,
    tell,
)
from people.models import User


@transaction.atomic
def take_back_change(change: ReasonChange, *, by: User) -> ReasonChange:
    """Undo a rename, move, merge, split or retirement; it stays in the history, crossed out.

    With a split, or a merge into a split reason, go the recodings that rested on it. The
    parts of a split stay listed. ReasonRefused for what is taken back already or can't be,
    when another reason bears the name meanwhile, and when its group has left the list.
    """
    rows = locked_list()
    change = ReasonChange.objects.select_for_update().get(pk=change.pk)
    if not change.is_reversible:
        raise ReasonRefused("change", "This is not to be taken back.", "Make another change.")
    change.taken_back_at, change.taken_back_by = timezone.now(), by
    change.save(update_fields=["taken_back_at", "taken_back_by"])
    if change.of_group_id is not None:
        _restore_group(change)
        tell([pk for pk, row in rows.items() if row.group_id == change.of_group_id], by=by)
        return change
    reason = rows[change.reason_id or 0]
    bring_rows_up_to_date([reason])
    _require_a_place(reason, rows.values())
    ids = [reason.pk, *([change.into_id] if change.into_id else [])]
    tell(ids, deal_ids=_take_back_recodings(change, by), by=by)
    return change


def _require_a_place(reason: LossReason, rows: Iterable[LossReason]) -> None:
    if not reason.is_choosable:
        return
    require_free(reason.name, (row for row in rows if row.pk != reason.pk), field="change")
    group = ReasonGroup.objects.get(pk=reason.group_id)
    if group.retired_at is not None:
        raise ReasonRefused("change", f"“{group}” has left the list.", "Take that back first.")


def _restore_group(change: ReasonChange) -> None:
    group = ReasonGroup.objects.get(changes=change)
    if change.kind == ChangeKind.RETIRED:
        group.retired_at = None
    group.name = reason_list().group_names[-1][group.pk]
    others = ReasonGroup.objects.standing().exclude(pk=group.pk)
    if group.retired_at is None and others.filter(name__iexact=group.name).exists():
        raise ReasonRefused("change", f"“{group}” is listed already.", "Rename that one first.")
    group.save(update_fields=["name", "retired_at"])


def _take_back_recodings(change: ReasonChange, by: User) -> list[int]:
    """Take back the recodings that rested on the change; returns the deals concerned."""
    resting = Recoding.objects.in_force().after_split()
    if change.kind == ChangeKind.SPLIT:
        gone = list(resting.filter(split=change))
    elif change.kind == ChangeKind.MERGED:
        listed = reason_list()
        through = resting.select_related("split").filter(split__reason__isnull=False)
        gone = [each for each in through if _came_through(change, each, listed)]
    else:
        return []
    rows = Recoding.objects.filter(pk__in=[each.pk for each in gone])
    deals = set(rows.values_list("version__debrief__closing__deal", flat=True))
    rows.update(taken_back_at=timezone.now(), taken_back_by=by)
    return sorted(deals)


def _came_through(merge: ReasonChange, recoding: Recoding, listed: ReasonList) -> bool:
    """Whether only the undone merge made the citation one of the split reason."""
    path = listed.path(recoding.reason_id)
    assert recoding.split is not None
    return merge.reason_id in path and recoding.split.reason_id not in path
