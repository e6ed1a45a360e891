"""The backlog: the closings that wait for a person's debrief, gone through one after another."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import timezone

from deals.models import Closing
from debriefs.models import Debrief, DebriefRequest
from people.models import User


@dataclass(frozen=True)
class Place:
    """Where a person stands: "3 of 7", those done on the way counted in."""

    number: int
    total: int


def next_in_backlog(user: User, *, after: int | None) -> int | None:
    """The closing after `after`, the first one without it; None at the end."""
    waiting = _waiting(user)
    if after is None:
        return waiting[0][1] if waiting else None
    reached = Closing.objects.filter(pk=after).values_list("closed_on", flat=True).first()
    if reached is None:
        return None
    return next((pk for closed_on, pk in waiting if (closed_on, pk) > (reached, after)), None)


def left_in_backlog(user: User) -> int:
    return len(_waiting(user))


def place_in_backlog(user: User, closing_id: int, *, done: int) -> Place | None:
    """The place of a closing when `done` debriefs were submitted on the way; None outside."""
    waiting = [pk for _, pk in _waiting(user)]
    if closing_id not in waiting:
        return None
    return Place(done + waiting.index(closing_id) + 1, done + len(waiting))


def _waiting(user: User) -> list[tuple[date, int]]:
    """What was asked for and not put off, and what was begun, as day and id: the oldest first."""
    asked = DebriefRequest.objects.of(user).open().awake(at=timezone.now()).values("closing")
    mine = Debrief.objects.of(user)
    waiting = (
        # One set of ids: either of two would be looked for among all closings.
        Closing.objects.current()
        .filter(pk__in=asked.union(mine.drafts().values("closing")))
        .exclude(Exists(mine.submitted().filter(closing=OuterRef("pk"))))
        .order_by("closed_on", "pk")
    )
    return list(waiting.values_list("closed_on", "pk"))
