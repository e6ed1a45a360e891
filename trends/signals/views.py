"""What changed: the list, one signal with its evidence, and what people make of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import company_today
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role, User
from trends.dashboard.catalogue import TabLink, tabs_for
from trends.dashboard.state import DashboardState
from trends.signals import queries, services
from trends.signals.access import get_signal, get_signal_to_take_up
from trends.signals.forms import form_for
from trends.signals.models import SignalState
from trends.views.refusals import answers_trend_errors


@require_safe
@answers_trend_errors
def signal_list(request: HttpRequest) -> HttpResponse:
    """Every signal that stands, and those that are over lately."""
    viewer = signed_in(request)
    context = {"page": queries.signal_list(viewer), "tabs": _tabs(request, viewer)}
    return render(request, "trends/signals/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_trend_errors
def signal(request: HttpRequest, pk: int) -> HttpResponse:
    """One signal; managers and admins say what they make of it."""
    viewer = signed_in(request)
    given = posted(request)
    found = get_signal(pk) if given is None else get_signal_to_take_up(viewer, pk)
    form = form_for(found, given)

    def take_up() -> None:
        said = form.cleaned_data
        state = SignalState(said.get("state", SignalState.OVER))
        services.take_up_signal(found, state=state, note=said["note"], by=viewer)

    if form.carry_out(take_up):
        messages.success(request, "Noted.")
        return redirect("trends:signal", pk=pk)
    page = queries.signal_page(found, viewer)
    context = {"page": page, "form": form, "tabs": _tabs(request, viewer)}
    status = 422 if form.errors else 200
    return render(request, "trends/signals/detail.html", context, status=status)


def _tabs(request: HttpRequest, viewer: User) -> list[TabLink]:
    """The other pages of the dashboard, with the period and filters that one came from."""
    state = DashboardState.from_params(request.GET, today=company_today(), path=request.path)
    return tabs_for(viewer, state)


@require_POST
@require_role(Role.MANAGER, Role.ADMIN)
def follow(request: HttpRequest) -> HttpResponse:
    """Whether the digest tells this person of new signals."""
    told = request.POST.get("told") == "yes"
    services.follow_signals(signed_in(request), told=told)
    messages.success(
        request,
        "Your digest tells you of new signals." if told else "Your digest says nothing of signals.",
    )
    return redirect("trends:signals")
