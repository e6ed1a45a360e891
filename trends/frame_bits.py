"""The deals of a frame as bits, and how many of them are in each cell."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property, partial, reduce
from typing import TYPE_CHECKING

import numpy as np

from trends.axes import Axis, Mask
from trends.bitmaps import DIGITS, MOST_VALUES, Bitmaps, Words, pack, unpack
from trends.codec import Column
from trends.dimensions import DIMENSIONS
from trends.facts import ALIKE, HALF_BITS, JUDGED_FACTS, LOW, true_of
from trends.measures import CITED, SCORED
from trends.snapshot import Month

if TYPE_CHECKING:
    from trends.counting import Condition, Frame

ALL = np.uint64(2**64 - 1)
# Of more cells than these a count of codes is cheaper.
MOST_CELLS = 2_000
# Words that are looked at with one call: more of them would not stay in the processor's cache.
AT_ONCE = 2**15


class Together:
    """A row of words per value, where some deals are under the last value and no other."""

    def __init__(self, rows: Words, small: Words) -> None:
        self._rows, self._small, self._shown = rows, small, ~small

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, code: int | slice) -> Words:
        """The row of a code, or the rows from one code until another."""
        if not isinstance(code, slice):
            return self._small if code == len(self) - 1 else self._rows[code] & self._shown
        rows: Words = self._rows[code] & self._shown
        if len(rows) and code.stop >= len(self):
            rows[-1] = self._small
        return rows

    def __iter__(self) -> Iterator[Words]:
        return (self[code] for code in range(len(self)))


Rows = Words | Together


class FrameBits:
    """The bits of the deals of one period and one set of filters."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._bitmaps = Bitmaps.of(frame.coding.snapshot)
        self._span = self._bitmaps.span(frame.months[0], frame.months[-1])
        self._width = self._span.stop - self._span.start
        self._bases: dict[str, Words] = {}
        self._sums_of_amounts: dict[tuple[str, ...], Column] = {}
        self._smalls: dict[str, Words | None] = {}

    @property
    def _is_filtered(self) -> bool:
        return bool(self._frame.conditions or self._frame.facts)

    @cached_property
    def chosen(self) -> Words | None:
        """The deals meant, None for all. Bits past a month's last deal mean nothing."""
        frame = self._frame
        parts = [self._having_any(each) for each in frame.conditions]
        parts += [self._true(fact) for fact in frame.facts]
        chosen = reduce(np.bitwise_and, parts) if parts else None
        for month in (frame.months[0], frame.months[-1]):
            inside = frame.window.days_of(month)
            if inside is not None:
                chosen = np.full(self._width, ALL) if chosen is None else chosen.copy()
                chosen[self._words_of(month)] &= pack(inside[np.newaxis])[0]
        return chosen

    def mask(self, month: Month) -> Mask:
        """Which of the month's deals are meant, None for all."""
        if not self._is_filtered:
            first, last = self._frame.months[0], self._frame.months[-1]
            inside = month.number not in (first.number, last.number)
            return None if inside else self._frame.window.days_of(month)
        assert self.chosen is not None
        return unpack(self.chosen[self._words_of(month)], len(month))

    def counted(self, what: str, axes: Sequence[Axis]) -> Column | None:
        """The deals of each cell of which `what` is true; None where codes must be looked at."""
        inner = [axis for axis in axes if not axis.is_of_months]
        cited = [axis.name for axis in inner if axis.name in CITED]
        money = what.endswith(("_high", "_low"))
        digits = self._bitmaps.amounts() if money else None
        cells = math.prod(map(len, inner)) * (DIGITS if money else 1)
        if (
            (money and digits is None)
            or not all(axis.is_lasting and len(axis) <= MOST_VALUES for axis in inner)
            or cells > MOST_CELLS
            or (what == "lost_primary" and len(cited) > 1)
        ):
            return None
        scored = next((axis.name for axis in inner if axis.name in SCORED), "")
        rows = [self._rows(axis, what, asked=axis.name == scored) for axis in inner]
        if digits is not None:
            amounts = self._amounts(ALIKE[what], rows, digits[:, self._span], axes)
            return amounts >> HALF_BITS if what.endswith("_high") else amounts & LOW
        base = self._base(ALIKE.get(what, what))
        if what == "lost_primary" and not cited:
            base = base & self._true("primary")
        return self._cells(base, rows, axes)

    def _base(self, fact: str) -> Words:
        """The deals meant of which a fact is true: many cells have the same."""
        found = self._bases.get(fact)
        if found is None:
            true = self._true(fact)
            found = self._bases[fact] = true if self.chosen is None else true & self.chosen
        return found

    def _amounts(
        self, fact: str, rows: Sequence[Rows], digits: Words, axes: Sequence[Axis]
    ) -> Column:
        """The sum of the amounts of each cell, whose upper and lower halves are asked for in turn."""
        key = (fact, *(axis.name for axis in axes))
        found = self._sums_of_amounts.get(key)
        if found is None:
            weights = 2 ** np.arange(DIGITS)
            found = self._cells(self._base(fact), [*rows, digits], axes, weights=weights)
            self._sums_of_amounts[key] = found
        return found

    def amounts_at(self, fact: str, places: Sequence[int]) -> list[int] | None:
        """The amounts at these places, from 0, in the order of size of the deals of which a fact is true.

        From the highest digit down: a place is among the deals that have the digit or among those
        that don't, by how many these are. None of huge amounts, as of `Bitmaps.amounts`.
        """
        digits = self._bitmaps.amounts()
        if digits is None:
            return None
        base = self._base(fact)
        # Deals that agree in the digits so far, how many they and the smaller ones are, and their amount.
        groups = [(base, 0, _count(base), 0)]
        for digit in reversed(range(DIGITS)):
            row, parted = digits[digit, self._span], []
            for words, first, end, amount in groups:
                above = words & row
                middle = end - _count(above)
                if any(first <= place < middle for place in places):
                    parted.append((words ^ above, first, middle, amount))
                if any(middle <= place < end for place in places):
                    parted.append((above, middle, end, amount | 1 << digit))
            groups = parted
        return [
            next(amount for _, first, end, amount in groups if first <= place < end)
            for place in places
        ]

    def _rows(self, axis: Axis, what: str, *, asked: bool) -> Rows:
        """`asked` is true of the first factor or question: it counts where it was answered."""
        kind = ""
        if what.endswith("_asked") and asked:
            kind = "asked"
        elif what == "lost_primary" and axis.name in CITED:
            kind = "first"
        return self._having(axis.name, kind)

    def _having(self, name: str, kind: str = "") -> Rows:
        rows: Words = self._bitmaps.having(self._frame.coding, name, kind)[:, self._span]
        small = self._small(name)
        return rows if small is None else Together(rows, small)

    def _small(self, name: str) -> Words | None:
        """The deals of groups too small to show in a dimension, None where there is none."""
        if name not in self._smalls:
            hidden = [self._frame.coding.hidden(month, name) for month in self._frame.months]
            self._smalls[name] = (
                np.concatenate(
                    [
                        pack(np.isin(month.block["team"], list(teams))[np.newaxis])[0]
                        for month, teams in zip(self._frame.months, hidden, strict=True)
                    ]
                )
                if any(hidden)
                else None
            )
        return self._smalls[name]

    def _having_any(self, condition: "Condition") -> Words:
        name, kind = condition.name, "first" if condition.primary else ""
        if not _has_bits(name) or len(self._frame.coding.vocabulary(name)) > MOST_VALUES:
            months = self._frame.months
            having = (self._frame.having(month, condition) for month in months)
            return np.concatenate([pack(each[np.newaxis])[0] for each in having])
        rows = self._having(name, kind)
        none = np.zeros(self._width, dtype=np.uint64)
        return reduce(np.bitwise_or, (rows[code] for code in sorted(condition.codes)), none)

    def _true(self, fact: str) -> Words:
        coding = self._frame.coding
        key = (fact, coding.judged if fact in JUDGED_FACTS else 0)
        return self._bitmaps.true(key, partial(true_of, fact=fact, coding=coding))[self._span]

    def _words_of(self, month: Month) -> slice:
        words = self._bitmaps.span(month, month)
        return slice(words.start - self._span.start, words.stop - self._span.start)

    def _cells(
        self,
        base: Words,
        rows: Sequence[Rows],
        axes: Sequence[Axis],
        *,
        weights: Column | None = None,
    ) -> Column:
        """Counts by the values of the rows, and by period where there is a time axis.

        With `weights` those of the last rows are added up, each times its weight.
        """
        time = next((axis for axis in axes if axis.is_of_months), None)
        sizes = [len(each) for each in rows]
        places, starts = ([], None) if time is None else self._periods(time)
        *outer, last = rows or [base[np.newaxis]]
        counter = _Counter(self._width, starts)
        counted = [counter.of(each, last) for each in _combined(base, outer)] if all(sizes) else []
        found = np.array(counted, dtype=np.int64)
        cells = found.reshape(sizes if time is None else [*sizes, len(places)])
        if weights is not None:
            cells = np.tensordot(cells, weights, axes=([len(sizes) - 1], [0]))
        if time is None:
            return cells
        summed = np.zeros([*cells.shape[:-1], len(time)], dtype=np.int64)
        summed[..., places] = cells
        return np.moveaxis(summed, -1, list(axes).index(time))

    def _periods(self, time: Axis) -> tuple[list[int], list[int]]:
        """The places on a time axis that the frame's months stand at, and where each one's words begin."""
        first: dict[int, int] = {}
        for month in self._frame.months:
            place = time.place_of(month)
            assert place is not None
            first.setdefault(place, self._words_of(month).start)
        return list(first), list(first.values())


def _combined(base: Words, rows: Sequence[Rows]) -> Iterator[Words]:
    """The base with each combination of the rows."""
    if not rows:
        yield base
        return
    for row in rows[0]:
        yield from _combined(base & row, rows[1:])


def _count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())


def _has_bits(name: str) -> bool:
    """Whether a bitmap per value is kept of a condition's name. Other deals are looked at."""
    return name in DIMENSIONS and name != "amount"


class _Counter:
    """Counts bits, of several rows at once where they are short, without new memory for each."""

    def __init__(self, width: int, starts: Sequence[int] | None) -> None:
        self._starts = starts
        self._at_once = max(1, AT_ONCE // max(1, width))
        self._words = np.empty((self._at_once, width), dtype=np.uint64)
        self._counts = np.empty((self._at_once, width), dtype=np.uint8)

    def of(self, base: Words, rows: Rows) -> Column:
        """Of each row how many bits it has in common with the base; by month where there are starts."""
        return np.concatenate(
            [
                self._block(base, rows[at : at + self._at_once])
                for at in range(0, len(rows), self._at_once)
            ]
        )

    def _block(self, base: Words, rows: Words) -> Column:
        words = np.bitwise_and(base, rows, out=self._words[: len(rows)])
        counts = np.bitwise_count(words, out=self._counts[: len(rows)])
        if self._starts is None:
            whole: Column = np.add.reduce(counts, axis=1, dtype=np.uint32)
            return whole
        return np.add.reduceat(counts, self._starts, axis=1, dtype=np.uint32)
