"""One view for every page of the dashboard that a `Board` describes."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from people.models import User
from trends.dashboard import filters
from trends.dashboard.beside import beside_figures
from trends.dashboard.boards import Board, Part
from trends.dashboard.catalogue import BOARDS, COMPETITOR, OVERVIEW
from trends.dashboard.drawing import drawn_or_missing
from trends.dashboard.page import page_context
from trends.dashboard.ready import ready_made
from trends.dashboard.saved import page_path
from trends.dashboard.state import DashboardState
from trends.dashboard.voices import basis_of, voices_of
from trends.errors import TrendError, TrendRefused
from trends.snapshot import store
from trends.views.refusals import answers_trend_errors
from trends.withheld import withheld_from

# From so many deals on, a page shows its headline and first figure at once, and the others as
# the reader comes near. With fewer, a second request would cost more than it saves.
MANY_DEALS = 250_000


@require_safe
@login_required
@answers_trend_errors
def board(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """A page over the period and filters that the address names; `pk` is the value it is about."""
    viewer, today, asked = signed_in(request), company_today(), _theirs(slug, request)
    state = DashboardState.from_params(request.GET, today=today, path=request.path)
    content = ready(asked, state, viewer, today, subject="" if pk is None else str(pk))
    context: dict[str, Any] = {"title": asked.title, "content": content}
    if asked is COMPETITOR and pk is not None:
        context["voices"] = _voices(state, pk, viewer, today)
    return render(request, "trends/board.html", context)


@require_safe
@login_required
@answers_trend_errors
def rest(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """The figures of a page after its first ones, to stand where its place for them is."""
    viewer, today, asked = signed_in(request), company_today(), _theirs(slug, request)
    subject = "" if pk is None else str(pk)
    if bool(asked.subject) != bool(subject):
        raise Http404
    state = DashboardState.from_params(request.GET, today=today, path=page_path(slug, subject))
    return HttpResponse(ready(asked, state, viewer, today, subject=subject, part=Part.REST))


def _theirs(slug: str, request: HttpRequest) -> Board:
    """The page of this name. Http404 where there is none, PermissionDenied where it isn't theirs."""
    if slug not in BOARDS:
        raise Http404
    if BOARDS[slug].sales_only and not signed_in(request).in_sales:
        raise PermissionDenied
    return BOARDS[slug]


@require_safe
@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """The values of one filter of the panel, fetched as it is opened, or in their place why not."""
    try:
        state = DashboardState.from_params(request.GET, today=company_today())
        return HttpResponse(filters.choices(state, signed_in(request)))
    except (TrendError, TrendRefused) as error:
        status = 403 if isinstance(error, TrendRefused) else 422
        return HttpResponse(format_html('<p class="meta">{}</p>', error.reason), status=status)


def _voices(state: DashboardState, pk: int, viewer: User, today: date) -> SafeString:
    """Words from debriefs, made again when one is written or the reader owes one."""

    def made() -> SafeString:
        context = {"voices": voices_of(state, pk, viewer), "pk": pk}
        return render_to_string("trends/voices.html", context)

    if state.query.values_of("rep"):
        return made()
    versions = tuple(sorted(store.current().versions.items()))
    key = ("voices", versions, pk, state, viewer.pk, viewer.role, today, basis_of(viewer))
    return ready_made.get(key, made)


def ready(
    asked: Board,
    state: DashboardState,
    viewer: User,
    today: date,
    *,
    subject: str = "",
    part: Part | None = None,
) -> SafeString:
    """The content of a page, made again only when something that it depends on has changed.

    Without a `part` it is the whole page where that is wanted or cheap, else what comes first.
    """
    beside = beside_figures(state.period, viewer, overview=asked is OVERVIEW)
    withheld, snapshot = withheld_from(viewer), store.current()
    if part is None:
        is_whole = state.is_whole or snapshot.deal_count < MANY_DEALS
        part = Part.WHOLE if is_whole else Part.FIRST

    def made() -> SafeString:
        page = drawn_or_missing(
            *(asked, state, viewer),
            subject=subject,
            beside=beside,
            withheld=withheld,
            part=part,
        )
        if part is Part.REST:
            return render_to_string(
                "trends/board_rest.html", {"drawings": page.drawings, "scopes": page.scopes}
            )
        context = page_context(page, viewer, today) | {"changed": beside.changed}
        return render_to_string("trends/board_content.html", context)

    if state.is_by_person:
        return made()
    versions = tuple(sorted(snapshot.versions.items()))
    reader = (viewer.pk, viewer.role, withheld)
    key = (versions, asked.slug, part, subject, state, reader, today, beside)
    return ready_made.get(key, made)
