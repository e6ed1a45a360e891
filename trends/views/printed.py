"""A dashboard page as PDF and as a picture, with the rights of the page itself."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from trends import engine
from trends.contrasts import contrasts
from trends.dashboard import explore
from trends.dashboard.boards import Drawn
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.contrasts import contrasts_drawn
from trends.dashboard.drawing import drawn_for
from trends.dashboard.perception import perception_drawn
from trends.dashboard.saved import known_page, page_path, state_of
from trends.dashboard.state import DashboardState
from trends.participation.page import participation
from trends.participation.printed import participation_drawn
from trends.participation.state import ParticipationState
from trends.perception import Beside
from trends.printing.report import Report, report_for, report_of
from trends.printing.typesetting import pdf, png
from trends.views.perception import asked_for
from trends.views.refusals import answers_trend_errors
from trends.withheld import withheld_from

MAKERS = {"pdf": (pdf, "application/pdf"), "png": (png, "image/png")}


@require_safe
@login_required
@answers_trend_errors
def printed(request: HttpRequest, slug: str, kind: str, pk: int | None = None) -> HttpResponse:
    """What the page with this state shows, to keep or to hand round."""
    about = slug in BOARDS and bool(BOARDS[slug].subject)
    if not known_page(slug) or kind not in MAKERS or (pk is not None) != about:
        raise Http404
    subject = "" if pk is None else str(pk)
    path = page_path(slug, subject)
    state = state_of(slug, request.GET, today=company_today(), path=path)
    board = explore.board_of(state.query) if slug == explore.SLUG else BOARDS[slug]
    viewer = signed_in(request)
    page = drawn_for(board, state, viewer, subject=subject)
    return _file(page, report_for(page, viewer), kind)


@require_safe
@login_required
@answers_trend_errors
def printed_contrasts(request: HttpRequest, kind: str) -> HttpResponse:
    """The same of wins against losses."""
    if kind not in MAKERS:
        raise Http404
    viewer, path = signed_in(request), reverse("trends:contrasts")
    state = DashboardState.from_params(request.GET, today=company_today(), path=path)
    answer = engine.run(state.asking("deals"), viewer)
    withheld = withheld_from(viewer)
    found = contrasts(state.query, viewer, withheld=withheld)
    page = contrasts_drawn(found, state, answer, withheld)
    return _file(page, report_of(page), kind)


@require_safe
@login_required
@answers_trend_errors
def printed_participation(request: HttpRequest, kind: str) -> HttpResponse:
    """The same of participation."""
    if kind not in MAKERS:
        raise Http404
    viewer, today = signed_in(request), company_today()
    state = ParticipationState.from_params(request.GET, viewer, today=today)
    page = participation_drawn(participation(state, viewer, today=today), state)
    return _file(page, report_of(page), kind)


@require_safe
@login_required
@answers_trend_errors
def printed_perception(request: HttpRequest, beside: Beside, kind: str) -> HttpResponse:
    """The same of perception."""
    if kind not in MAKERS:
        raise Http404
    asked = asked_for(request, beside)
    page = perception_drawn(asked.page, asked.state, asked.answer, asked.withheld)
    return _file(page, report_of(page), kind)


def _file(page: Drawn, report: Report, kind: str) -> HttpResponse:
    make, content_type = MAKERS[kind]
    period = page.state.period
    name = f"{page.board.slug}-{period.since}-{period.until}.{kind}"
    response = HttpResponse(make(report), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
