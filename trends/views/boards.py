"""One view for every page of the dashboard that a `Board` describes."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from people.models import User
from trends.dashboard.boards import Board, drawn
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.page import page_context
from trends.dashboard.ready import ready_made
from trends.dashboard.state import DashboardState
from trends.errors import TrendError
from trends.snapshot import store
from trends.views.refusals import answers_trend_errors


@require_safe
@login_required
@answers_trend_errors
def board(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """A page over the period and filters that the address names; `pk` is the value it is about."""
    viewer, today, asked = signed_in(request), company_today(), BOARDS[slug]
    if asked.sales_only and not viewer.in_sales:
        raise PermissionDenied
    state = DashboardState.from_params(request.GET, today=today, path=request.path)
    subject = "" if pk is None else str(pk)
    content = _ready(asked, state, viewer, today, subject)
    return render(request, "trends/board.html", {"title": asked.title, "content": content})


def _ready(
    asked: Board, state: DashboardState, viewer: User, today: date, subject: str
) -> SafeString:
    """The content, made again only when something that it depends on has changed."""

    def made() -> SafeString:
        return _content(asked, state, viewer, today, subject)

    if state.query.values_of("rep"):
        return made()
    versions = tuple(sorted(store.current().versions.items()))
    key = (versions, asked.slug, subject, state, viewer.pk, viewer.role, today)
    return ready_made.get(key, made)


def _content(
    asked: Board, state: DashboardState, viewer: User, today: date, subject: str
) -> SafeString:
    try:
        page = drawn(asked, state, viewer, subject=subject)
    except TrendError as error:
        if subject and error.field == asked.subject:
            raise Http404 from error
        raise
    return render_to_string("trends/board_content.html", page_context(page, viewer, today))
