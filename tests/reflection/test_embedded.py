"""The embedded database on its own: orphans, stale locks, long paths, closed directories, guests."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from reflection.embedded.layout import HOME_OF_ROOTS_SERVICES, Account, Layout
from reflection.embedded.postgres import Postgres, address, answers, runnable_binaries
from reflection.embedded.processes import ServiceError, wait_until_gone
from reflection.environment import PROJECT_ROOT
from tests.instances import clean_environment, wait_for


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """One cluster, made once: each test starts from a copy."""
    home = Path("/tmp") / f"reflection-made-{uuid.uuid4().hex[:8]}"
    server = Postgres(Layout(home), throw_away=True)
    server.start()
    server.stop()
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def layout(made_once: Path) -> Iterator[Layout]:
    home = Path("/tmp") / f"reflection-embedded-{uuid.uuid4().hex[:8]}"
    subprocess.run(["cp", "-a", str(made_once), str(home)], check=True)
    yield Layout(home)
    shutil.rmtree(home, ignore_errors=True)


def query(layout: Layout, statement: str) -> object:
    connection = psycopg2.connect(**address(layout))
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()
    finally:
        connection.close()


def test_serves_a_socket_that_only_we_can_enter(layout: Layout) -> None:
    server = Postgres(layout, throw_away=True)
    assert server.start() is False
    try:
        assert query(layout, "SHOW listen_addresses") == ("",)
        assert stat.S_IMODE(layout.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(layout.postgres.stat().st_mode) == 0o700
        assert query(layout, "SELECT current_setting('is_superuser')") == ("on",)
    finally:
        server.stop()
    assert not answers(layout)


def test_an_orphan_is_stopped_and_its_place_taken(layout: Layout) -> None:
    orphan = Postgres(layout, throw_away=True)
    orphan.start()
    assert orphan.process is not None
    successor = Postgres(layout, throw_away=True)
    try:
        successor.start()
        assert orphan.process.wait(timeout=30) == 0
        assert query(layout, "SELECT 1") == (1,)
    finally:
        successor.stop()


def test_a_crashed_server_leaves_nothing_that_stops_the_next(layout: Layout) -> None:
    crashed = Postgres(layout, throw_away=True)
    crashed.start()
    assert crashed.process is not None
    crashed.process.kill()
    crashed.process.wait()
    assert (crashed.cluster / "postmaster.pid").exists()
    successor = Postgres(layout, throw_away=True)
    successor.start()
    assert query(layout, "SELECT 1") == (1,)
    successor.stop()


def test_a_recorded_pid_that_is_someone_elses_now_is_left_alone(layout: Layout) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        server = Postgres(layout, throw_away=True)
        (server.cluster / "postmaster.pid").write_text(f"{bystander.pid}\n/elsewhere\n")
        server.start()
        server.stop()
        assert bystander.poll() is None
        bystander.kill()


def test_a_directory_of_another_major_version_is_refused(layout: Layout) -> None:
    server = Postgres(layout, throw_away=True)
    (server.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServiceError, match="was made by PostgreSQL 17, this is 18"):
        server.start()


def test_a_half_made_cluster_is_made_again(layout: Layout) -> None:
    server = Postgres(layout, throw_away=True)
    server.cluster.rename(server.cluster.with_name("making"))
    assert server.start() is True
    server.stop()


def test_a_deep_data_directory_gets_a_short_socket_path(tmp_path: Path) -> None:
    deep = Layout(tmp_path / ("d" * 60) / ("e" * 60))
    assert len(str(deep.sockets / ".s.PGSQL.5432")) < 107
    assert deep.sockets.parent == Path("/tmp")
    assert deep.sockets != Layout(tmp_path / ("d" * 60) / ("f" * 60)).sockets


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its services another account")
def test_roots_closed_directory_keeps_the_files_outside_behind_a_link() -> None:
    closed = Path("/tmp") / f"reflection-closed-{uuid.uuid4().hex[:8]}"
    closed.mkdir(mode=0o700)
    layout = Layout(closed / "var")
    server = Postgres(layout, throw_away=True)
    outside = HOME_OF_ROOTS_SERVICES / layout.digest
    try:
        assert server.start() is True
        assert layout.postgres.resolve() == outside / "postgres"
        assert query(layout, "SELECT 1") == (1,)
    finally:
        server.stop()
        shutil.rmtree(closed, ignore_errors=True)
        shutil.rmtree(outside, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its services another account")
def test_binaries_in_roots_closed_environment_run_from_a_copy(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "reaches", lambda self, path: "site-packages" not in str(path))
    binaries = runnable_binaries(Account.for_services())
    assert binaries.is_relative_to(HOME_OF_ROOTS_SERVICES / "binaries")
    server = Postgres(layout, throw_away=True)
    server.start()
    assert query(layout, "SELECT 1") == (1,)
    assert server.process is not None
    running = Path(f"/proc/{server.process.pid}/exe").resolve()
    server.stop()
    assert running == binaries / "postgres"


def command(layout: Layout, code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=PROJECT_ROOT,
        env=clean_environment(DATA_DIR=str(layout.data_dir)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_commands_share_a_database_that_the_first_one_started(layout: Layout) -> None:
    say_pid = (
        "from django.db import connection; c = connection.cursor();"
        "c.execute(\"SELECT pg_read_file('postmaster.pid')\");"
        "print(c.fetchone()[0].split()[0], flush=True);"
    )
    host = command(layout, say_pid + "input()")
    assert host.stdout is not None
    pid_seen_by_host = host.stdout.readline()
    guest = command(layout, say_pid + "input(); c.execute('SELECT 2'); print(c.fetchone())")
    assert guest.stdout is not None
    assert guest.stdout.readline() == pid_seen_by_host

    assert host.stdin is not None
    host.stdin.write("\n")
    host.stdin.flush()
    assert host.stderr is not None
    assert host.stderr.readline() == ("Another command still uses this database; waiting for it.\n")
    assert guest.communicate(input="\n", timeout=30)[0] == "(2,)\n"
    host.communicate(timeout=30)
    assert (host.returncode, guest.returncode) == (0, 0)
    assert wait_until_gone(int(pid_seen_by_host), timeout=5)


def test_a_killed_command_takes_its_database_with_it(layout: Layout) -> None:
    killed = command(layout, "print('up', flush=True); input()")
    assert killed.stdout is not None
    assert killed.stdout.readline() == "up\n"
    assert answers(layout)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    assert wait_for(lambda: not answers(layout))
