"""Who gets which status from which address: one line each, `tests.access` says how to add one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.access.world import ACTORS, World

Given = Callable[[World], Mapping[str, Any]]


def nothing(_world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Line:
    """`name` is a URL name, or a path where it begins with a slash.

    `given` are the address's arguments, `query` and `sent` what follows the question mark
    and what is posted; `shows` are words of the world that the answer must hold for each
    actor who may read them and gets a 200.
    """

    name: str
    statuses: tuple[int, ...]
    given: Given = nothing
    method: str = "get"
    query: str = ""
    sent: Given = nothing
    shows: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.name}{'?' + self.query if self.query else ''}"


def line(
    name: str,
    statuses: str,
    given: Given = nothing,
    *,
    method: str = "get",
    query: str = "",
    sent: Given = nothing,
    shows: tuple[str, ...] = (),
) -> Line:
    """`statuses` in the order of ACTORS, one for each, parted by spaces."""
    codes = tuple(int(code) for code in statuses.split())
    assert len(codes) == len(ACTORS), f"{name}: one status for each of {ACTORS}"
    return Line(name, codes, given, method, query, sent, shows)


def post(name: str, statuses: str, given: Given = nothing, sent: Given = nothing) -> Line:
    return line(name, statuses, given, method="post", sent=sent)


def owner(world: World) -> Mapping[str, Any]:
    return {"pk": world.owner.pk}


def named(world: World) -> Mapping[str, Any]:
    return {"pk": world.named.pk}


def team(world: World) -> Mapping[str, Any]:
    return {"pk": world.team.pk}


def closed_setup(_world: World) -> Mapping[str, Any]:
    return {"secret": "unknown"}


# Addresses of libraries, by the beginning of their route, and why they have no line.
ELSEWHERE = {
    "accounts/": "allauth's own pages; ours of them are specified in tests/people/test_pages.py",
}

# Two actors' rows of statuses that come often.
ANYONE = "200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200"
LEADS = "302 403 403 200 200 200 403"
ADMINS = "302 403 403 403 403 200 403"
ADMINS_DONE = "302 403 403 403 403 302 403"

LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("home", "302 200 200 200 200 200 200"),
    line("theme", "405 405 405 405 405 405 405"),
    post("theme", "302 302 302 302 302 302 302", sent=lambda _world: {"theme": "dark"}),
    # people
    line("people:profile", SIGNED_IN),
    line("people:token_list", SIGNED_IN, shows=("token",)),
    post(
        "people:token_revoke",
        "302 302 404 404 404 404 404",
        lambda world: {"pk": world.token.pk},
    ),
    line("people:list", LEADS),
    line("people:create", ADMINS),
    line("people:detail", LEADS, owner),
    line("people:edit", "302 403 403 403 403 200 404", owner),
    line("people:move", "302 403 403 403 403 200 404", owner),
    line("people:leave", "302 403 403 403 403 200 404", owner),
    line("people:confirm", "302 403 403 403 403 200 404", named),
    line("people:merge", "302 403 403 403 403 200 404", named),
    post("people:activity", "302 403 403 403 403 302 404", owner),
    post("people:invite", "302 403 403 403 403 200 404", owner),
    line("people:team_tree", LEADS),
    line("people:team_create", ADMINS),
    line("people:team_edit", ADMINS, team),
    line("people:team_retire", ADMINS, team),
    post("people:team_retire", ADMINS_DONE, team),
    line("people:setup", "404 404 404 404 404 404 404"),
    line("people:setup_link", "303 303 303 303 303 303 303", closed_setup),
]
