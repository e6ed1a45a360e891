"""A rebuild: alone and split over workers, its memory, and what people feel of it meanwhile."""

import statistics
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.harness import EMPTY_PAGE, Product, Request
from benchmarks.results import Row, at_most, for_the_record
from benchmarks.tally.refreshes import contents, rebuild_all

WORKERS = (1, 2, 4)
MOST_SLOWER = 3.0
QUIET_SECONDS = 15.0
LOOKED_AT_EVERY = 0.02


def rows(running: Product) -> list[Row]:
    return [*_split(), *_memory(), *_meanwhile(running)]


def _split() -> list[Row]:
    """The same bytes, whoever builds a month."""
    found = []
    alone: dict[str, bytes] = {}
    for workers in WORKERS:
        begun = time.perf_counter()
        rebuild_all(workers=workers)
        name = f"rebuild by {workers} worker{'s' if workers > 1 else ''}"
        found.append(for_the_record(name, time.perf_counter() - begun, "s"))
        made = contents()
        alone = alone or made
        differ = sum(alone.get(each) != made.get(each) for each in alone.keys() | made.keys())
        found.append(at_most(f"{name}: of {len(made)} months differ", differ, 0, ""))
    return found


def _memory() -> list[Row]:
    """Of the process that rebuilds, beyond what the same command takes that has nothing to do."""
    rebuilding, idle = _peak_mb("tally", "--rebuild"), _peak_mb("tally")
    return [
        for_the_record("memory of a rebuild at its peak", rebuilding, "MB"),
        for_the_record("of it, beyond a process that tallies nothing", rebuilding - idle, "MB"),
    ]


def _peak_mb(*command: str) -> float:
    """As the kernel keeps it of the running process: what `wait4` tells of it afterwards is never less
    than what this one had when it started it."""
    process = _manage(*command)
    peak = 0
    while process.poll() is None:
        with suppress(OSError):
            status = Path(f"/proc/{process.pid}/status").read_text()
            peak = max(
                [peak, *(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)]
            )
        time.sleep(LOOKED_AT_EVERY)
    if process.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} failed")
    return peak / 1024


def _meanwhile(running: Product) -> list[Row]:
    """How long ordinary pages take while a rebuild runs beside them, against without one."""
    from django.urls import reverse

    pages = {
        "an empty page": Request(EMPTY_PAGE),
        "the dashboard": Request(reverse("trends:dashboard")),
        "closed deals": Request(reverse("deals:list")),
    }
    ends = time.perf_counter() + QUIET_SECONDS
    quiet = _taken(running, pages, while_true=lambda: time.perf_counter() < ends)
    process = _manage("tally", "--rebuild")
    busy = _taken(running, pages, while_true=lambda: process.poll() is None)
    found = []
    for name in pages:
        ratio = statistics.median(busy[name]) / statistics.median(quiet[name])
        found.append(at_most(f"during a rebuild: {name}", ratio, MOST_SLOWER, "times as long"))
        for when, taken in (("without a rebuild", quiet), ("during a rebuild", busy)):
            usual, slow = (
                statistics.median(taken[name]),
                statistics.quantiles(taken[name], n=20)[-1],
            )
            found.append(for_the_record(f"{when}: {name}, median", usual, "ms"))
            found.append(for_the_record(f"{when}: {name}, 95 of 100", slow, "ms"))
    slowest = max(max(each) for each in busy.values())
    return [*found, for_the_record("during a rebuild: the slowest answer", slowest, "ms")]


def _taken(running: Product, pages: dict[str, Request], *, while_true) -> dict[str, list[float]]:  # type: ignore[no-untyped-def]
    taken: dict[str, list[float]] = {name: [] for name in pages}
    while while_true():
        for name, page in pages.items():
            begun = time.perf_counter()
            running.send(page)
            taken[name].append((time.perf_counter() - begun) * 1e3)
    return taken


def _manage(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
