"""A bit per deal: which deals have a value, which are lost, which are chosen.

A filter is then an "and" of bits and a count is the number of those left: some ten microseconds
per value for a million deals, where looking at each deal's code takes milliseconds. Every month
begins a word of its own, so that a period is a range of words and a month's count a part of them.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from trends.codec import Column
from trends.codes import Codes
from trends.coding import Coding
from trends.snapshot import Month, Snapshot

BITS = 64
# Of a longer list only the values asked for are ever looked at, as codes.
MOST_VALUES = 256

# The amounts of almost every company, in minor units, fit into as many binary digits.
DIGITS = 32

Words = Column
Key = tuple[Any, ...]


class Bitmaps:
    """The bits of a snapshot's deals, made when first asked for.

    A fresh snapshot takes over those of the months that have not changed.
    """

    def __init__(self, months: Sequence[Month], before: "Bitmaps | None") -> None:
        self._months = months
        self._before = before
        self._made: dict[Key, Words] = {}
        self._places = {month.number: place for place, month in enumerate(months)}
        self._lock = threading.Lock()
        sizes = [_words_for(len(month)) for month in months]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Bitmaps":
        found: Bitmaps | None = snapshot.derived.get("bitmaps")
        if found is None:
            found = cls(snapshot.months, snapshot.derived.pop("bitmaps before", None))
            snapshot.derived["bitmaps"] = found
        return found

    def span(self, first: Month, last: Month) -> slice:
        """The words of the months from the first to the last."""
        start, end = self._places[first.number], self._places[last.number]
        return slice(int(self._starts[start]), int(self._starts[end + 1]))

    def having(self, coding: Coding, name: str, kind: str = "") -> Words:
        """A row of words per value of a dimension: the deals that have it.

        `kind` "first" are the deals whose primary reason it is, "asked" those that could have
        had the factor or question. Groups too small to show are not merged here: the rows are
        kept, and for everybody.
        """
        size, plain = len(coding.vocabulary(name)), coding.plain
        key = ("having", name, kind, coding.token_of(name), size)
        return self._get(
            key, lambda month: _by_value(plain.codes(month, name), kind, size, len(month))
        )

    def true(self, key: Key, of: Callable[[Month], Column]) -> Words:
        """The deals of which something is true that a month's block alone decides."""
        words: Words = self._get(("true", *key), lambda month: of(month)[np.newaxis])[0]
        return words

    def amounts(self) -> Words | None:
        """A row of words per binary digit of the amounts, the lowest first; None of huge ones.

        The sum of some deals' amounts is then that of the digits, each times how many have it.
        """
        if any(month.block["amount"].itemsize > DIGITS // 8 for month in self._months):
            return None
        return self._get(("amounts",), _digits)

    def _get(self, key: Key, make: Callable[[Month], Column]) -> Words:
        with self._lock:
            found = self._made.get(key)
            if found is None:
                parts = self._taken_over(key)
                words = [
                    parts[month.version] if month.version in parts else pack(make(month))
                    for month in self._months
                ]
                found = self._made[key] = np.concatenate(words, axis=1)
            return found

    def _taken_over(self, key: Key) -> dict[int, Words]:
        """By version of the month what the snapshot before knew, which gives it up."""
        before = self._before
        words = before.give_up(key) if before else None
        if before is None or words is None:
            return {}
        return {
            month.version: words[:, start:end]
            for month, start, end in zip(
                before._months, before._starts[:-1], before._starts[1:], strict=True
            )
        }

    def give_up(self, key: Key) -> Words | None:
        with self._lock:
            self._before = None
            return self._made.pop(key, None)


def _words_for(deals: int) -> int:
    return -(-deals // BITS)


def pack(rows: Column) -> Words:
    """Rows of truth values as rows of words, the first deal in the lowest bit."""
    packed = np.packbits(rows, axis=1, bitorder="little")
    words = np.zeros((len(rows), _words_for(rows.shape[1])), dtype="<u8")
    words.view(np.uint8)[:, : packed.shape[1]] = packed
    return words


def unpack(words: Words, count: int) -> Column:
    """The first `count` truth values of words."""
    return np.unpackbits(words.view(np.uint8), count=count, bitorder="little").view(bool)


def _digits(month: Month) -> Column:
    """Of an unknown amount there are digits too, which mean nothing."""
    amounts = month.block["amount"].astype(np.int64) & (2**DIGITS - 1)
    octets = amounts.astype("<u4").view(np.uint8).reshape(len(amounts), -1)
    return np.unpackbits(octets, axis=1, bitorder="little").T


def _by_value(codes: Codes, kind: str, size: int, deals: int) -> Column:
    rows, values = codes.rows, codes.codes
    if kind == "asked" and codes.asked is not None:
        rows, values = codes.asked
    elif kind == "first" and codes.ranks is not None and rows is not None:
        first = codes.ranks == 1
        rows, values = rows[first], values[first]
    if rows is None:
        return np.asarray(values[np.newaxis] == np.arange(size)[:, np.newaxis])
    having = np.zeros((size, deals), dtype=bool)
    having[values, rows] = True
    return having
