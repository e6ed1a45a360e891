"""What a person keeps about themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from people import services
from people.access import get_own_token, signed_in
from people.forms import ProfileForm, TokenForm, posted
from people.models import ApiToken, User
from people.queries import person_page


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Your own name and time zone, and the way to your password, address and two-step sign-in."""
    person = signed_in(request)
    form = ProfileForm(
        posted(request),
        initial={"full_name": person.full_name, "time_zone": person.time_zone},
    )
    if form.carry_out(lambda: services.change_person(person, by=person, **form.changes)):
        messages.success(request, "Your profile is saved.")
        return redirect("people:profile")
    return render(
        request,
        "people/profile.html",
        {"form": form, "page": person_page(person)},
        status=422 if form.errors else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """Your API tokens. A new one's secret is in the answer to its creation and nowhere else."""
    person = signed_in(request)
    form = TokenForm(posted(request))
    issued: list[str] = []
    if form.carry_out(lambda: issued.append(_issue(person, form))):
        return _token_page(request, person, TokenForm(), secret=issued[0])
    return _token_page(request, person, form)


def _issue(person: User, form: TokenForm) -> str:
    _, secret = services.issue_token(
        person, name=form.cleaned_data["name"], days=form.cleaned_data["days"], by=person
    )
    return secret


def _token_page(
    request: HttpRequest, person: User, form: TokenForm, secret: str = ""
) -> HttpResponse:
    tokens = list(ApiToken.objects.usable().filter(user=person))
    return render(
        request,
        "people/tokens.html",
        {"form": form, "tokens": tokens, "secret": secret},
        status=422 if form.errors else 200,
    )


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    token = get_own_token(person, pk)
    services.revoke_token(token, by=person)
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("people:token_list")
