"""The OpenAPI document: it holds every call that was promised, and every call keeps to it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis import checks

from people import services
from people.models import User
from reflection.api import api
from reflection.wsgi import application
from tests.factories import submitted_debrief

PROMISED = {
    ("post", "/deals"),
    ("post", "/deals/bulk"),
    ("get", "/deals"),
    ("get", "/deals/{deal_id}"),
    ("post", "/debriefs"),
    ("patch", "/debriefs/{debrief_id}"),
    ("post", "/debriefs/{debrief_id}/submit"),
    ("get", "/debriefs"),
    ("get", "/debriefs/{debrief_id}"),
    ("get", "/templates/current"),
    ("get", "/trends"),
    ("get", "/trends/contrasts"),
    ("get", "/signals"),
    ("get", "/playbook/search"),
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield method, path.removeprefix("/api/v1"), operation


def test_the_document_holds_what_was_promised() -> None:
    assert {(method, path) for method, path, _ in operations()} == PROMISED


def test_each_call_says_what_it_does_and_how_it_refuses() -> None:
    for method, path, operation in operations():
        assert operation.get("description"), f"{method} {path} has no description"
        refusals = {str(code) for code in operation["responses"]} - {"200", "201"}
        assert {"401", "403", "404", "422"} <= refusals, f"{method} {path}"


def test_people_read_the_document_without_a_script(rep: User, client: Client) -> None:
    client.force_login(rep)
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for method, path, _ in operations():
        assert f"{method.upper()} {path}" in page.text
    assert client.get("/api/v1/").headers["Location"] == "/api/v1/docs"


schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application
schema.config.phases.coverage.enabled = False


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The test's transaction outlives each request, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(admin: User, kept_connection: None) -> str:
    submitted_debrief()
    _, made = services.issue_token(admin, name="schemathesis", by=admin)
    return made


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_call_breaks_or_strays_from_the_document(case: Any, secret: str) -> None:
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {secret}"})
        transaction.set_rollback(True)
    assert str(response.status_code) in case.operation.definition.raw["responses"]
    case.validate_response(
        response, checks=[checks.content_type_conformance, checks.response_schema_conformance]
    )
