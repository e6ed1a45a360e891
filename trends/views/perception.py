"""Perception: reasons as reps recorded them beside reasons as managers or buyers see them."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.clock import company_today
from people.access import signed_in
from people.models import User
from trends import engine
from trends.dashboard.figures import Links
from trends.dashboard.page import PRINTED, frame_context, latest_url
from trends.dashboard.perception import WORDINGS, PerceptionPage, perception_page
from trends.dashboard.state import DashboardState
from trends.perception import FEWEST_JUDGED, Beside, perception, time_of
from trends.results import TrendResult
from trends.views.refusals import answers_trend_errors
from trends.withheld import Withheld, withheld_from

ADDRESSES = {Beside.MANAGER: "perception", Beside.BUYER: "perception_buyers"}


@dataclass(frozen=True)
class Asked:
    """The page that an address asks for, with the answer on all its lost deals."""

    viewer: User
    state: DashboardState
    answer: TrendResult
    withheld: Withheld
    page: PerceptionPage


def asked_for(request: HttpRequest, beside: Beside) -> Asked:
    """PermissionDenied for whom doesn't belong to sales."""
    viewer, today = signed_in(request), company_today()
    if not viewer.in_sales:
        raise PermissionDenied
    path = reverse(f"trends:{ADDRESSES[beside]}")
    state = DashboardState.from_params(request.GET, today=today, path=path)
    withheld = withheld_from(viewer)
    found = perception(
        state.query, viewer, time=time_of(state.period), beside=beside, withheld=withheld
    )
    return Asked(
        viewer=viewer,
        state=state,
        answer=engine.run(state.asking("lost"), viewer),
        withheld=withheld,
        page=perception_page(found, state.query, Links(state.address())),
    )


@require_safe
@login_required
@answers_trend_errors
def perceived(request: HttpRequest, beside: Beside) -> HttpResponse:
    """Over the period and filters that the address names; the agreement is that of all time."""
    asked = asked_for(request, beside)
    state, answer = asked.state, asked.answer
    frame = frame_context(state, answer, asked.viewer, company_today(), withheld=asked.withheld)
    context = frame | {
        "page": asked.page,
        "fewest": FEWEST_JUDGED,
        "wording": WORDINGS[beside],
        "others": [
            (WORDINGS[each].tab, state.on(reverse(f"trends:{name}")).address(), each is beside)
            for each, name in ADDRESSES.items()
        ],
        "printed": {
            kind: state.on(reverse(f"trends:printed_{ADDRESSES[beside]}", args=[kind])).address()
            for kind in PRINTED
        },
        "latest_url": latest_url(state, answer.latest_closed_on),
    }
    return render(request, "trends/perception.html", context)
