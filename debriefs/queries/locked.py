"""A draft with all that submitting it needs, its row and the debrief's locked."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from deals.models import Closing
from debriefs.models import Debrief, Draft
from people.models import User

_DRAFT = ("id", "debrief_id", "fields", "active_seconds", "saved_at")
_DEBRIEF = (
    "id",
    "closing_id",
    "author_id",
    "template_version_id",
    "submitted_at",
    "current_version_id",
    "amendable_until",
)
_CLOSING = ("id", "deal_id", "number", "outcome", "reopened_at")

# By hand, since submitting must cost little: as a queryset it takes the database twice as long to
# plan, and Python as long to write as all the answers.
_LOCK = """
SELECT {draft}, {debrief}, {closing},
       (SELECT number FROM debriefs_debriefversion WHERE id = debrief.current_version_id),
       (SELECT id FROM debriefs_debriefversion
        WHERE submission_id = %s AND debrief_id = debrief.id)
FROM debriefs_draft draft
JOIN debriefs_debrief debrief ON debrief.id = draft.debrief_id
JOIN deals_closing closing ON closing.id = debrief.closing_id
WHERE {which}
FOR UPDATE OF draft, debrief
"""


@dataclass(frozen=True)
class LockedDraft:
    """`draft.debrief.closing` costs no query; columns that submitting doesn't need are deferred.

    `standing_number` is the number of the version that counts, 0 before the first;
    `same_submission` the id of the version that the same submission made earlier.
    """

    draft: Draft
    standing_number: int
    same_submission: int | None


def lock_draft_of(debrief: Debrief, *, submission_id: UUID) -> LockedDraft | None:
    return _lock("debrief.id = %s", [debrief.pk], submission_id)


def lock_draft_on(closing_id: int, *, author: User, submission_id: UUID) -> LockedDraft | None:
    """The author's draft of this closing."""
    which = "debrief.closing_id = %s AND debrief.author_id = %s"
    return _lock(which, [closing_id, author.pk], submission_id)


def _lock(which: str, keys: list[int], submission_id: UUID) -> LockedDraft | None:
    statement = _LOCK.format(
        draft=_listed("draft", _DRAFT),
        debrief=_listed("debrief", _DEBRIEF),
        closing=_listed("closing", _CLOSING),
        which=which,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [submission_id, *keys])
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    same, number = values.pop(), values.pop()
    draft = _taken(Draft, _DRAFT, values)
    draft.fields = json.loads(draft.fields)
    draft.debrief = _taken(Debrief, _DEBRIEF, values)
    draft.debrief.closing = _taken(Closing, _CLOSING, values)
    return LockedDraft(draft, number or 0, same)


def _listed(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)


def _taken(model: Any, columns: tuple[str, ...], values: list[Any]) -> Any:
    """A row of the model from the next of the values, which are thereby used up."""
    own, values[:] = values[: len(columns)], values[len(columns) :]
    return model.from_db(connection.alias, columns, own)
