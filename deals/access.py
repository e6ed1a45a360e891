"""The only way a page, call or job gets a deal for a person: 404 unseen, 403 not theirs."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from deals.models import (
    Account,
    CatalogueEntry,
    Closing,
    Competitor,
    Deal,
    DealConflict,
    ImportRun,
    Product,
    Rate,
    Stage,
)
from people.models import User

CATALOGUES: dict[str, type[CatalogueEntry]] = {
    "accounts": Account,
    "products": Product,
    "competitors": Competitor,
    "stages": Stage,
}


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


def get_catalogue(kind: str) -> type[CatalogueEntry]:
    if kind not in CATALOGUES:
        raise Http404
    return CATALOGUES[kind]


def get_entry(kind: str, pk: int) -> CatalogueEntry:
    entries = get_catalogue(kind)._default_manager.select_related("merged_into", "proposed")
    return get_object_or_404(entries, pk=pk)


def get_rate(pk: int) -> Rate:
    return get_object_or_404(Rate, pk=pk)


def get_import(viewer: User, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(viewer), pk=pk)
