from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people import services
from people.models import User


class ApiClient:
    """Calls the API as one person; bodies are sent and answers read as JSON."""

    def __init__(self, person: User) -> None:
        _, secret = services.issue_token(person, name="tests", by=person)
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1{path}", body or {}, content_type="application/json", headers=headers
        )

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(f"/api/v1{path}", body, content_type="application/json")


@pytest.fixture
def calling() -> Callable[[User], ApiClient]:
    """A client that calls the API with the person's own token."""
    return ApiClient
