"""Counts the statements of one request when the benchmark asks for it by a header."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASK = "X-Count-Statements"
ANSWER = "X-Statements"
NOT_COUNTED = re.compile(
    r'"django_session"|^SAVEPOINT|^RELEASE SAVEPOINT|^ROLLBACK TO|^SELECT 1$'
    r'|FROM "people_user" WHERE "people_user"\."id" = '
)


class CountStatementsMiddleware:
    """Last of all; session, person and transaction are left out, as the goals say."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ASK not in request.headers:
            return self.get_response(request)
        counted = 0

        def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            nonlocal counted
            counted += not NOT_COUNTED.search(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response.headers[ANSWER] = str(counted)
        return response
