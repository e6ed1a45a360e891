"""The only way a page, call or job gets a deal for a person: 404 unseen, 403 not theirs."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from deals.models import Closing, Deal, DealConflict
from people.models import User


def visible_deal(user: User, pk: int) -> Deal:
    """A deal that the person may read."""
    return get_object_or_404(Deal.objects.visible_to(user).with_facts(), pk=pk)


def editable_deal(user: User, pk: int) -> Deal:
    """A deal for the person to change: reps their own, managers their teams', admins all."""
    deal = visible_deal(user, pk)
    if not may_edit(user, deal):
        raise PermissionDenied("Only its owner, the managers above and admins change a deal.")
    return deal


def may_edit(user: User, deal: Deal) -> bool:
    return Deal.objects.editable_by(user).filter(pk=deal.pk).exists()


def editable_closing(user: User, deal_pk: int) -> Closing:
    """The current closing of a deal for the person to correct; 404 while the deal is open."""
    deal = editable_deal(user, deal_pk)
    return get_object_or_404(Closing.objects.current().with_facts(), deal=deal)


def editable_conflict(user: User, deal_pk: int, pk: int) -> DealConflict:
    deal = editable_deal(user, deal_pk)
    return get_object_or_404(DealConflict.objects.unresolved(), deal=deal, pk=pk)
