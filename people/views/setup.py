"""The first admin comes in by a one-time link."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from people import services
from people.errors import SetupClosed
from people.forms import SetupForm, carried_out, posted
from people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, secret: str) -> HttpResponse:
    """GET changes nothing, since mail scanners follow links; no page tells the address on."""
    response = _setup(request, secret)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _setup(request: HttpRequest, secret: str) -> HttpResponse:
    if not services.is_setup_open(secret):
        return _closed(request)
    form = SetupForm(posted(request))
    made: list[User] = []
    try:
        done = carried_out(
            form, lambda: made.append(services.use_setup_link(secret, **form.cleaned_data))
        )
    except SetupClosed:
        return _closed(request)
    if done:
        login(request, made[0], backend=BACKEND)
        return redirect("home")
    return render(request, "people/setup.html", {"form": form}, status=422 if form.errors else 200)


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "people/setup_closed.html", status=404)
