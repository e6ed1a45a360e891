"""Requests: a closing waits for its owner's debrief."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from deals.models import Closing
from debriefs.errors import FieldsRefused, NotTheirs, RequestNotOpen
from debriefs.events import REQUEST_DECIDED
from debriefs.models import Debrief, DebriefRequest
from outbox.services import record
from people.access import people_below
from people.models import Role, User

DUE_AFTER = timedelta(hours=48)
LONGEST_REASON = 500


def open_requests(closing_ids: Sequence[int]) -> None:
    """Ask the owners of these closings for a debrief, due in 48 hours.

    Only where the deal still stands closed, it closed at most `REQUEST_DAYS` before it was
    recorded (an import of last year asks nobody), and its owner works in sales and has not
    debriefed it. Called twice it asks once.
    """
    window = timedelta(days=settings.ENV.request_days)
    debriefed = Debrief.objects.submitted().filter(
        closing__in=closing_ids, author=F("closing__deal__owner")
    )
    closings = (
        Closing.objects.current()
        .filter(
            pk__in=closing_ids,
            closed_on__gte=F("recorded_at__date") - window,
            deal__owner__is_active=True,
        )
        .exclude(deal__owner__role=Role.PARTNER)
        .exclude(pk__in=debriefed.values("closing"))
        .values_list("pk", "deal__owner")
    )
    now = timezone.now()
    DebriefRequest.objects.bulk_create(
        (
            DebriefRequest(
                closing_id=closing_id, person_id=person, requested_at=now, due_at=now + DUE_AFTER
            )
            for closing_id, person in closings
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )


@transaction.atomic
def dismiss_request(request: DebriefRequest, *, because: str, by: User) -> DebriefRequest:
    """Say that a closing is not worth a debrief, and why. It stays in coverage's denominator.

    The person asked may, and the managers above. RequestNotOpen when it was done or
    dismissed meanwhile.
    """
    _require_may_decide(request, by)
    reason = because.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise FieldsRefused(
            {"because": f"Say in 1 to {LONGEST_REASON} characters why it is not worth a debrief."}
        )
    still_open = DebriefRequest.objects.filter(pk=request.pk, done_at=None, dismissed_at=None)
    if not still_open.update(dismissed_at=timezone.now(), dismissed_because=reason):
        raise RequestNotOpen("This request is no longer open.")
    _tell_of_decision(request, by=by)
    request.refresh_from_db()
    return request


@transaction.atomic
def restore_request(request: DebriefRequest, *, by: User) -> DebriefRequest:
    """Take a dismissal back."""
    _require_may_decide(request, by)
    dismissed = DebriefRequest.objects.filter(pk=request.pk, done_at=None)
    dismissed.update(dismissed_at=None, dismissed_because="")
    _tell_of_decision(request, by=by)
    request.refresh_from_db()
    return request


def _tell_of_decision(request: DebriefRequest, *, by: User) -> None:
    deal_id = request.closing.deal_id
    record(REQUEST_DECIDED, subject=f"deal:{deal_id}", payload={"deal_id": deal_id}, by=by.pk)


def _require_may_decide(request: DebriefRequest, by: User) -> None:
    if by.pk == request.person_id or people_below(by).filter(user=request.person_id).exists():
        return
    raise NotTheirs("Only the person asked or a manager above decides on this request.")
