"""How the pages answer what can't be asked."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trends.errors import TrendError, TrendRefused

P = ParamSpec("P")


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
