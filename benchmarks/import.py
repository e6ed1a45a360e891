# ruff: noqa: N999 (the benchmark is called import)
"""How many rows a second `import_deals` keeps, and whether its memory stays bounded."""

import csv
import io
import os
import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import cpu
from benchmarks.results import Row, at_least, at_most, for_the_record

ROWS = 100_000
FEW_ROWS = 10_000
HEADER = (
    "id,name,account,industry,owner,product,stage,outcome,opened_on,closed_on,amount,currency,"
    "competitors,winner,notes,attribute:Lead source"
)
# Below this share of its time on the processors the import waited for somebody else's work.
BUSY_SHARE = 0.7


@dataclass(frozen=True)
class Timed:
    rows_a_second: float
    is_sure: bool
    peak_mb: float


def run() -> list[Row]:
    with _database() as roots:
        few = _timed(FEW_ROWS, roots, seed=2)
        first = _timed(ROWS, roots, seed=1)
        again = _timed(ROWS, roots, seed=1)
    growth = first.peak_mb - few.peak_mb
    return [
        at_least(
            "rows into an empty source", first.rows_a_second, 2_000, "rows/s", sure=first.is_sure
        ),
        at_least("the same rows again", again.rows_a_second, 2_000, "rows/s", sure=again.is_sure),
        at_most("more memory for ten times the rows", growth, 64, "MB"),
        for_the_record("peak memory", first.peak_mb, "MB"),
    ]


def _timed(rows: int, roots: list[int], *, seed: int) -> Timed:
    from deals.imports.engine import run_import
    from deals.models import ImportState
    from deals.services.imports import ask_for_run, take_files

    taken = take_files([("deals.csv", _file(rows, seed))], by=None)
    ask_for_run(taken)
    taken.refresh_from_db()
    before, began = cpu.tree(roots), time.perf_counter()
    done = run_import(taken)
    seconds = time.perf_counter() - began
    spent = cpu.between(before, cpu.tree(roots)) / 1e9
    if done.state != ImportState.DONE or done.rejected:
        raise RuntimeError(f"the import ended as {done.state} with {done.rejected} rejected rows")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    done.files.all().delete()
    return Timed(rows / seconds, spent >= BUSY_SHARE * seconds, peak)


@contextmanager
def _database() -> Iterator[list[int]]:
    """An empty instance, and the processes whose work counts: the import's and the database's."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from reflection.embedded import attach

    with attach.database(settings.EMBEDDED_LAYOUT):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("flush", interactive=False, verbosity=0)
        yield [os.getpid(), _postmaster()]
        connection.close()


def _postmaster() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_read_file('postmaster.pid', 0, 20)")
        return int(cursor.fetchone()[0].split()[0])


def _file(rows: int, seed: int) -> io.BytesIO:
    """Deals of 5,000 accounts, 60 sellers and 8 rivals, drawn alike for a seed."""
    draw = random.Random(seed)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER.split(","))
    for number in range(rows):
        writer.writerow(_deal(f"{seed}-{number}", draw))
    return io.BytesIO(text.getvalue().encode())


def _deal(identity: str, draw: random.Random) -> list[str]:
    account = draw.randrange(5_000)
    is_lost = draw.random() < 0.6
    met = draw.sample([f"Rival {n}" for n in range(8)], draw.choice([0, 1, 2]))
    winner = met[0] if is_lost and met else ""
    return [
        identity,
        f"Deal {identity}",
        f"Account {account}",
        ("Retail", "Energy", "Health")[account % 3],
        f"Seller {draw.randrange(60)}",
        f"Product {draw.randrange(9)}",
        "Negotiation",
        "lost_to_competitor" if winner else "lost" if is_lost else "won",
        f"2024-{draw.randrange(1, 13):02}-{draw.randrange(1, 28):02}",
        f"2025-{draw.randrange(1, 13):02}-{draw.randrange(1, 28):02}",
        f"{draw.randrange(100, 900_000) / 100:.2f}",
        draw.choice(["USD", "EUR"]),
        "; ".join(met),
        winner,
        "They asked for the numbers twice. " * 2,
        draw.choice(["Fair", "Web"]),
    ]
