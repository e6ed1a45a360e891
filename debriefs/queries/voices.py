"""Who debriefs one closing: those asked for a second view, and those who still can be asked."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from deals.models import Closing
from debriefs.models import Debrief, DebriefRequest
from people.models import User


@dataclass(frozen=True)
class Asked:
    """One person asked for a debrief of the closing. `due_at` is None once it is done or declined."""

    person: str
    asked_by: str
    state: str
    due_at: datetime | None


def asked_about(closing: Closing) -> list[Asked]:
    """Everybody who was asked, the latest first. Says who is done or declined, never what they said."""
    requests = DebriefRequest.objects.filter(closing=closing).select_related("person", "asked_by")
    return [
        Asked(
            person=str(request.person),
            asked_by=str(request.asked_by or ""),
            state=_state(request),
            due_at=None if request.done_at or request.dismissed_at else request.due_at,
        )
        for request in requests.order_by("-requested_at", "-pk")
    ]


def people_to_ask(closing: Closing, *, by: User) -> QuerySet[User]:
    """Active people in sales who have neither begun a debrief of it nor an open request."""
    begun = Debrief.objects.filter(closing=closing).values("author")
    asked = DebriefRequest.objects.open().filter(closing=closing).values("person")
    people = User.objects.active().standing().in_sales().exclude(pk=by.pk)
    return people.exclude(pk__in=begun).exclude(pk__in=asked).order_by("full_name", "pk")


def _state(request: DebriefRequest) -> str:
    if request.done_at:
        return "submitted"
    return f"declined: {request.dismissed_because}" if request.dismissed_at else "open"
