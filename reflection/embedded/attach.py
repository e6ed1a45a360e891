"""How a command gets its database: the product's when that runs, its own for its duration otherwise."""

import fcntl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reflection.embedded.layout import Layout
from reflection.embedded.postgres import Postgres, answers
from reflection.embedded.processes import ServiceError

ATTACH_TIMEOUT = 90.0


def try_lock(file: Path, *, shared: bool = False, wait: bool = False) -> IO[str] | None:
    """Take a lock that ends with us, however we end; None when another process holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = file.open("a+")
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(handle, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


@contextmanager
def database(layout: Layout) -> Iterator[bool]:
    """Attach to the running database or run it meanwhile. Yields whether it is new and empty."""
    guest = try_lock(layout.guests_lock, shared=True, wait=True)
    assert guest is not None
    lock = try_lock(layout.database_lock)
    if lock is None:
        with guest:
            _wait_until_it_answers(layout)
            yield False
        return
    server = Postgres(layout)
    try:
        yield server.start()
    finally:
        guest.close()
        with _wait_for_guests(layout):
            server.stop()
            lock.close()


def _wait_until_it_answers(layout: Layout) -> None:
    deadline = time.monotonic() + ATTACH_TIMEOUT
    while not answers(layout):
        if time.monotonic() > deadline:
            raise ServiceError(f"the database of {layout.data_dir} is in use but does not answer")
        time.sleep(0.1)


def _wait_for_guests(layout: Layout) -> IO[str]:
    """Other commands may use the database that we started: it stops after the last of them.

    The lock given back keeps new guests out until the server has stopped.
    """
    lock = try_lock(layout.guests_lock)
    if lock is None:
        print("Another command still uses this database; waiting for it.", file=sys.stderr)
        lock = try_lock(layout.guests_lock, wait=True)
    assert lock is not None
    return lock
