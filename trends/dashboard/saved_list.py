"""The list of saved views, for its page."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from people.models import User
from trends.dashboard.saved import opened
from trends.dashboard.words import days
from trends.errors import TrendError
from trends.models import SavedView


@dataclass(frozen=True)
class ListedView:
    """A saved view as its reader sees it. `period` is empty where it can't be read any more."""

    id: int
    name: str
    owner: str
    page: str
    period: str
    is_own: bool
    is_shared: bool
    url: str


def views_for(viewer: User, *, today: date) -> list[ListedView]:
    """The person's own, then those that others share, each by name."""
    found = SavedView.objects.visible_to(viewer).select_related("owner")
    return sorted(
        (_listed(view, viewer, today) for view in found),
        key=lambda view: (not view.is_own, view.name.lower()),
    )


def _listed(view: SavedView, viewer: User, today: date) -> ListedView:
    try:
        board, state = opened(view, today=today)
        page, period = board.title, days(state.period)
    except TrendError:
        page, period = view.page, ""
    return ListedView(
        id=view.pk,
        name=view.name,
        owner=str(view.owner),
        page=page,
        period=period,
        is_own=view.owner_id == viewer.pk,
        is_shared=view.shared_at is not None,
        url=reverse("trends:view_open", args=[view.pk]),
    )
