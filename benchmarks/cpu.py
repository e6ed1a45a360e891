"""CPU time of whole process trees, in nanoseconds where the kernel tells."""

from collections.abc import Iterable
from pathlib import Path

NANOSECONDS_PER_TICK = 10_000_000


def tree(roots: Iterable[int]) -> dict[int, int]:
    """CPU nanoseconds so far of each living process under the roots, themselves included."""
    children = _children()
    waiting, found = list(roots), {}
    while waiting:
        pid = waiting.pop()
        spent = _spent(pid)
        if spent is not None:
            found[pid] = spent
        waiting.extend(children.get(pid, ()))
    return found


def between(before: dict[int, int], after: dict[int, int]) -> int:
    """What the processes that still live have spent meanwhile."""
    return sum(spent - before.get(pid, 0) for pid, spent in after.items())


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def _spent(pid: int) -> int | None:
    """Exact by thread from schedstat; by clock ticks where the kernel keeps none."""
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    except OSError:
        fields = _stat(pid)
        if fields is None:
            return None
        return (int(fields[11]) + int(fields[12])) * NANOSECONDS_PER_TICK
    return total
