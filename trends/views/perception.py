"""Perception: reasons as reps recorded them beside reasons as managers or buyers see them."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from trends import engine
from trends.dashboard.figures import Links
from trends.dashboard.page import frame_context, latest_url
from trends.dashboard.perception import WORDINGS, perception_page
from trends.dashboard.state import DashboardState
from trends.perception import FEWEST_JUDGED, Beside, perception, time_of
from trends.views.refusals import answers_trend_errors
from trends.withheld import withheld_from

ADDRESSES = {Beside.MANAGER: "perception", Beside.BUYER: "perception_buyers"}


@require_safe
@login_required
@answers_trend_errors
def perceived(request: HttpRequest, beside: Beside) -> HttpResponse:
    """Over the period and filters that the address names; the agreement is that of all time."""
    viewer, today = signed_in(request), company_today()
    if not viewer.in_sales:
        raise PermissionDenied
    state = DashboardState.from_params(request.GET, today=today, path=request.path)
    answer = engine.run(state.asking("lost"), viewer)
    withheld = withheld_from(viewer)
    found = perception(
        state.query, viewer, time=time_of(state.period), beside=beside, withheld=withheld
    )
    context = frame_context(state, answer, viewer, today, withheld=withheld) | {
        "page": perception_page(found, state.query, Links(state.address())),
        "fewest": FEWEST_JUDGED,
        "wording": WORDINGS[beside],
        "others": [
            (WORDINGS[each].tab, state.on(reverse(f"trends:{name}")).address(), each is beside)
            for each, name in ADDRESSES.items()
        ],
        "latest_url": latest_url(state, answer.latest_closed_on),
    }
    return render(request, "trends/perception.html", context)
