"""Who acts in a request, a task or a command: what the audit notes beside each change."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse

from common.audit import acting

_open: dict[str, ExitStack] = {}


class ActingMiddleware:
    """After sign-in. Requests that only read cost nothing; the API adds the caller to its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with acting(user=request.user.pk, path=request.path):
            return self.get_response(request)


def begin_task(task_id: str, task: Any, **_: Any) -> None:
    stack = ExitStack()
    stack.enter_context(acting(task=task.name))
    _open[task_id] = stack


def end_task(task_id: str, **_: Any) -> None:
    if stack := _open.pop(task_id, None):
        stack.close()


task_prerun.connect(begin_task)
task_postrun.connect(end_task)
