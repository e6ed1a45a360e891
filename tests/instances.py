"""A real instance in a process of its own, for tests of starting, stopping and dying."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from reflection.environment import PROJECT_ROOT, Environment

START_TIMEOUT = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**settings: str) -> dict[str, str]:
    """The caller's environment without any setting of ours, then the ones given."""
    ours = {name.upper() for name in Environment.model_fields} | {"DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **settings}


class Instance:
    """`manage.py up` on a data directory and a port of its own."""

    def __init__(
        self,
        home: Path,
        *,
        root: Path = PROJECT_ROOT,
        python: str = sys.executable,
        user: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.root = root
        self.python = python
        self.user = user
        self.port = free_port()
        self.environment = dict(environment or {})
        self.process: subprocess.Popen[str] | None = None
        self.printed = ""
        self._reader = threading.Thread()

    def start(self, *arguments: str) -> None:
        settings = {"DATA_DIR": str(self.home), "PORT": str(self.port), **self.environment}
        self.process = subprocess.Popen(
            [self.python, "manage.py", "up", *arguments],
            cwd=self.root,
            env=clean_environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            start_new_session=True,
        )
        self.printed = ""
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self.printed += line

    def wait_until_ready(self) -> None:
        """Until it answers, and has said so: it looks for itself as we do, a moment later."""
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.ended()[1]
            if "Reflection is ready at" in self.printed and self.status("/healthz/ready") == 200:
                return
            time.sleep(0.2)
        raise AssertionError(f"not ready in time; see {self.home}/log")

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C; returns the exit code and everything that was printed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for the end; returns the exit code and everything that was printed."""
        assert self.process is not None
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        return code, self.printed

    def kill(self) -> str:
        """kill -9 of the supervisor alone; returns everything that was printed."""
        assert self.process is not None
        self.process.kill()
        return self.ended()[1]

    def processes(self) -> dict[int, str]:
        """All running processes of this data directory, by pid, with their command lines."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                command = _words(entry / "cmdline")
                if command and str(self.home) in command + _words(entry / "environ"):
                    found[int(entry.name)] = command
        return found

    def pid_of(self, words: str) -> int:
        """The oldest process whose command line has these words: the parent, not its children."""
        pids = [pid for pid, command in self.processes().items() if words in command]
        return min(pids, key=lambda pid: _started(pid))

    def has_replaced(self, victim: int, words: str) -> bool:
        running = self.processes()
        return victim not in running and any(words in command for command in running.values())

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        shutil.rmtree(self.home, ignore_errors=True)


def _words(file: Path) -> str:
    try:
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _started(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19])
    except OSError:
        return sys.maxsize


def wait_for(condition: Callable[[], object], *, timeout: float = 30.0) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())
