"""What any app says is due for somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from common.text import tidy
from notices.models import Notice

_LONGEST_TEXT = 300
_CHUNK = 1000


@dataclass(frozen=True)
class Due:
    """One thing that waits for one person. `subject` is unique to them within its kind.

    `path` is where one does it, in one click; `due_at` is shown beside the text.
    """

    person_id: int
    subject: str
    text: str
    path: str
    shown_from: datetime
    shown_until: datetime
    due_at: datetime | None = None


@transaction.atomic
def keep_notices(kind: str, *, about: Iterable[str], dues: Iterable[Due]) -> None:
    """Of the subjects `about`, exactly these are due; whatever else was open about them ends.

    Told twice is told once; what had ended and is told again is open again. Three statements,
    and one more for each further 1,000 dues.
    """
    written = Notice.objects.bulk_create(
        (_notice(kind, due) for due in dues),
        update_conflicts=True,
        unique_fields=["person", "kind", "subject"],
        update_fields=["text", "path", "due_at", "shown_from", "shown_until", "ended_at"],
        batch_size=_CHUNK,
    )
    others = Notice.objects.filter(kind=kind, subject__in=list(about), ended_at=None)
    others.exclude(pk__in=[notice.pk for notice in written]).update(ended_at=timezone.now())


def _notice(kind: str, due: Due) -> Notice:
    return Notice(
        person_id=due.person_id,
        kind=kind,
        subject=due.subject,
        text=tidy(due.text)[:_LONGEST_TEXT],
        path=due.path,
        due_at=due.due_at,
        shown_from=due.shown_from,
        shown_until=due.shown_until,
        ended_at=None,
    )
