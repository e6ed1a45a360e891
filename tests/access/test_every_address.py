"""Walks the URL table: each address has a line, gives each actor the status that the line
says, and tells nobody a word that is not theirs to read."""

import json
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people import services
from people.models import User
from tests.access.matrix import ELSEWHERE, LINES
from tests.access.matrix.lines import Line
from tests.access.world import ACTORS, World


def addresses() -> Iterator[tuple[str, str]]:
    """The route and the full URL name of every pattern, the name empty where there is none."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(
    patterns: list[URLPattern | URLResolver], route: str, namespace: str
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, here, inner)
        else:
            yield here, f"{namespace}{pattern.name}" if pattern.name else ""


def test_each_address_has_a_line() -> None:
    known = {line.name for line in LINES}
    missing = [
        f"{route} ({name or 'without a name'})"
        for route, name in addresses()
        if name not in known and not route.startswith(tuple(ELSEWHERE))
    ]
    assert missing == [], "add a line for each to tests/access/matrix/"


def test_each_line_is_of_an_address_that_stands() -> None:
    names = {name for _, name in addresses()}
    assert [str(line) for line in LINES if line.name not in names] == []


def ask(client: Client, line: Line, world: World) -> HttpResponseBase:
    path = reverse(line.name, kwargs=dict(line.given(world)))
    address = f"{path}?{line.query}" if line.query else path
    if line.method == "get":
        return client.get(address)
    if line.name.startswith("api:"):
        sent = dict(line.sent(world))
        return client.generic(line.method, address, json.dumps(sent), "application/json")
    return client.post(address, dict(line.sent(world)))


def client_of(person: User | None, line: Line) -> Client:
    """Signed in, or with a token of their own where the address is a call of the API."""
    client = Client()
    if person is None:
        return client
    if line.name.startswith("api:"):
        _, secret = services.issue_token(person, name="access", by=person)
        return Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(person)
    return client


def body_of(response: HttpResponseBase) -> str:
    if isinstance(response, StreamingHttpResponse):
        return response.getvalue().decode(errors="replace")
    assert isinstance(response, HttpResponse)
    return response.content.decode(errors="replace")


def as_each_actor(line: Line, world: World) -> Iterator[tuple[str, HttpResponseBase]]:
    """Each answer in turn; what an actor changed is undone before the next one asks."""
    for name in ACTORS:
        client = client_of(world.actor(name), line)
        with transaction.atomic():
            yield name, ask(client, line, world)
            transaction.set_rollback(True)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_actor_gets_what_the_line_says(line: Line, world: World) -> None:
    given = {}
    faults: list[str] = []
    for name, response in as_each_actor(line, world):
        given[name] = response.status_code
        faults += faults_in(response, line, world, name)
    assert given == dict(zip(ACTORS, line.statuses, strict=True))
    assert faults == []


def faults_in(response: HttpResponseBase, line: Line, world: World, name: str) -> list[str]:
    """Words that the actor reads and must not, or should read in a list and doesn't."""
    body = body_of(response)
    person = world.actor(name)
    faults = []
    for key, word in world.words.items():
        readable = person is not None and word.readable_by(person)
        if word.text in body and not readable:
            faults.append(f"{name} reads {key}")
        promised = key in line.shows and response.status_code == 200
        if promised and readable and word.text not in body:
            faults.append(f"{name} misses {key}")
    return faults
