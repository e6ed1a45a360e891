"""Wins against losses: what is more common in one than in the other."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from trends import engine
from trends.addresses import page_address
from trends.contrasts import Contrasts, contrasts
from trends.dashboard.contrasts import ON_PAPER, attributes_csv, contrasts_csv, contrasts_page
from trends.dashboard.figures import Links
from trends.dashboard.page import PRINTED, frame_context, latest_url
from trends.dashboard.ready import ready_made
from trends.dashboard.state import DashboardState
from trends.results import TrendResult
from trends.snapshot import store
from trends.views.refusals import answers_trend_errors
from trends.withheld import withheld_from


@require_safe
@login_required
@answers_trend_errors
def wins_against_losses(request: HttpRequest) -> HttpResponse:
    """The findings of the period and filters that the address names, and what stays unsaid."""
    viewer, today = signed_in(request), company_today()
    state = DashboardState.from_params(request.GET, today=today, path=request.path)
    answer, withheld = engine.run(state.asking("deals"), viewer), withheld_from(viewer)
    # Before the figures are asked for: what is kept may be newer than its key, never older.
    versions = tuple(sorted(store.held.versions.items()))
    found = contrasts(state.query, viewer, withheld=withheld)

    def made() -> SafeString:
        context = frame_context(state, answer, viewer, today, withheld=withheld)
        context |= {"answer": answer, **_figures(found, state, answer)}
        return render_to_string("trends/contrasts_content.html", context)

    if state.is_by_person:
        content = made()
    else:
        key = (versions, ON_PAPER.slug, state, (viewer.pk, viewer.role, withheld), today)
        content = ready_made.get(key, made)
    return render(request, "trends/board.html", {"title": ON_PAPER.title, "content": content})


def _figures(found: Contrasts, state: DashboardState, answer: TrendResult) -> dict[str, Any]:
    return {
        "page": contrasts_page(
            found,
            state.query,
            Links(state.address()),
            csv_href=page_address(reverse("trends:contrasts_table"), state.query),
            attributes_href=page_address(reverse("trends:contrasts_attributes"), state.query),
        ),
        "printed": {
            kind: state.on(reverse("trends:printed_contrasts", args=[kind])).address()
            for kind in PRINTED
        },
        "latest_url": latest_url(state, answer.latest_closed_on),
    }


@require_safe
@login_required
@answers_trend_errors
def contrasts_table(request: HttpRequest) -> HttpResponse:
    """Every comparison of the page as a CSV file."""
    return _file(request, "wins-against-losses", contrasts_csv)


@require_safe
@login_required
@answers_trend_errors
def contrasts_attributes(request: HttpRequest) -> HttpResponse:
    """How much each attribute tells, as a CSV file."""
    return _file(request, "attributes", attributes_csv)


def _file(request: HttpRequest, name: str, table: Callable[[Contrasts], str]) -> HttpResponse:
    state = DashboardState.from_params(request.GET, today=company_today())
    found = contrasts(state.query, signed_in(request))
    response = HttpResponse(table(found), content_type="text/csv; charset=utf-8")
    name = f"{name}-{state.period.since}-{state.period.until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
