"""The scaled-out shape: services by address, several workers, a scheduler of its own."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
import yaml

from reflection.embedded.layout import Layout
from reflection.embedded.postgres import USER, Postgres, address, runnable_binaries
from reflection.embedded.processes import spawn, stop
from reflection.embedded.valkey import binary
from reflection.environment import PROJECT_ROOT, Environment
from tests.instances import clean_environment, free_port, wait_for

PASSWORD = secrets.token_urlsafe(12)
EMBEDDED_ONLY = {"DATA_DIR", "HOST", "PORT", "JOB_THREADS", "LOG_FORMAT"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text())
    return parsed


@pytest.fixture(scope="module")
def dockerfile() -> list[str]:
    return (PROJECT_ROOT / "Dockerfile").read_text().replace("\\\n", "").splitlines()


def test_compose_has_each_part_once(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {
        "database",
        "broker",
        "migrate",
        "web",
        "worker",
        "scheduler",
    }
    assert compose["services"]["scheduler"]["deploy"] == {"replicas": 1}
    assert compose["services"]["worker"]["deploy"]["replicas"] >= 2


def test_compose_waits_for_health_and_migrations(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "scheduler"):
        assert compose["services"][name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "database": {"condition": "service_healthy"},
            "broker": {"condition": "service_healthy"},
        }
    for name in ("database", "broker", "worker"):
        assert compose["services"][name]["healthcheck"]["test"]


def test_compose_gives_processes_a_minute_to_stop(compose: dict[str, Any]) -> None:
    for name in ("database", "web", "worker", "scheduler"):
        assert compose["services"][name]["stop_grace_period"] == "60s"


def test_compose_passes_every_setting_to_every_process(compose: dict[str, Any]) -> None:
    settings = {name.upper() for name in Environment.model_fields} - EMBEDDED_ONLY
    for name in ("migrate", "web", "worker", "scheduler"):
        assert set(compose["services"][name]["environment"]) == settings


def test_compose_keeps_what_must_survive_and_publishes_the_web_alone(
    compose: dict[str, Any],
) -> None:
    assert set(compose["volumes"]) == {"database", "broker", "media"}
    published = [name for name, service in compose["services"].items() if "ports" in service]
    assert published == ["web"]


def test_the_image_is_not_root_is_healthy_and_installs_by_hash(dockerfile: list[str]) -> None:
    users = [line for line in dockerfile if line.startswith("USER ")]
    assert users == ["USER reflection"]
    assert dockerfile.index("USER reflection") < dockerfile.index("EXPOSE 8000")
    assert any(line.startswith("HEALTHCHECK ") for line in dockerfile)
    assert any("--require-hashes" in line for line in dockerfile)
    assert dockerfile[-1] == 'CMD ["python", "manage.py", "serve"]'


@dataclass
class Shape:
    """Outside services and the product's environment that names them."""

    home: Path
    environment: dict[str, str]
    database: Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def shape() -> Iterator[Shape]:
    home = Path("/tmp") / f"reflection-scaled-{uuid.uuid4().hex[:8]}"
    layout, ports = Layout(home), (free_port(), free_port(), free_port())
    first = Postgres(layout, throw_away=True)
    first.start()
    _demand_password(first)
    first.stop()
    log = (home / "services.log").open("ab")
    database = spawn(
        [
            *(str(runnable_binaries(first.account) / "postgres"), "-D", str(first.cluster)),
            *("-c", "listen_addresses=127.0.0.1", "-c", f"port={ports[0]}", "-c", "fsync=off"),
            *("-c", f"unix_socket_directories={layout.sockets}"),
        ],
        death_signal=signal.SIGINT,
        account=first.account,
        output=log,
    )
    broker = spawn(
        [str(binary()), "--port", str(ports[1]), "--bind", "127.0.0.1", "--requirepass", PASSWORD],
        death_signal=signal.SIGTERM,
        output=log,
        cwd=home,
    )
    url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{ports[0]}/reflection"

    def query(statement: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    assert wait_for(lambda: _answers(query))
    client = redis.Redis(port=ports[1], password=PASSWORD)
    assert wait_for(lambda: _pings(client))
    client.close()
    environment = clean_environment(
        DATA_DIR=str(home / "data"),
        PORT=str(ports[2]),
        DATABASE_URL=url,
        BROKER_URL=f"redis://:{PASSWORD}@127.0.0.1:{ports[1]}/0",
        CACHE_URL=f"redis://:{PASSWORD}@127.0.0.1:{ports[1]}/1",
        SECRET_KEY=secrets.token_urlsafe(48),
        WEB_WORKERS="1",
        LOG_LEVEL="DEBUG",
    )
    yield Shape(home, environment, query)
    stop(broker, by=signal.SIGTERM, grace=10)
    stop(database, by=signal.SIGINT, grace=10)
    log.close()
    shutil.rmtree(home, ignore_errors=True)


def _demand_password(server: Postgres) -> None:
    connection = psycopg2.connect(**address(server.layout))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {USER} PASSWORD %s", [PASSWORD])
    connection.close()
    rule = f"host all {USER} 127.0.0.1/32 scram-sha-256\n"
    (server.cluster / "pg_hba.conf").write_text(rule)


def _answers(query: Callable[[str], object]) -> bool:
    try:
        query("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def _pings(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def test_several_workers_and_a_scheduler_do_the_work(shape: Shape, compose: dict[str, Any]) -> None:
    services = compose["services"]
    _run_to_the_end(shape, services["migrate"]["command"])
    worker = ["1" if word == "2" else word for word in services["worker"]["command"]]
    beat = shape.home / "beat-schedule"
    running = {
        "web": _start(shape, "web", services["web"]["command"]),
        "one": _start(shape, "one", [*worker, "--hostname", "one@test"]),
        "two": _start(shape, "two", [*worker, "--hostname", "two@test"]),
        "scheduler": _start(
            shape,
            "scheduler",
            [
                str(beat) if "beat-schedule" in word else word
                for word in services["scheduler"]["command"]
            ],
        ),
    }
    try:
        assert wait_for(lambda: _probe(shape), timeout=60)
        assert wait_for(lambda: "one@test ready" in _log(shape, "one"), timeout=60)
        assert wait_for(lambda: "two@test ready" in _log(shape, "two"), timeout=60)
        shape.database(
            "INSERT INTO django_session VALUES ('expired', '', now() - interval '1 day')"
        )
        _send(shape, "reflection.tasks.clear_expired_sessions")
        assert wait_for(lambda: shape.database("SELECT count(*) FROM django_session") == [(0,)])
        sweeps = "Task outbox.tasks.sweep"
        assert wait_for(lambda: sweeps in _log(shape, "one") + _log(shape, "two"))
    finally:
        codes = {name: _terminate(process) for name, process in running.items()}
    assert codes == dict.fromkeys(running, 0)


def _command(words: list[str]) -> list[str]:
    """As in the container, by the environment that runs the tests."""
    module = {"python": [], "celery": ["-m", "celery"]}[words[0]]
    return [sys.executable, *module, *words[1:]]


def _run_to_the_end(shape: Shape, words: list[str]) -> None:
    subprocess.run(
        _command(words), cwd=PROJECT_ROOT, env=shape.environment, check=True, capture_output=True
    )


def _start(shape: Shape, name: str, words: list[str]) -> subprocess.Popen[bytes]:
    with (shape.home / f"{name}.log").open("ab") as output:
        return subprocess.Popen(
            _command(words),
            cwd=PROJECT_ROOT,
            env=shape.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _log(shape: Shape, name: str) -> str:
    return (shape.home / f"{name}.log").read_text()


def _probe(shape: Shape) -> bool:
    probe = subprocess.run(
        [sys.executable, "-m", "reflection.probe"],
        cwd=PROJECT_ROOT,
        env=shape.environment,
        check=False,
    )
    return probe.returncode == os.EX_OK


def _send(shape: Shape, task: str) -> None:
    _run_to_the_end(shape, ["celery", "--app", "reflection", "call", task])


def _terminate(process: subprocess.Popen[bytes]) -> int:
    process.terminate()
    try:
        return process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
