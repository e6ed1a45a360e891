"""The only way a page gets a saved view or an annotation for a person: 404 unseen, 403 not theirs."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from people.models import User
from trends.models import Annotation, Arrangement, SavedView


def visible_view(viewer: User, pk: int) -> SavedView:
    """Their own, or one that is shared with all of sales."""
    return get_object_or_404(SavedView.objects.visible_to(viewer).select_related("owner"), pk=pk)


def own_view(viewer: User, pk: int) -> SavedView:
    """One for its owner to change; 403 where it is only shared with them."""
    view = visible_view(viewer, pk)
    if view.owner_id != viewer.pk:
        raise PermissionDenied("Only who saved a view changes it.")
    return view


def editable_annotation(viewer: User, pk: int) -> Annotation:
    """One for a manager or an admin to change."""
    refuse_unless_leading(viewer)
    return get_object_or_404(Annotation, pk=pk)


def may_lead(viewer: User) -> bool:
    """Managers and admins annotate, and arrange an overview of their own."""
    return viewer.is_manager or viewer.is_admin


def refuse_unless_leading(viewer: User) -> None:
    """403 for whoever may not."""
    if not may_lead(viewer):
        raise PermissionDenied("Managers and admins do this.")


def arranged_for(viewer: User) -> list[str] | None:
    """The widgets of the person's own overview in order, None for the standard one."""
    if not may_lead(viewer):
        return None
    found = Arrangement.objects.filter(person=viewer).values_list("widgets", flat=True).first()
    return list(found) if found else None
