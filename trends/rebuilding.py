"""Months built from the source one after the other, or several at once by as many workers.

Nearly all of a build is the database's work, and a connection keeps one of its processors
busy; so a worker is a thread with a connection of its own.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

from django.db import connection

from trends import blocks, source
from trends.codec import encode
from trends.snapshot import month_name
from trends.source import Basis
from trends.source_debriefs import Keys


@dataclass(frozen=True)
class BuiltMonth:
    """A month's block in bytes, and the keys of factors and questions that its debriefs use."""

    number: int
    content: bytes
    deals: int
    keys: Keys

    @property
    def name(self) -> str:
        return month_name(self.number)


def built_months(
    numbers: Sequence[int], *, basis: Basis, keys: Keys, workers: int
) -> Iterator[BuiltMonth]:
    """The block of each month; new keys are added to `keys` as they come.

    Memory holds one month's rows per worker, and as many finished months at most.
    """
    alone = (_built(number, basis, keys) for number in numbers)
    for month in alone if workers == 1 else _Crew(numbers, basis, keys, workers).months():
        keys.add(month.keys)
        yield month


def _built(number: int, basis: Basis, known: Keys) -> BuiltMonth:
    keys = known.copy()
    rows = source.rows_of_month(source.month_of_number(number), basis=basis, keys=keys)
    block = blocks.build(number, rows)
    return BuiltMonth(number, encode(block), len(block["deal"]), keys)


class _Crew:
    """Threads that take the next month as they become free."""

    def __init__(self, numbers: Sequence[int], basis: Basis, keys: Keys, workers: int) -> None:
        self._waiting = SimpleQueue[int | None]()
        for number in [*numbers, *[None] * workers]:
            self._waiting.put(number)
        self._count = len(numbers)
        self._basis, self._keys = basis, keys
        self._done = SimpleQueue[BuiltMonth | BaseException]()
        # A place is free where a month may be begun; the reader frees one for each that it takes.
        self._places = threading.Semaphore(2 * workers)
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(workers)]

    def months(self) -> Iterator[BuiltMonth]:
        for thread in self._threads:
            thread.start()
        try:
            for _ in range(self._count):
                made = self._done.get()
                if isinstance(made, BaseException):
                    raise made
                yield made
                self._places.release()
        finally:
            self._ends.set()
            self._places.release(len(self._threads))
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        try:
            while (number := self._waiting.get()) is not None:
                self._places.acquire()
                if self._ends.is_set():
                    return
                self._done.put(_built(number, self._basis, self._keys))
        except BaseException as error:
            self._done.put(error)
        finally:
            connection.close()
