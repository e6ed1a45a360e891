"""The free cut: any measure by any one or two dimensions."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from trends.dashboard import explore
from trends.dashboard.state import DashboardState
from trends.errors import TrendError
from trends.views.boards import ready
from trends.views.refusals import answers_trend_errors

QUESTION = ("measure", "by")


@require_safe
@login_required
@answers_trend_errors
def explore_page(request: HttpRequest) -> HttpResponse:
    """One question in a chart and a table; a pair that doesn't go is refused with what does."""
    viewer, today, path = signed_in(request), company_today(), request.path
    try:
        state = explore.state_from(request.GET, today=today, path=path)
    except TrendError as error:
        if error.field not in QUESTION:
            raise
        state = DashboardState.from_params(request.GET, today=today, path=path)
        return _refused(request, error, state)
    asked = explore.board_of(state.query)
    content = ready(asked, state, viewer, today)
    context = {"title": asked.title, "content": content}
    return render(request, "trends/board.html", context)


def _refused(request: HttpRequest, error: TrendError, state: DashboardState) -> HttpResponse:
    measure, by = asked_for(request.GET)
    context = {
        "error": error,
        "offers": explore.offers(measure, by, state),
        "start_url": explore.explore_path(),
    }
    return render(request, "trends/explore_refused.html", context, status=422)


def asked_for(params: QueryDict) -> tuple[str, tuple[str, ...]]:
    """What was asked for, whether it goes or not."""
    by = [part.strip() for value in params.getlist("by") for part in value.split(",")]
    return params.get("measure", ""), tuple(filter(None, by))
