"""The list of saved views, for its page."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from people.models import User
from trends.dashboard.saved import opened
from trends.dashboard.words import days
from trends.errors import TrendError
from trends.models import SavedView, ViewSubscription


@dataclass(frozen=True)
class ListedView:
    """A saved view as its reader sees it. `period` is empty where it can't be read any more.

    `weekly` says when it is mailed to them, "" where it isn't.
    """

    id: int
    name: str
    owner: str
    page: str
    period: str
    is_own: bool
    is_shared: bool
    url: str
    weekly: str


def views_for(viewer: User, *, today: date) -> list[ListedView]:
    """The person's own, then those that others share, each by name."""
    found = SavedView.objects.visible_to(viewer).select_related("owner")
    mailed = ViewSubscription.objects.filter(person=viewer)
    weekly = {each.view_id: each.in_words for each in mailed}
    return sorted(
        (_listed(view, viewer, today, weekly.get(view.pk, "")) for view in found),
        key=lambda view: (not view.is_own, view.name.lower()),
    )


def _listed(view: SavedView, viewer: User, today: date, weekly: str) -> ListedView:
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
        weekly=weekly,
    )
