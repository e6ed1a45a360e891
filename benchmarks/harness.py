"""The real product on synthetic data, and what one of its pages costs.

A cost is CPU time of the web server's process tree, the database and the cache, per request. Pages
are measured in turns with an empty signed-in page, and a ratio is the median over the rounds, so
that a busy or throttled machine changes both sides alike. The empty page is measured twice in each
round: the ratio of the two (the A/A probe) tells when the machine is too noisy to say anything.
"""

import http.client
import itertools
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import cpu
from benchmarks.counting import ANSWER, ASK

EMPTY_PAGE = "/bench/empty"
NOISE_LIMIT = 0.12
WARM_UP = 8


@dataclass(frozen=True)
class Request:
    """What the browser sends. `data` makes it a form's POST unless `method` says otherwise,
    `json` a script's."""

    path: str
    data: Mapping[str, str] | None = None
    json: Mapping[str, object] | None = None
    method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    expect: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Cost:
    """`ratio` to the empty page and milliseconds of CPU: medians over the rounds."""

    ratio: float
    cpu_ms: float
    wall_ms: float
    statements: int
    bytes: int


@dataclass(frozen=True)
class Measured:
    pages: Mapping[str, Cost]
    empty_ms: float
    probe: float

    @property
    def sure(self) -> bool:
        """Is the machine quiet enough: do two measurements of the same page agree?"""
        return abs(self.probe - 1.0) <= NOISE_LIMIT


Calls = Request | Iterator[Request]


class Product:
    """The running product: web server, database and cache, with one person signed in."""

    def __init__(
        self,
        home: Path,
        port: int,
        server: int,
        others: Sequence[int],
        start_worker: Callable[[], None],
    ) -> None:
        self.home = home
        self.start_worker = start_worker
        self.port = port
        self.roots = [server, *others]
        self.cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection("localhost", port, timeout=120)

    def sign_in(self, username: str) -> None:
        """A session as a sign-in makes it, without measuring the password's hash."""
        from django.conf import settings
        from django.contrib.auth import (
            BACKEND_SESSION_KEY,
            HASH_SESSION_KEY,
            SESSION_KEY,
            get_user_model,
        )
        from django.contrib.sessions.backends.cached_db import SessionStore
        from django.utils.crypto import get_random_string

        user = get_user_model().objects.get(username=username)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.cookies = {
            settings.SESSION_COOKIE_NAME: str(session.session_key),
            settings.CSRF_COOKIE_NAME: get_random_string(32),
        }

    def send(self, request: Request, **more: str) -> Answer:
        """Send one request; an answer that isn't expected stops the benchmark."""
        body, kind = _body(request)
        method = request.method or ("GET" if body is None else "POST")
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers |= dict(request.headers) | more
        if body is not None:
            headers["Content-Type"] = kind
            headers["X-CSRFToken"] = list(self.cookies.values())[-1]
        response = self._ask(method, request.path, body, headers)
        answer = Answer(response.status, response.headers, response.read())
        if answer.status not in request.expect:
            raise RuntimeError(f"{method} {request.path} answered {answer.status}")
        return answer

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        try:
            self._connection.request(method, path, body=body, headers=headers)
            return self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            # The server closes a connection that was quiet for long.
            self._connection.close()
            self._connection.request(method, path, body=body, headers=headers)
            return self._connection.getresponse()

    def measure(self, pages: Mapping[str, Calls], *, rounds: int = 15, batch: int = 8) -> Measured:
        """Measure pages in turns with the empty page, `batch` requests a turn."""
        empty = itertools.repeat(Request(EMPTY_PAGE))
        calls = {name: _endless(page) for name, page in pages.items()}
        sides = {**calls, "empty": empty, "probe": empty}
        last = {name: self._warm(side) for name, side in sides.items()}
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        order = list(sides)
        for turn in range(rounds):
            random.Random(turn).shuffle(order)
            for name in order:
                spent[name].append(self._turn(sides[name], batch))
        return _measured(spent, last)

    def _warm(self, calls: Iterator[Request]) -> tuple[int, int]:
        """Statements and bytes of the page once it is warm."""
        for _ in range(WARM_UP):
            answer = self.send(next(calls), **{ASK: "1"})
        return int(answer.headers[ANSWER]), len(answer.body)

    def _turn(self, calls: Iterator[Request], batch: int) -> tuple[float, float]:
        """CPU and wall milliseconds per request; the requests are made ready beforehand."""
        ready = list(itertools.islice(calls, batch))
        before, began = cpu.tree(self.roots), time.perf_counter()
        for request in ready:
            self.send(request)
        wall = time.perf_counter() - began
        spent = cpu.between(before, cpu.tree(self.roots))
        return spent / 1e6 / batch, wall * 1e3 / batch


@contextmanager
def product(
    *, deals: int, debriefed: float = 0.6, months: int = 36, worker: bool = False, seed: int = 1
) -> Iterator[Product]:
    """Start the product on `deals` synthetic closed deals, which are kept for the next run.

    Without `worker` no job runs beside what is measured until `start_worker` is called.
    """
    from django.conf import settings
    from django.db import connections

    from reflection.embedded.postgres import Postgres
    from reflection.embedded.valkey import Valkey
    from reflection.management.commands.up import web_command, worker_command
    from reflection.operations import READY_PATH
    from reflection.supervisor import Program, Supervisor

    home = settings.ENV.data_dir
    environment = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    supervisor = Supervisor(
        settings.EMBEDDED_LAYOUT, host=settings.ENV.host, port=settings.ENV.port
    )
    database, broker = Postgres(supervisor.layout), Valkey(supervisor.layout)
    logs = supervisor.layout.logs

    def start_worker() -> None:
        log = logs / "worker.log"
        jobs = Program(worker_command(), log=log, environment=environment, grace=10)
        supervisor.start("worker", jobs)

    try:
        supervisor.claim()
        supervisor.start("database", database)
        supervisor.start("broker", broker)
        _prepare({"deals": deals, "seed": seed, "debriefed": debriefed, "months": months})
        web = Program(web_command(), log=logs / "web.log", environment=environment, grace=10)
        if worker:
            start_worker()
        supervisor.start("web", web)
        supervisor.wait_until_ready(READY_PATH)
        assert web.process
        assert database.process
        assert broker.process
        others = [database.process.pid, broker.process.pid]
        running = Product(home, settings.ENV.port, web.process.pid, others, start_worker)
        running.sign_in("bench")
        yield running
    finally:
        connections.close_all()
        supervisor.stop()


def _prepare(load: dict[str, Any]) -> None:
    from django.core.management import call_command
    from django.db import connection

    from deals.models import Deal
    from people.models import Role, User

    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    if load["deals"] and not Deal.objects.exists():
        call_command("loadgen", load.pop("deals"), **load)
    if not User.objects.filter(username="bench").exists():
        User.objects.create_user("bench", full_name="Ben Chmark", role=Role.ADMIN)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _body(request: Request) -> tuple[str | None, str]:
    """What is sent, and its content type."""
    if request.json is not None:
        return json.dumps(request.json), "application/json"
    body = None if request.data is None else urlencode(request.data)
    return body, "application/x-www-form-urlencoded"


def _endless(page: Calls) -> Iterator[Request]:
    return itertools.repeat(page) if isinstance(page, Request) else page


def _measured(
    spent: Mapping[str, Sequence[tuple[float, float]]], last: Mapping[str, tuple[int, int]]
) -> Measured:
    """Ratios round by round, then their medians."""
    empty = [cpu_ms for cpu_ms, _ in spent["empty"]]

    def ratio(name: str) -> float:
        pairs = zip(spent[name], empty, strict=True)
        return statistics.median(side[0] / floor for side, floor in pairs)

    pages = {
        name: Cost(
            ratio=ratio(name),
            cpu_ms=statistics.median(cpu_ms for cpu_ms, _ in turns),
            wall_ms=statistics.median(wall for _, wall in turns),
            statements=last[name][0],
            bytes=last[name][1],
        )
        for name, turns in spent.items()
        if name not in ("empty", "probe")
    }
    return Measured(pages, empty_ms=statistics.median(empty), probe=ratio("probe"))
