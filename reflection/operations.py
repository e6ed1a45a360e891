"""Addresses for machines that watch us: health and metrics, answered before any other middleware."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView

LIVE_PATH = "/healthz/live"
READY_PATH = "/healthz/ready"
METRICS_PATH = "/metrics"

GetResponse = Callable[[HttpRequest], HttpResponse]


class OperationsMiddleware:
    """First of all, so that a probe needs no host name that we know, no session and no TLS."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.answers: dict[str, Callable[[HttpRequest], HttpResponse]] = {
            LIVE_PATH: liveness,
            READY_PATH: readiness,
            METRICS_PATH: metrics,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answers.get(request.path)
        return self.get_response(request) if answer is None else answer(request)


def liveness(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "live"})


def readiness(_request: HttpRequest) -> HttpResponse:
    """200 when pages can be served: the database answers. A dead broker delays, but stops nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ready"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's figures, for the bearer of METRICS_TOKEN or a caller on this very machine."""
    if not _may_read_metrics(request):
        return HttpResponse(
            "metrics are for this machine or the bearer of METRICS_TOKEN", status=403
        )
    response: HttpResponse = ExportToDjangoView(request)
    return response


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {token}")
    came_through_a_proxy = any(
        name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
    )
    return not came_through_a_proxy and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
