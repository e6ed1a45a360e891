"""The first admin comes in by a one-time link.

The link only swaps its secret for a short-lived cookie, so that no address that a browser
keeps, shows or tells on holds it; a mail scanner that follows the link changes nothing.
"""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from people import services
from people.errors import SetupClosed
from people.forms import SetupForm, posted
from people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
COOKIE_LASTS = 60 * 60


def _cookie_name(request: HttpRequest) -> str:
    return "__Host-setup" if request.is_secure() else "setup"


@login_not_required
@never_cache
@require_safe
def follow_link(request: HttpRequest, secret: str) -> HttpResponse:
    """303 to the set-up page, whatever the secret is worth."""
    response = HttpResponse(status=303, headers={"Location": reverse("people:setup")})
    response.set_cookie(
        _cookie_name(request),
        secret,
        max_age=COOKIE_LASTS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The form of the first admin, for whoever came by a link that works."""
    secret = request.COOKIES.get(_cookie_name(request), "")
    if not services.is_setup_open(secret):
        return _closed(request)
    form = SetupForm(posted(request))
    made: list[User] = []
    try:
        done = form.carry_out(
            lambda: made.append(services.use_setup_link(secret, **form.cleaned_data))
        )
    except SetupClosed:
        return _closed(request)
    if not done:
        status = 422 if form.errors else 200
        return render(request, "people/setup.html", {"form": form}, status=status)
    login(request, made[0], backend=BACKEND)
    response = redirect("home")
    response.delete_cookie(_cookie_name(request))
    return response


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "people/setup_closed.html", status=404)
