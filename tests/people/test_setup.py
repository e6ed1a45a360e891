"""The first admin comes in by a one-time link, or by the command."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from people import services
from people.errors import AdminExists, SetupClosed
from people.models import SetupLink, User

GIVEN = {
    "full_name": "Ada Admin",
    "username": "ada",
    "email": "ada@example.com",
    "password": "a long enough pass phrase",
}


def follow(secret: str, client: Client) -> Any:
    """The page that the link leads to, on which the secret stands in the cookie only."""
    swapped = client.get(f"/setup/{secret}/")
    assert (swapped.status_code, swapped["Location"], swapped["Referrer-Policy"]) == (
        303,
        "/setup/",
        "no-referrer",
    )
    return client.get("/setup/")


def test_the_link_lets_the_first_admin_in_once(db: None, client: Client) -> None:
    secret = services.create_setup_link()
    assert follow(secret, client).status_code == 200
    done = client.post("/setup/", GIVEN)
    assert (done.status_code, done["Location"]) == (302, "/")
    admin = User.objects.get()
    assert (admin.role, admin.username, admin.check_password(GIVEN["password"])) == (
        "admin",
        "ada",
        True,
    )
    assert client.session["_auth_user_id"] == str(admin.pk)
    assert follow(secret, Client()).status_code == 404


def test_a_browser_may_send_the_form(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    page = follow(services.create_setup_link(), client)
    token = page.context["csrf_token"]
    origin = {"origin": "http://testserver", "referer": "http://testserver/setup/"}
    assert page["Referrer-Policy"] == "same-origin"
    done = client.post("/setup/", {**GIVEN, "csrfmiddlewaretoken": token}, headers=origin)
    assert done.status_code == 302


def test_only_the_digest_of_the_link_is_kept(db: None) -> None:
    secret = services.create_setup_link()
    assert len(secret) == 32
    assert secret not in SetupLink.objects.get().digest


def unknown() -> str:
    return "unknown"


def replaced() -> str:
    secret = services.create_setup_link()
    services.create_setup_link()
    return secret


def expired() -> str:
    secret = services.create_setup_link()
    assert services.is_setup_open(secret)
    SetupLink.objects.update(expires_at=timezone.now())
    return secret


def used() -> str:
    secret = services.create_setup_link()
    SetupLink.objects.update(used_at=timezone.now())
    return secret


def closed() -> str:
    secret = services.create_setup_link()
    services.create_person(full_name="A", email="a@example.com", role="admin", by=None)
    return secret


@pytest.mark.parametrize("link", [unknown, replaced, expired, used, closed])
def test_a_link_that_lets_nobody_in_looks_the_same_whatever_the_reason(
    db: None, client: Client, link: Callable[[], str]
) -> None:
    page = follow(link(), client)
    there = User.objects.count()
    refused = client.post("/setup/", GIVEN)
    assert (page.status_code, refused.status_code) == (404, 404)
    assert page.templates[0].name == refused.templates[0].name == "people/setup_closed.html"
    assert User.objects.count() == there


def test_a_link_used_by_two_at_once_lets_one_in(db: None) -> None:
    secret = services.create_setup_link()
    services.use_setup_link(secret, **GIVEN)
    with pytest.raises(SetupClosed):
        services.use_setup_link(secret, **{**GIVEN, "username": "b", "email": "b@example.com"})


def test_a_refused_form_leaves_the_link_usable(rep: User, client: Client) -> None:
    secret = services.create_setup_link()
    follow(secret, client)
    answer = client.post("/setup/", {**GIVEN, "username": "REP", "password": "short"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"password"}
    answer = client.post("/setup/", {**GIVEN, "username": "REP"})
    assert answer.context["form"].errors == {"username": ["Somebody else has this username."]}
    assert services.is_setup_open(secret)


def test_no_link_is_made_where_an_admin_is(admin: User) -> None:
    with pytest.raises(AdminExists):
        services.create_setup_link()


def test_the_command_lets_an_admin_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough pass phrase\n"))
    out = io.StringIO()
    call_command("create_admin", "ada", email="ada@example.com", json=True, stdout=out)
    admin = User.objects.get()
    assert json.loads(out.getvalue()) == {
        "id": admin.pk,
        "username": "ada",
        "email": "ada@example.com",
    }
    assert (admin.role, admin.is_superuser) == ("admin", False)


def test_the_command_says_why_it_refuses(rep: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough pass phrase\n"))
    with pytest.raises(CommandError, match=r"^Somebody else has this username\.$"):
        call_command("create_admin", "REP", email="ada@example.com")
    monkeypatch.setattr("sys.stdin", io.StringIO("ada\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("create_admin", "ada", email="ada@example.com")
