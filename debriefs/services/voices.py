"""Second views: somebody else who worked on a deal is asked for a debrief of their own."""

from django.db import transaction
from django.utils import timezone

from deals.models import Closing
from debriefs.errors import CannotBeAsked, NotClosed, NotTheirs
from debriefs.events import REQUEST_DECIDED, VIEW_ASKED
from debriefs.models import Debrief, DebriefRequest
from debriefs.services.corrections import may_correct_closing
from debriefs.services.reminders import keep_reminders
from debriefs.services.requests import asked_of
from outbox.services import record
from people.models import User


def may_ask_for_views(person: User, closing: Closing) -> bool:
    """The owner of the deal, the managers above and admins, while the closing stands."""
    return person.in_sales and may_correct_closing(person, closing)


@transaction.atomic
def ask_for_debrief(closing: Closing, *, person: User, by: User) -> DebriefRequest:
    """Ask `person` for their own debrief of this closing; asked already, it is the same request.

    From then on they don't see what others submitted on it, until they have submitted theirs
    or declined (`closings_owed_by`). A request that they had declined is opened again.

    NotClosed once the deal was opened again, NotTheirs for whom `may_ask_for_views` refuses,
    CannotBeAsked for somebody who is not active in sales, who asks themselves, or who has
    submitted one.
    """
    closing = Closing.objects.select_for_update(of=("self",)).get(pk=closing.pk)
    if closing.reopened_at is not None:
        raise NotClosed("This deal was opened again. Ask once it closes.")
    if not may_ask_for_views(by, closing):
        raise NotTheirs("Only the deal's owner and the managers above ask others for their view.")
    _require_can_be_asked(closing, person, by)
    dates = asked_of(person, at=timezone.now())
    request, is_new = DebriefRequest.objects.get_or_create(
        closing=closing,
        person=person,
        defaults={"asked_by": by, **dates},
    )
    declined = DebriefRequest.objects.filter(pk=request.pk, dismissed_at__isnull=False)
    reopened = not is_new and declined.update(dismissed_at=None, dismissed_because="", **dates)
    if reopened:
        decided = {"deal_id": closing.deal_id}
        record(REQUEST_DECIDED, subject=f"deal:{closing.deal_id}", payload=decided, by=by.pk)
    if is_new or reopened:
        keep_reminders([closing.pk])
        payload = {"request_id": request.pk, "deal_id": closing.deal_id}
        record(VIEW_ASKED, subject=f"deal:{closing.deal_id}", payload=payload, by=by.pk)
        request.refresh_from_db()
    return request


def _require_can_be_asked(closing: Closing, person: User, by: User) -> None:
    if person.pk == by.pk:
        raise CannotBeAsked("You need not ask yourself: begin your debrief.")
    if person.is_partner or not person.is_active:
        raise CannotBeAsked("Only people who work in sales can be asked for a debrief.")
    if Debrief.objects.submitted().of(person).filter(closing=closing).exists():
        raise CannotBeAsked(f"{person} has debriefed this deal already.")
