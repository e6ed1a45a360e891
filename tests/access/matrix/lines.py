"""What a line of the table says, and the rows of statuses that come often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.access.world import ACTORS, World

Given = Callable[[World], Mapping[str, Any]]

# Two actors' rows of statuses that come often.
ANYONE = "200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200"
SALES = "302 200 200 200 200 200 403"
CALLS = "401 200 200 200 200 200 200"
SALES_CALLS = "401 200 200 200 200 200 403"
LEADS = "302 403 403 200 200 200 403"
ADMINS = "302 403 403 403 403 200 403"
DONE = "302 302 302 302 302 302 302"
LEADS_DONE = "302 403 403 302 302 302 403"
ADMINS_DONE = "302 403 403 403 403 302 403"
# Of `owner`: theirs, and for the managers above. By person: for whoever has people below.
THEIRS = "302 200 403 200 403 403 403"
THEIRS_CALLS = "401 200 403 200 403 403 403"
BY_PERSON = "302 403 403 200 200 403 403"
OF_OWNER = "since=2026-10-01&until=2026-10-31&rep=Rita+Rep"


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


def call(
    name: str,
    statuses: str,
    given: Given = nothing,
    *,
    query: str = "",
    shows: tuple[str, ...] = (),
) -> Line:
    return line(name, statuses, given, query=query, shows=shows)


def sends(
    name: str,
    statuses: str,
    given: Given = nothing,
    *,
    sent: Given = nothing,
    method: str = "post",
) -> Line:
    return line(name, statuses, given, method=method, sent=sent)


def post(name: str, statuses: str, given: Given = nothing, sent: Given = nothing) -> Line:
    return line(name, statuses, given, method="post", sent=sent)
