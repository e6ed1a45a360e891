"""The one supervisor of an embedded instance: starts, watches, restarts and stops its programs."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Protocol

from reflection.embedded.attach import try_lock
from reflection.embedded.layout import Layout
from reflection.embedded.processes import (
    ServiceError,
    is_running,
    kill_group,
    spawn,
    started_at,
    stop,
    wait_until_gone,
)

READY_TIMEOUT = 90.0
DATABASE_LOCK_TIMEOUT = 120.0
ORPHAN_GRACE = 10.0
LONGEST_BACK_OFF = 30.0
STABLE_AFTER = 60.0
LARGEST_LOG = 20 * 1024 * 1024


class Service(Protocol):
    """A program under the supervisor: our own, the database or the broker."""

    process: subprocess.Popen[bytes] | None

    def start(self) -> object: ...

    def stop(self) -> None: ...


class Program:
    """One of our own processes (web, worker), its output in a log file."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        grace: float,
    ) -> None:
        self.command = command
        self.log = log
        self.environment = environment
        self.grace = grace
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = spawn(
                self.command,
                death_signal=signal.SIGTERM,
                output=output,
                environment={**os.environ, **self.environment},
            )

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, by=signal.SIGTERM, grace=self.grace)
            self.process = None


@dataclass
class Watched:
    """A service with the history that its back-off follows."""

    name: str
    service: Service
    failures: int = 0
    started: float = 0.0
    due: float | None = field(default=None)

    def has_ended(self) -> bool:
        process = self.service.process
        return process is not None and process.poll() is not None

    def back_off(self, now: float) -> float:
        """1, 2, 4 ... seconds, from the beginning again after a stable minute."""
        if now - self.started > STABLE_AFTER:
            self.failures = 0
        self.failures += 1
        return float(min(2.0 ** (self.failures - 1), LONGEST_BACK_OFF))


class Supervisor:
    """Holds the instance lock for as long as it lives. Services stop in reverse order of start."""

    def __init__(self, layout: Layout, *, host: str, port: int) -> None:
        self.layout = layout
        self.host = host
        self.port = port
        self.watched: list[Watched] = []
        self.stop_requested = False
        self._breaks_off = False
        self._locks: list[IO[str]] = []
        self._wake_reader, self._wake_writer = os.pipe()

    def claim(self) -> None:
        """Become the one instance of this data directory on this port, or say why not."""
        self._install_signals()
        lock = try_lock(self.layout.instance_lock)
        if lock is None:
            holder = self.layout.instance_lock.read_text().strip() or "unknown"
            raise ServiceError(
                f"{self.layout.data_dir} is already in use by a running instance (pid {holder}); "
                "stop it, or choose another DATA_DIR and PORT"
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._locks.append(lock)
        self._end_orphans()
        self._check_port()
        self._locks.append(self._claim_database())
        self._turn_logs_over()

    def start(self, name: str, service: Service) -> None:
        if self.stop_requested:
            return
        watched = Watched(name, service, started=time.monotonic())
        self.watched.append(watched)
        service.start()
        self._note_children()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """For long work of our own: a signal breaks it off instead of waiting for its end."""
        if self.stop_requested:
            raise KeyboardInterrupt
        self._breaks_off = True
        try:
            yield
        finally:
            self._breaks_off = False

    def wait_until_ready(self, path: str) -> None:
        """Readiness is an HTTP 200; an open port may belong to a server that can't work yet."""
        deadline = time.monotonic() + READY_TIMEOUT
        while time.monotonic() < deadline and not self.stop_requested:
            if self._answers(path):
                return
            self._restart_ended()
            self._sleep(0.1)
        if not self.stop_requested:
            raise ServiceError(f"the web server does not answer; see {self.layout.logs}")

    def watch(self) -> None:
        """Restart what ends until a signal asks us to stop."""
        while not self.stop_requested:
            self._sleep(1.0)
            self._restart_ended()
            self._turn_logs_over()

    def stop(self) -> None:
        for watched in reversed(self.watched):
            watched.service.stop()
        self.watched.clear()
        self.layout.children.unlink(missing_ok=True)
        for lock in reversed(self._locks):
            lock.close()
        self._locks.clear()

    def _install_signals(self) -> None:
        """Explicitly: a shell's `&` starts us with SIGINT ignored."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)

    def _request_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_requested = True
        os.write(self._wake_writer, b".")
        if self._breaks_off:
            raise KeyboardInterrupt

    def _sleep(self, seconds: float) -> None:
        select.select([self._wake_reader], [], [], seconds)

    def _restart_ended(self) -> None:
        now = time.monotonic()
        for watched in self.watched:
            if self.stop_requested:
                return
            if watched.due is None and watched.has_ended():
                self._schedule_restart(watched, now)
            elif watched.due is not None and now >= watched.due:
                self._restart(watched)

    def _schedule_restart(self, watched: Watched, now: float) -> None:
        assert watched.service.process is not None
        code = watched.service.process.returncode
        watched.service.stop()
        delay = watched.back_off(now)
        watched.due = now + delay
        complain(f"{watched.name} ended (exit code {code}); starting it again in {delay:.0f} s")

    def _restart(self, watched: Watched) -> None:
        watched.started = time.monotonic()
        watched.due = None
        try:
            watched.service.start()
        except ServiceError as error:
            watched.due = time.monotonic() + watched.back_off(time.monotonic())
            complain(f"{watched.name}: {error}")
        self._note_children()

    def _note_children(self) -> None:
        pids = [w.service.process.pid for w in self.watched if w.service.process is not None]
        draft = self.layout.children.with_suffix(".new")
        draft.write_text(json.dumps([{"pid": pid, "started": started_at(pid)} for pid in pids]))
        draft.replace(self.layout.children)

    def _end_orphans(self) -> None:
        """End what a killed supervisor left; the database ends its own orphan, gently."""
        for pid, started in _noted_children(self.layout.children):
            if is_running(pid) and started_at(pid) == started and not self._is_database(pid):
                wait_until_gone(pid, timeout=ORPHAN_GRACE)
                kill_group(pid)

    def _is_database(self, pid: int) -> bool:
        file = self.layout.postgres / "data" / "postmaster.pid"
        return file.exists() and file.read_text().split("\n", 1)[0] == str(pid)

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise ServiceError(
                    f"port {self.port} of {self.host} is not free ({error.strerror}); "
                    f"choose another, for example PORT={self.port + 1}"
                ) from error

    def _claim_database(self) -> IO[str]:
        """A command may run the database for its own duration: wait for its end."""
        deadline = time.monotonic() + DATABASE_LOCK_TIMEOUT
        said = False
        while not self.stop_requested:
            lock = try_lock(self.layout.database_lock)
            if lock is not None:
                return lock
            if time.monotonic() > deadline:
                break
            if not said:
                complain("a command is using the database; waiting for it to end")
                said = True
            self._sleep(0.2)
        raise ServiceError(f"a command still uses the database of {self.layout.data_dir}")

    def _turn_logs_over(self) -> None:
        """Copied and emptied in place: the programs that append to a log keep it open."""
        self.layout.logs.mkdir(mode=0o700, exist_ok=True)
        for log in self.layout.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)

    def _answers(self, path: str) -> bool:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host
        url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=5.0) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _noted_children(file: Path) -> list[tuple[int, str]]:
    try:
        return [(int(row["pid"]), str(row["started"])) for row in json.loads(file.read_text())]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def complain(line: str) -> None:
    print(f"reflection: {line}", file=sys.stderr, flush=True)


def supervised(supervisor: Supervisor, run: Callable[[], None]) -> int:
    """Run to the end; whatever happens, nothing of ours is left running."""
    try:
        run()
    except KeyboardInterrupt:
        return 0
    except ServiceError as error:
        complain(str(error))
        return 1
    finally:
        supervisor.stop()
    return 0
