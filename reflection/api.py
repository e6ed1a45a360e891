"""The API of all apps at one address, and the one shape of a refusal."""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from common.api import ApiRefused, Problem, Refusal
from deals.api import router as deals
from deals.errors import AlreadyDecided, DealRefused, NotClosed, NotOpen
from debriefs.api import router as debriefs
from debriefs.errors import DebriefError, FieldsRefused, NotTheirs
from people.api import BearerToken
from playbook.api import router as playbook
from reflection.api_docs import read_document
from trends.api import router as trends
from trends.contrasts_api import router as contrasts
from trends.errors import TrendError, TrendRefused
from trends.signals.api import router as signals

DESCRIPTION = (
    "Deals come in, debriefs are written and read, trends and the playbook are asked: by the "
    "same rules as on the pages. A token belongs to a person and carries that person's rights."
)

api = NinjaAPI(
    title="Reflection",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    auth=BearerToken(),
)
api.add_router("", deals)
api.add_router("", debriefs)
api.add_router("", trends)
api.add_router("", contrasts)
api.add_router("", signals)
api.add_router("", playbook)

TITLES = {
    400: "The request can't be read",
    401: "Who is asking?",
    403: "Not yours to do",
    404: "Not there, or not yours to see",
    405: "Not a call of this address",
    409: "Something else was first",
    422: "Some values can't be taken",
}
MOVED_ON = (NotOpen, NotClosed, AlreadyDecided)


def refused(request: HttpRequest, status: int, problems: Iterable[Problem]) -> HttpResponse:
    title = TITLES.get(status, HTTPStatus(status).phrase)
    body = Refusal(status=status, title=title, problems=list(problems))
    response = api.create_response(request, body.model_dump(), status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Reflection"'
    return response


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    why = "The call carries no usable token."
    remedy = "Send “Authorization: Bearer …” with a token from your page “API tokens”."
    return refused(request, 401, [Problem(field="Authorization", why=why, remedy=remedy)])


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    why = str(error) or "Your role doesn't allow this."
    remedy = "Ask somebody whose role does, or an admin."
    return refused(request, 403, [Problem(field=None, why=why, remedy=remedy)])


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)
def _missing(request: HttpRequest, _error: Exception) -> HttpResponse:
    why = "There is nothing at this address that you may see."
    return refused(request, 404, [Problem(field=None, why=why, remedy="Check the id.")])


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    problem = Problem(field="body", why=str(error), remedy="Send JSON as the document says.")
    return refused(request, error.status_code, [problem])


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return refused(request, 422, [_problem_of(each) for each in error.errors])


def _problem_of(error: dict[str, Any]) -> Problem:
    """Where the value stands, without the names under which the framework reads it."""
    place = [str(part) for part in error["loc"]]
    field = ".".join(place[2:] if place[0] in ("body", "query") and len(place) > 2 else place[1:])
    why = f"{str(error['msg']).removeprefix('Value error, ')}."
    return Problem(field=field or None, why=why, remedy="See the document at /api/v1/docs.")


@api.exception_handler(ApiRefused)
def _api_refused(request: HttpRequest, error: ApiRefused) -> HttpResponse:
    problem = Problem(field=error.field, why=error.why, remedy=error.remedy)
    return refused(request, error.status, [problem])


@api.exception_handler(DealRefused)
def _deal_refused(request: HttpRequest, error: DealRefused) -> HttpResponse:
    problem = Problem(field=error.field, why=error.why, remedy=error.remedy)
    return refused(request, 409 if isinstance(error, MOVED_ON) else 422, [problem])


@api.exception_handler(FieldsRefused)
def _fields_refused(request: HttpRequest, error: FieldsRefused) -> HttpResponse:
    remedy = "Correct it and send it again."
    problems = [Problem(field=name, why=why, remedy=remedy) for name, why in error.errors.items()]
    return refused(request, 422, problems)


@api.exception_handler(DebriefError)
def _debrief_refused(request: HttpRequest, error: DebriefError) -> HttpResponse:
    status = 403 if isinstance(error, NotTheirs) else 409
    remedy = "Read the debrief again: GET /debriefs/{id}."
    return refused(request, status, [Problem(field=None, why=str(error), remedy=remedy)])


@api.exception_handler(TrendError)
def _trend_unknown(request: HttpRequest, error: TrendError) -> HttpResponse:
    remedy = "See GET /trends in the document at /api/v1/docs."
    return refused(request, 422, [Problem(field=error.field, why=error.reason, remedy=remedy)])


@api.exception_handler(TrendRefused)
def _trend_refused(request: HttpRequest, error: TrendRefused) -> HttpResponse:
    remedy = "Ask without it."
    return refused(request, 403, [Problem(field=error.field, why=error.reason, remedy=remedy)])


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """The API's addresses and its document. Who asks is the token's matter, not the session's."""
    found, app_name, namespace = api.urls
    patterns: list[URLPattern | URLResolver] = [
        path("", RedirectView.as_view(pattern_name="api:docs"), name="api-root"),
        path("docs", docs, name="docs"),
        *(pattern for pattern in found if getattr(pattern, "name", "") != "api-root"),
        path("<path:rest>", unknown_address, name="unknown"),
    ]
    for pattern in patterns:
        pattern.callback = _in_our_shape(cast(Callable[..., HttpResponse], pattern.callback))
        login_not_required(pattern.callback)
    return patterns, app_name, namespace


def _in_our_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A method that an address doesn't take is refused as everything else is."""

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        why = f"{request.method} is no call here; there are {response['Allow']}."
        remedy = "See the document at /api/v1/docs."
        answer = refused(request, 405, [Problem(field=None, why=why, remedy=remedy)])
        answer["Allow"] = response["Allow"]
        return answer

    return shaped


@csrf_exempt  # Changes nothing and reads no session; a program that POSTs is told what it missed.
def unknown_address(request: HttpRequest, rest: str) -> HttpResponse:
    why = f"There is no call at “{rest[:60]}”."
    remedy = "See the document at /api/v1/docs."
    return refused(request, 404, [Problem(field=None, why=why, remedy=remedy)])


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The API's own document, written by the server: no script of others, none at all."""
    document = read_document(api.get_openapi_schema())
    base = f"{settings.ENV.base_url}/api/v1"
    return render(request, "api_docs.html", {"document": document, "base": base})
