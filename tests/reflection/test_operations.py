"""Health, metrics, headers and limits: what stands around every page."""

import re

import pytest
from django.db import connections
from django.test import Client, RequestFactory, override_settings
from pytest_django import DjangoAssertNumQueries

from reflection.limits import RequestSizeMiddleware

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_liveness_needs_no_database(client: Client) -> None:
    response = client.get("/healthz/live")
    assert (response.status_code, response.json()) == (200, {"status": "live"})


@pytest.mark.django_db
def test_readiness_asks_the_database_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        response = client.get("/healthz/ready", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


@pytest.mark.django_db(transaction=True)
def test_readiness_says_when_the_database_is_away(client: Client) -> None:
    connection = connections["default"]
    connection.close()
    real = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        response = client.get("/healthz/ready")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = real
    assert response.status_code == 503
    assert response.json() == {"status": "the database does not answer"}


def test_metrics_are_for_this_machine(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403
    assert client.get("/metrics", headers={"x-forwarded-for": "10.1.2.3"}).status_code == 403


def test_metrics_with_a_token_are_for_its_bearer(client: Client) -> None:
    with override_settings(METRICS_TOKEN="open sesame"):
        assert client.get("/metrics").status_code == 403
        asked = client.get("/metrics", headers={"authorization": "Bearer open sesame"})
    assert asked.status_code == 200
    assert b"django_http_requests_total" in asked.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/accounts/login/", "localhost", 200),
        ("/no-such-page", "localhost", 404),
        ("/accounts/login/", "evil.example", 400),
    ],
)
def test_every_answer_carries_the_safety_headers(
    client: Client, path: str, host: str, status: int
) -> None:
    response = client.get(path, headers={"host": host})
    assert response.status_code == status
    assert {name: response.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.django_db
def test_a_failing_page_carries_the_safety_headers_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("allauth.account.views.LoginView.get", fail)
    client.raise_request_exception = False
    response = client.get("/accounts/login/")
    assert response.status_code == 500
    assert {name: response.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS
    assert b"planted" not in response.content


@pytest.mark.django_db
def test_scripts_run_by_the_nonce_of_their_page_alone(client: Client) -> None:
    response = client.get("/no-such-page")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response.headers["Content-Security-Policy"].split(";")
        if " " in part.strip()
    )
    nonce = re.fullmatch(r"'nonce-([A-Za-z0-9+/=]+)'", policy["script-src"])
    assert nonce is not None
    scripts = re.findall(r"<script[^>]*>", response.content.decode())
    assert scripts
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    again = client.get("/no-such-page").headers["Content-Security-Policy"]
    assert nonce[1] not in again


@override_settings(UPLOAD_LIMIT_BYTES=2 * 1024 * 1024)
def test_a_body_over_the_limit_is_refused_before_it_is_read(client: Client) -> None:
    response = client.post(
        "/accounts/login/",
        "x",
        content_type="text/plain",
        CONTENT_LENGTH=str(2 * 1024 * 1024 + 1),
    )
    assert response.status_code == 413
    assert "2 megabytes at most" in response.content.decode()
    assert {name: response.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS


def test_a_nonsense_length_is_left_to_the_server(rf: RequestFactory) -> None:
    from django.http import HttpResponse

    passes = RequestSizeMiddleware(lambda request: HttpResponse("passed"))
    assert passes(rf.get("/", CONTENT_LENGTH="many")).content == b"passed"


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client: Client) -> None:
    response = client.get("/accounts/signup/")
    assert b"<form" not in response.content or response.status_code in (302, 403)
