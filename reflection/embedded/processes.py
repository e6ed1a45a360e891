"""Child processes that never outlive us: own session, death signal, orderly stop."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from reflection.embedded.layout import Account

PR_SET_PDEATHSIG = 1
STOPPED_STATES = frozenset("ZX")


class ServiceError(RuntimeError):
    """A service could not be started; the message is one line for a person."""


def spawn(
    command: Sequence[str],
    *,
    death_signal: signal.Signals,
    account: Account | None = None,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session that gets `death_signal` when we die, however we die."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def bind_to_parent() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=None if environment is None else dict(environment),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=bind_to_parent,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals, grace: float) -> None:
    """Ask with `by`, wait `grace` seconds, then kill what is left of the child's process group."""
    if process.poll() is None:
        process.send_signal(by)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace)
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """Is there such a process, zombies not counted?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = _proc_state(pid)
    return state is None or state not in STOPPED_STATES


def started_at(pid: int) -> str:
    """The kernel's start time of a process: with the pid it names one process for good."""
    fields = _proc_fields(pid)
    return fields[19] if fields else ""


def works_in(pid: int, directory: Path) -> bool:
    """Is the process's working directory this one? (A PostgreSQL server works in its data directory.)"""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(directory)
    except OSError:
        if Path("/proc/self").exists():
            return False
    listing = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(directory) in listing.stdout


def wait_until_gone(pid: int, *, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if not is_running(pid):
            return True
        time.sleep(0.05)
    return not is_running(pid)


def _proc_fields(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()


def _proc_state(pid: int) -> str | None:
    fields = _proc_fields(pid)
    return fields[0] if fields else None
