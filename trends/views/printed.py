"""A dashboard page as PDF and as a picture, with the rights of the page itself."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from trends.dashboard import explore
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.drawing import drawn_for
from trends.dashboard.saved import known_page, page_path, state_of
from trends.printing.report import report_of
from trends.printing.typesetting import pdf, png
from trends.views.refusals import answers_trend_errors

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
    report = report_of(drawn_for(board, state, signed_in(request), subject=subject))
    make, content_type = MAKERS[kind]
    name = f"{slug}-{state.period.since}-{state.period.until}.{kind}"
    response = HttpResponse(make(report), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
