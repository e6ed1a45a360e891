"""Every refusal has one shape, whoever asks whatever."""

from collections.abc import Callable

import pytest
from django.test import Client

from people import services
from people.models import User
from tests.api.conftest import ApiClient

Calling = Callable[[User], ApiClient]

SHAPE = {"status", "title", "problems"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer unknown", "Basic YTpi", "Bearer é"])
def test_a_call_without_a_usable_token_is_asked_who_it_is(
    db: None, client: Client, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = client.get("/api/v1/deals", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Reflection"'
    assert set(answer.json()) == SHAPE
    assert answer.json()["problems"][0]["field"] == "Authorization"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_opens_no_call(rep: User, client: Client, method: str) -> None:
    client.force_login(rep)
    body = {"source": "crm", "external_id": "1", "name": "By session"}
    answer = getattr(client, method)("/api/v1/deals", body, content_type="application/json")
    assert answer.status_code == 401
    assert set(answer.json()) == SHAPE


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_an_address_that_is_no_call_is_refused_in_the_same_shape_without_a_token(
    db: None, method: str
) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = getattr(strict, method)("/api/v1/nothing")
    assert (answer.status_code, set(answer.json())) == (404, SHAPE)


def test_a_token_opens_no_page(rep: User) -> None:
    _, secret = services.issue_token(rep, name="a", by=rep)
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/you/")
    assert answer.status_code == 302


def test_a_body_that_is_no_json_is_told_so(rep: User, calling: Calling) -> None:
    answer = calling(rep).client.post("/api/v1/deals", "{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["field"] == "body"


def test_a_forged_id_is_not_there(rep: User, calling: Calling) -> None:
    for path in ("/deals/0", "/deals/99999999999999999999999", "/debriefs/999999"):
        answer = calling(rep).get(path)
        assert (answer.status_code, set(answer.json())) == (404, SHAPE)


def test_a_parameter_out_of_bounds_is_named(rep: User, calling: Calling) -> None:
    answer = calling(rep).get("/deals", limit=100_000)
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "limit")


def test_a_method_that_an_address_does_not_take_is_refused_in_the_same_shape(
    rep: User, calling: Calling
) -> None:
    answer = calling(rep).client.delete("/api/v1/deals")
    assert (answer.status_code, set(answer.json())) == (405, SHAPE)
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
