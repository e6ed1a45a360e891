"""The dashboard, the deals behind its numbers, and its tables as CSV."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from common.clock import company_today
from common.periods import Period, add_months, month_end, month_start
from people.models import User
from trends import engine
from trends.addresses import CELL, cell_from
from trends.dashboard.filters import chips, filter_groups
from trends.dashboard.overview import overview
from trends.dashboard.ready import ready_made
from trends.dashboard.state import DashboardState, presets
from trends.dashboard.words import days
from trends.errors import TrendError, TrendRefused
from trends.export import csv_table, file_name
from trends.pages import deals_page
from trends.query import TrendQuery
from trends.snapshot import store

P = ParamSpec("P")
AFTER = "after"


def answers_trend_errors(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """What can't be asked is a 422 that names the parameter; what may not, a 403."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TrendRefused as refused:
            raise PermissionDenied(refused.reason) from refused
        except TrendError as error:
            return render(request, "trends/refused.html", {"error": error}, status=422)

    return guarded


@require_safe
@login_required
@answers_trend_errors
def dashboard(request: HttpRequest) -> HttpResponse:
    """The overview of the period and filters that the address names."""
    viewer = cast(User, request.user)
    today = company_today()
    state = DashboardState.from_params(request.GET, today=today)
    if state.query.values_of("rep"):
        return _page(request, _content(state, viewer, today))
    key = (tuple(sorted(store.current().versions.items())), state, viewer.pk, viewer.role, today)
    return _page(request, ready_made.get(key, lambda: _content(state, viewer, today)))


def _page(request: HttpRequest, content: SafeString) -> HttpResponse:
    return render(request, "trends/dashboard.html", {"content": content})


def _content(state: DashboardState, viewer: User, today: date) -> SafeString:
    shown = overview(state, viewer)
    lost = shown.lost
    context = {
        "state": state,
        "overview": shown,
        "lost": lost,
        "may_import": viewer.is_manager or viewer.is_admin,
        "days": days(state.period),
        "compared_days": days(state.query.compared_period) if state.query.compared_period else "",
        "chips": [(chip.label, chip.url) for chip in chips(state, lost.filters)],
        "clear_url": state.without_filters().address(),
        "filter_groups": filter_groups(state, viewer),
        "presets": [
            (each.label, state.over(each.period).address(), each.period == state.period)
            for each in presets(today)
        ],
        "latest_url": _latest_url(state, lost.latest_closed_on),
    }
    return render_to_string("trends/overview.html", context)


def _latest_url(state: DashboardState, latest: date | None) -> str:
    """Where the latest deals are, when none lies in the period."""
    if latest is None or latest >= state.period.since:
        return ""
    return state.over(Period(add_months(month_start(latest), -11), month_end(latest))).address()


@require_safe
@login_required
@answers_trend_errors
def deals(request: HttpRequest) -> HttpResponse:
    """The deals behind one number, as many as the number says."""
    query = _query(request.GET)
    cell = cell_from(request.GET.getlist(CELL), query)
    page = deals_page(
        query, cell, cast(User, request.user), after=after_place(request.GET), params=request.GET
    )
    return render(request, "trends/deals.html", {"page": page})


@require_safe
@login_required
@answers_trend_errors
def table(request: HttpRequest) -> HttpResponse:
    """One answer as a CSV file."""
    result = engine.run(_query(request.GET), cast(User, request.user))
    response = HttpResponse(csv_table(result), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(result)}"'
    return response


def _query(params: QueryDict) -> TrendQuery:
    return TrendQuery.from_params(params, ignore=(CELL, AFTER))


def after_place(params: QueryDict) -> tuple[date, int] | None:
    """The keyset place `DAY.ID` after which the page begins."""
    text = params.get(AFTER, "")
    if not text:
        return None
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise TrendError(
            AFTER, f"“{text}” is no place in the list; begin at the first page."
        ) from None
