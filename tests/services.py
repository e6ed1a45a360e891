"""Throw-away services of one test run, and the sweep of what killed runs left behind."""

import shutil
import tempfile
from pathlib import Path
from typing import IO

from reflection.embedded.attach import try_lock
from reflection.embedded.layout import Layout
from reflection.embedded.postgres import Postgres
from reflection.embedded.processes import ServiceError

PREFIX = "reflection-test-"


class ThrowAwayCluster:
    """One PostgreSQL without durability, which dies with us; its directory goes with it."""

    def __init__(self, home: Path) -> None:
        self.layout = Layout(home)
        self.server = Postgres(self.layout, throw_away=True)
        self.lock: IO[str] | None = None

    def start(self) -> None:
        self.lock = try_lock(self.layout.instance_lock)
        assert self.lock is not None, f"{self.layout.data_dir} is in use"
        self.layout.data_dir.chmod(0o711)
        sweep()
        try:
            self.server.start()
        except ServiceError:
            self.server.stop()
            shutil.rmtree(self.layout.postgres, ignore_errors=True)
            self.server.start()

    def stop(self) -> None:
        self.server.stop()
        shutil.rmtree(self.layout.data_dir, ignore_errors=True)
        if self.lock is not None:
            self.lock.close()


def sweep() -> None:
    """Remove the directories of runs that were killed: those whose lock nobody holds."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        file = home / "instance.lock"
        if not file.exists():
            continue
        try:
            lock = try_lock(file)
        except OSError:
            continue
        if lock is not None:
            shutil.rmtree(home, ignore_errors=True)
            lock.close()
