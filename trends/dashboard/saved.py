"""Saved views as pages: which board one is of, with which state, today."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import QueryDict
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from trends.addresses import with_query
from trends.dashboard import explore
from trends.dashboard.boards import Board
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.state import PERIOD, DashboardState
from trends.errors import TrendError
from trends.models import SavedView

DAYS = ("since", "until")


def known_page(page: str) -> bool:
    return page in BOARDS or page == explore.SLUG


def page_path(page: str, subject: str = "") -> str:
    """The path of a page by its slug. TrendError for one that isn't there."""
    if page == explore.SLUG:
        return explore.explore_path()
    try:
        return reverse(BOARDS[page].url_name, args=[subject] if subject else [])
    except (KeyError, NoReverseMatch):
        raise TrendError("page", f"There is no page called “{page}”.") from None


def page_of(address: str) -> tuple[str, str, QueryDict]:
    """The slug, the subject and the parameters of a page's address. TrendError for another's."""
    path, _, query = address.partition("?")
    refused = TrendError("page", "Only a page of the dashboard can be saved.")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        raise refused
    try:
        found = resolve(path)
    except Resolver404:
        raise refused from None
    slug = str(found.kwargs.get("slug", found.url_name))
    if found.app_name != "trends" or not known_page(slug):
        raise refused
    return slug, str(found.kwargs.get("pk", "")), QueryDict(query)


def moving(params: Mapping[str, Sequence[str]], period: str) -> dict[str, list[str]]:
    """The parameters with the named period in place of days, so that they move with the day."""
    kept = {key: list(values) for key, values in params.items() if key not in (*DAYS, PERIOD)}
    return kept | {PERIOD: [period]}


def address_of(view: SavedView) -> str:
    """The page that the view opens; its reader's rights decide what it shows."""
    return with_query(page_path(view.page, view.subject), view.params)


def opened(view: SavedView, *, today: date) -> tuple[Board, DashboardState]:
    """The board of a view and its state as of today. TrendError when it can't be read any more."""
    path = page_path(view.page, view.subject)
    state = state_of(view.page, view.params, today=today, path=path)
    board = explore.board_of(state.query) if view.page == explore.SLUG else BOARDS[view.page]
    return board, state


def state_of(page: str, params: Mapping[str, Any], *, today: date, path: str) -> DashboardState:
    """The state of a page; that of the free cut holds its question too."""
    if page == explore.SLUG:
        return explore.state_from(params, today=today)
    return DashboardState.from_params(params, today=today, path=path)
