"""What every change of the reason list goes through: the lock, the checks, the record, the rows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from common.clock import company_today
from common.text import name_key, tidy
from debriefs.errors import ReasonRefused
from debriefs.events import REASON_CHANGED
from debriefs.models import ChangeKind, LossReason, ReasonChange, ReasonGroup
from debriefs.models.reasons import LONGEST_NAME
from debriefs.queries.reasons import reason_list
from outbox.services import record
from people.models import User

_KEY_LENGTH = 50
_STATES = (ChangeKind.RETIRED, ChangeKind.SPLIT)


def locked_list() -> dict[int, LossReason]:
    """All reasons by id, locked: the list is changed by one person at a time.

    Citing a reason meanwhile doesn't wait.
    """
    rows = LossReason.objects.select_for_update(no_key=True, of=("self",))
    return {reason.pk: reason for reason in rows.select_related("group").order_by("pk")}


def checked_name(name: str, *, field: str = "name") -> str:
    """The name tidied. ReasonRefused when nothing is left of it or it is too long."""
    clean = tidy(name)
    if not clean:
        raise ReasonRefused(field, "The name is empty.", "Give a name.")
    if len(clean) > LONGEST_NAME:
        raise ReasonRefused(field, f"A name has at most {LONGEST_NAME} characters.", "Shorten it.")
    return clean


def require_free(name: str, rows: Iterable[LossReason], *, field: str = "name") -> None:
    """ReasonRefused when one of `rows` that can be chosen bears the name."""
    for reason in rows:
        if reason.is_choosable and name_key(reason.name) == name_key(name):
            raise ReasonRefused(
                field, f"“{reason.name}” is listed already.", "Merge the two if they are the same."
            )


def require_choosable(reason: LossReason, *, field: str = "reason") -> None:
    """ReasonRefused for one that new debriefs can't cite, saying what became of it."""
    if reason.merged_into_id is not None:
        why = f"“{reason.name}” is merged into “{reason.merged_into}”."
        raise ReasonRefused(field, why, "Change that one, or take the merge back.")
    if reason.split_at is not None:
        why = f"“{reason.name}” was split."
        raise ReasonRefused(field, why, "Change one of its parts, or take the split back.")
    if reason.retired_at is not None:
        why = f"“{reason.name}” has left the list."
        raise ReasonRefused(field, why, "Take that back first.")


def require_ordinary(reason: LossReason) -> None:
    """“Other” and “don't know” stay in the list: what they stand for is found in triage."""
    if reason.needs_text:
        raise ReasonRefused(
            "reason",
            f"“{reason.name}” stays in the list.",
            "Rename it or move it to another group.",
        )


def checked_day(since: date | None, before: Iterable[ReasonChange], kind: ChangeKind) -> date:
    """The first day of a change, today by default.

    ReasonRefused for a day ahead, and for one before the last change of the same kind:
    the later of two would be the one that was made first.
    """
    day = since or company_today()
    if day > company_today():
        raise ReasonRefused(
            "since", f"{day:%-d %B %Y} lies ahead.", "Choose today or a day before."
        )
    last = max((each.since for each in before if each.kind == kind), default=day)
    if day < last:
        why = f"It was {kind.label.lower()} from {last:%-d %B %Y} on already."
        raise ReasonRefused(
            "since", why, "Choose that day or a later one, or take that back first."
        )
    return day


def free_key(model: type[LossReason] | type[ReasonGroup], name: str) -> str:
    """A key for a new entry: its name's slug, numbered where that is taken."""
    stem = slugify(name).replace("-", "_")[: _KEY_LENGTH - 4] or "reason"
    taken = set(model._default_manager.filter(key__startswith=stem).values_list("key", flat=True))
    numbered = (f"{stem}_{n}" for n in range(2, len(taken) + 3))
    return next(key for key in (stem, *numbered) if key not in taken)


def note(
    kind: ChangeKind,
    *,
    by: User,
    reason: LossReason | None = None,
    of_group: ReasonGroup | None = None,
    since: date | None = None,
    **what: Any,
) -> ReasonChange:
    """Write one change into the history."""
    return ReasonChange.objects.create(
        kind=kind,
        reason=reason,
        of_group=of_group,
        since=since or company_today(),
        made_at=timezone.now(),
        made_by=by,
        **what,
    )


def bring_rows_up_to_date(reasons: Iterable[LossReason]) -> None:
    """Write into the rows how these reasons stand after all changes in force."""
    rows = {reason.pk: reason for reason in reasons}
    standings = reason_list().standings[-1]
    made = {
        (change.reason_id, change.kind): change.made_at
        for change in ReasonChange.objects.in_force().filter(reason__in=rows, kind__in=_STATES)
    }
    for pk, reason in rows.items():
        standing = standings[pk]
        reason.name, reason.group_id = standing.label, standing.group
        reason.merged_into_id = standing.into or None
        reason.retired_at = made.get((pk, ChangeKind.RETIRED))
        reason.split_at = made.get((pk, ChangeKind.SPLIT))
    LossReason.objects.bulk_update(
        rows.values(), ["name", "group", "merged_into", "retired_at", "split_at"]
    )


def tell(reason_ids: Sequence[int], *, by: User, deal_ids: Sequence[int] = ()) -> None:
    """Let those who read names know."""
    payload = {"reason_ids": sorted(reason_ids), "deal_ids": sorted(deal_ids)}
    record(REASON_CHANGED, payload=payload, by=by.pk)
