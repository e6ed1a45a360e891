"""One command starts the product, and nothing that happens to it stops the next start."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from reflection.environment import PROJECT_ROOT
from tests.instances import Instance, wait_for


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path("/tmp") / f"reflection-up-{uuid.uuid4().hex[:8]}"
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def instance(home: Path) -> Iterator[Instance]:
    instance = Instance(home)
    yield instance
    instance.remove()


def test_runs_everything_refuses_a_second_and_stops_on_ctrl_c(
    instance: Instance,
) -> None:
    instance.start("--empty")
    instance.wait_until_ready()
    commands = "\n".join(instance.processes().values())
    for part in ("granian", "celery", "valkey-server", "postgres"):
        assert part in commands
    assert wait_for(lambda: instance.status("/accounts/login/") == 200)

    second = Instance(instance.home)
    second.start("--empty")
    code, printed = second.ended()
    assert code == 1
    assert instance.process is not None
    assert printed == (
        f"reflection: {instance.home} is already in use by a running instance "
        f"(pid {instance.process.pid}); stop it, or choose another DATA_DIR and PORT\n"
    )

    code, printed = instance.interrupt()
    assert code == 0
    address = f"http://localhost:{instance.port}"
    assert f"Reflection is ready at {address}\n" in printed
    assert re.search(rf"makes the first one.*\n  {address}/setup/\S+/\n", printed)
    assert instance.processes() == {}


def test_starts_again_after_kill_9_of_the_supervisor_and_restarts_what_dies(
    instance: Instance,
) -> None:
    instance.start("--empty")
    instance.wait_until_ready()
    instance.kill()
    instance.start("--empty")
    instance.wait_until_ready()

    for words in ("celery", "granian", "valkey-server", "postgres -D"):
        victim = instance.pid_of(words)
        os.kill(victim, signal.SIGKILL)
        assert wait_for(partial(instance.has_replaced, victim, words))
    assert wait_for(lambda: instance.status("/healthz/ready") == 200)

    printed = instance.kill()
    assert "worker ended (exit code -9); starting it again in 1 s" in printed
    assert wait_for(lambda: instance.processes() == {})


def test_a_busy_port_is_named_before_anything_starts(instance: Instance) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", instance.port))
        busy.listen()
        instance.start("--empty")
        code, printed = instance.ended()
    assert code == 1
    assert printed == (
        f"reflection: port {instance.port} of 127.0.0.1 is not free (Address already in use); "
        f"choose another, for example PORT={instance.port + 1}\n"
    )
    assert not (instance.home / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests ran as an ordinary user already")
def test_runs_as_an_ordinary_user(home: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    tree = home.with_name(home.name + "-tree")
    _copy_project(tree)
    environment = {"PYTHONPATH": sysconfig.get_path("purelib")}
    python = sys.executable
    if not _runs_as(nobody, python, environment):
        python, ours = _copy_interpreter(tree / "python")
        environment |= ours
    if not _runs_as(nobody, python, environment):
        shutil.rmtree(tree)
        pytest.skip("an ordinary user can't read our packages here")
    home.mkdir()
    os.chown(home, nobody, nobody)
    instance = Instance(home, root=tree, python=python, user=nobody, environment=environment)
    try:
        instance.start("--empty")
        instance.wait_until_ready()
        code, printed = instance.interrupt()
        assert (code, instance.processes()) == (0, {})
        assert "Reflection is ready at" in printed
    finally:
        instance.remove()
        shutil.rmtree(tree, ignore_errors=True)


def _runs_as(user: int, python: str, environment: dict[str, str]) -> bool:
    try:
        tried = subprocess.run(
            [python, "-c", "import redis, psycopg2, granian"],
            user=user,
            group=user,
            extra_groups=[],
            env=environment,
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _copy_interpreter(place: Path) -> tuple[str, dict[str, str]]:
    """Our own Python without its packages, for a user who can't enter where it is installed."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix)
    leave = shutil.ignore_patterns("test", "site-packages", "idlelib", "config-*")
    shutil.copytree(base / "lib" / version, place / "lib" / version, ignore=leave)
    for library in (base / "lib").glob("libpython*"):
        shutil.copy(library, place / "lib" / library.name)
    (place / "bin").mkdir()
    shutil.copy((base / "bin" / version).resolve(), place / "bin" / version)
    for directory in [place, *(path for path in place.rglob("*") if path.is_dir())]:
        directory.chmod(0o755)
    home = {"PYTHONHOME": str(place), "LD_LIBRARY_PATH": str(place / "lib")}
    return str(place / "bin" / version), home


def _copy_project(tree: Path) -> None:
    """The checkout's own files, where an ordinary user can read them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if name.startswith("tests/") or not (PROJECT_ROOT / name).is_file():
            continue
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT_ROOT / name, target)
    for directory in [tree, *(path for path in tree.rglob("*") if path.is_dir())]:
        directory.chmod(0o755)
