"""Pages that belong to no app: the home page and the choice of a theme."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from people.access import signed_in
from people.models import Role
from reflection.navigation import THEME_COOKIE, THEMES, address

FIRST_PAGE: dict[str, str] = {Role.REP: "debriefs:mine"}
A_YEAR = 365 * 24 * 60 * 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where the day starts: a rep's own debriefs, the dashboard for everybody else."""
    target = address(FIRST_PAGE.get(signed_in(request).role, "trends:dashboard"))
    return redirect(target) if target else render(request, "home.html")


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep `theme` on this device and go back to `next`, which must be a page of ours."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest("Unknown theme: choose auto, light or dark.")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=A_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response
