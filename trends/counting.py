"""Masks and sums over month blocks: any filter and any dimension is a mask and a bincount."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from trends.amounts import Span
from trends.axes import Axis, Mask, Window
from trends.codec import Column
from trends.codes import Codes
from trends.coding import LOST_GROUP, Coding, is_several
from trends.facts import ALIKE, HALF_BITS, LOW, known, true_of
from trends.frame_bits import FrameBits
from trends.groups import GROUPED, SMALL
from trends.layout import SUBMITTED, UNKNOWN, WON
from trends.measures import CITED, SAID
from trends.month_sums import MonthSums
from trends.query import TrendQuery
from trends.snapshot import Month
from trends.source import Basis

# The name of a condition whose codes are closings: their debriefed deals are left out.
WITHHELD = "withheld"


@dataclass(frozen=True)
class Condition:
    """Deals that have one of the codes; `primary` asks for the first of the cited reasons.

    An amount has spans instead, from and to below in minor units, either end open; None for
    the unknown ones.
    """

    name: str
    codes: frozenset[int]
    primary: bool = False
    spans: tuple[tuple[int | None, int | None] | None, ...] = ()


class Frame:
    """The deals of one period and one set of filters, month by month.

    `facts` are further things that must be true of a deal, by their name in FACTS.
    """

    def __init__(
        self,
        coding: Coding,
        window: Window,
        conditions: Iterable[Condition] = (),
        facts: Iterable[str] = (),
    ) -> None:
        self.coding = coding
        self.window = window
        self.conditions = tuple(conditions)
        self.facts = tuple(facts)
        self.months = window.months(coding.snapshot.months)
        # Sums once made, by the names of their axes and what they sum.
        self.sums: dict[object, Column] = {}
        self._axes: dict[str, Axis] = {}

    @classmethod
    def of(cls, query: TrendQuery, coding: Coding, conditions: Iterable[Condition] = ()) -> "Frame":
        """The frame of a query's period and filters, and of what else is asked."""
        chosen = [*conditions_of(query, coding), *conditions]
        return cls(coding, Window(query.since, query.until), chosen)

    def mask(self, month: Month) -> Mask:
        """Which of the month's deals are meant, None for all."""
        return self.bits.mask(month) if self.bits else None

    @cached_property
    def bits(self) -> FrameBits | None:
        return FrameBits(self) if self.months else None

    def axis(self, name: str) -> Axis:
        found = self._axes.get(name)
        if found is None:
            found = self._axes[name] = Axis(name, self.coding, self.months, self.window)
        return found

    def having(self, month: Month, condition: Condition) -> Column:
        """Which of the month's deals a condition chooses."""
        if condition.name == "amount":
            return _in_spans(month, condition)
        if condition.name == WITHHELD:
            others: Column = ~np.isin(month.block["closing"], list(condition.codes))
            others |= month.block["debrief"] != SUBMITTED
            return others
        codes = self.coding.codes(month, condition.name)
        wanted = np.zeros(len(self.coding.vocabulary(condition.name)) + 1, dtype=bool)
        wanted[list(condition.codes)] = True
        if codes.rows is None:
            return wanted[codes.codes]
        matching = wanted[codes.codes]
        if condition.primary and codes.ranks is not None:
            matching &= codes.ranks == 1
        chosen = np.zeros(len(month), dtype=bool)
        chosen[codes.rows[matching]] = True
        return chosen

    @cached_property
    def whatever_is_said(self) -> "Frame":
        """The frame without the filters that only debriefed deals can pass."""
        kept = [each for each in self.conditions if each.name not in SAID | {"debrief"}]
        if len(kept) == len(self.conditions):
            return self
        return Frame(self.coding, self.window, kept, self.facts)

    @cached_property
    def whole_and_cut(self) -> tuple[list[Month], list[Month]]:
        """The months of which all days lie in the window, and the others."""
        ends = {month.number for month in (self.months[:1] + self.months[-1:])}
        cut = [
            month
            for month in self.months
            if month.number in ends and self.window.days_of(month) is not None
        ]
        numbers = {month.number for month in cut}
        return [month for month in self.months if month.number not in numbers], cut

    @cached_property
    def token(self) -> object | None:
        """The key under which a whole month's sums may be kept: None where filters choose."""
        return None if self.conditions or self.facts else self.coding.token


def conditions_of(query: TrendQuery, coding: Coding) -> list[Condition]:
    """The filters of a query in codes. TrendError for a value that doesn't exist."""
    return [_condition(name, values, coding) for name, values in query.filters]


def _condition(name: str, values: Sequence[str | None], coding: Coding) -> Condition:
    if name == "amount":
        return _sized(values, coding)
    if name == "primary_reason":
        codes = _codes("reason", name, values, coding)
        return Condition("reason", codes, primary=True)
    return Condition(name, _codes(name, name, values, coding))


def _sized(values: Sequence[str | None], coding: Coding) -> Condition:
    basis = Basis.of_name(coding.snapshot.basis)
    decimals = basis.decimals if basis else 0
    named = {"known": (None, None), "unknown": None}
    spans = tuple(
        named[value] if value in named else Span.of(value or "").in_minor(decimals)
        for value in values
    )
    return Condition("amount", frozenset(), spans=spans)


def _in_spans(month: Month, condition: Condition) -> Column:
    amounts = month.block["amount"].astype(np.int64)
    is_known = known(month)
    chosen = np.zeros(len(month), dtype=bool)
    for span in condition.spans:
        if span is None:
            chosen |= ~is_known
            continue
        low, high = span
        inside = is_known if low is None else is_known & (amounts >= low)
        chosen |= inside if high is None else inside & (amounts < high)
    return chosen


def _codes(name: str, field: str, values: Sequence[str | None], coding: Coding) -> frozenset[int]:
    vocabulary = coding.vocabulary(name)
    found: set[int] = set()
    for value in values:
        if name == "outcome" and value == LOST_GROUP:
            found |= set(range(len(vocabulary))) - {WON}
            continue
        codes = coding.chosen(name, value, field=field)
        found |= codes
        team = vocabulary.keys[next(iter(codes))].id if name == "team" else None
        if team not in (None, SMALL):
            below = coding.labels.teams_at_or_below(int(str(team)))
            found |= {vocabulary.code_of(str(each), field=field) for each in below}
    return frozenset(found)


class Sums:
    """Sums by cell over a frame. Each of `what` is a count of deals or half of a sum of amounts."""

    def __init__(self, frame: Frame, by: Sequence[str]) -> None:
        self.frame = frame
        self.axes = [frame.axis(name) for name in by]
        self.shape = tuple(len(axis) for axis in self.axes)
        self._names = tuple(by)
        self._cells: dict[tuple[int, bool, bool], tuple[Mask, Column, Mask]] = {}
        self._plain: dict[str, Any] = {}

    def __getitem__(self, what: str) -> Column:
        key = (self._names, what)
        found = self.frame.sums.get(key)
        if found is None:
            found = self.frame.sums[key] = self._sum(what)
        return found

    def at(self, what: str, place: tuple[int, ...]) -> int:
        """The sum of one cell, as a plain number: arrays are slow to give one at a time."""
        found = self._plain.get(what)
        if found is None:
            found = self._plain[what] = self[what].tolist()
        for each in place:
            found = found[each]
        return int(found)

    def amount(self, side: str, place: tuple[int, ...]) -> int:
        """The exact sum of the known amounts of `side` (lost, won, undebriefed) in one cell."""
        return (self.at(f"{side}_high", place) << HALF_BITS) + self.at(f"{side}_low", place)

    def values(self, column: str, side: str) -> tuple[Column, Column]:
        """(cell, value) of each deal of `side` whose value in the column is known."""
        cells, values = [], []
        for month in self.frame.months:
            rows, cell, _ = self._cells_of(month, self.axes)
            known = month.block[column] != UNKNOWN
            keep = self._chosen(month, rows, true_of(month, side, self.frame.coding) & known)
            cells.append(cell[keep])
            values.append(month.block[column][keep if rows is None else rows[keep]])
        if not cells:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return np.concatenate(cells), np.concatenate(values).astype(np.int64)

    def _sum(self, what: str) -> Column:
        sides = [self.frame.sums.get((self._names, side)) for side in ("lost", "won")]
        if what == "both" and sides[0] is not None and sides[1] is not None:
            return sides[0] + sides[1]
        if self.frame.token is not None and all(axis.is_lasting for axis in self._inner):
            return self._from_months(what)
        bits = self.frame.bits
        counted = bits.counted(what, self.axes) if bits else None
        return self._by_month(what, self.frame.months) if counted is None else counted

    def _by_month(self, what: str, months: Iterable[Month]) -> Column:
        total = np.zeros(self.shape, dtype=np.int64)
        for month in months:
            mask = self.frame.mask(month)
            index = tuple(
                slice(None) if place is None else place
                for place in (axis.place_of(month) for axis in self.axes)
            )
            total[index] += self._of_month(month, what, mask)
        return total

    @cached_property
    def _inner(self) -> list[Axis]:
        """The axes along which the deals of one month differ."""
        return [axis for axis in self.axes if not axis.is_of_months]

    def _of_month(self, month: Month, what: str, mask: Mask) -> Column:
        shape = tuple(len(axis) for axis in self._inner)
        return self._counted(month, what, self._inner, mask).reshape(shape)

    def _from_months(self, what: str) -> Column:
        """Without filters: the kept sums of whole months added up, and of those that the window cuts.

        What is kept is the same for everybody: months in which groups are merged count by themselves.
        """
        whole, cut = self.frame.whole_and_cut
        merged = [month for month in whole if self._is_merged(month)] if self._may_merge else []
        if merged:
            numbers = {month.number for month in merged}
            whole, cut = [each for each in whole if each.number not in numbers], cut + merged
        total = self._by_month(what, cut)
        if not whole:
            return total
        kept = self._kept(what).of(whole, partial(self._of_month, what=what, mask=None))
        time = next((n for n, axis in enumerate(self.axes) if axis.is_of_months), None)
        if time is None:
            total += kept.sum(axis=0)
            return total
        places = np.array([self.axes[time].place_of(month) for month in whole])
        begins = np.flatnonzero(np.diff(places, prepend=-1))
        by_period = np.moveaxis(total, time, 0)
        by_period[places[begins]] += np.add.reduceat(kept, begins, axis=0)
        return total

    def _kept(self, what: str) -> MonthSums:
        names = tuple(axis.name for axis in self._inner)
        shape = tuple(len(axis) for axis in self._inner)
        key = ("sums of months", what, names, self.frame.token, shape)
        return MonthSums.kept(self.frame.coding.snapshot, key, shape)

    @property
    def _may_merge(self) -> bool:
        return not GROUPED.isdisjoint(axis.name for axis in self._inner)

    def _is_merged(self, month: Month) -> bool:
        """Whether groups too small to show are merged in the month along one of the axes."""
        return any(self.frame.coding.hidden(month, axis.name) for axis in self._inner)

    def _cells_of(
        self, month: Month, axes: Sequence[Axis], *, asked: bool = False
    ) -> tuple[Mask, Column, Mask]:
        key = (month.number, len(axes) == len(self.axes), asked)
        if key not in self._cells:
            self._cells[key] = _cells(month, axes, asked=asked)
        return self._cells[key]

    def _counted(self, month: Month, what: str, axes: Sequence[Axis], mask: Mask) -> Column:
        size = math.prod(len(axis) for axis in axes)
        asked = what.endswith("_asked")
        rows, cells, ranks = self._cells_of(month, axes, asked=asked)
        keep = true_of(month, ALIKE.get(what, what), self.frame.coding)
        keep = keep if mask is None else keep & mask
        if rows is not None:
            keep = keep[rows]
        if what == "lost_primary":
            first = ranks == 1 if ranks is not None else self._has_primary(month)
            keep = keep & (first if ranks is not None or rows is None else first[rows])
        if what.endswith(("_high", "_low")):
            amounts = month.block["amount"].astype(np.int64)
            amounts = amounts if rows is None else amounts[rows]
            half = amounts >> HALF_BITS if what.endswith("_high") else amounts & LOW
            return np.bincount(cells[keep], half[keep], minlength=size).astype(np.int64)
        return np.bincount(cells[keep], minlength=size)

    def _has_primary(self, month: Month) -> Column:
        return true_of(month, "primary", self.frame.coding)

    def _chosen(self, month: Month, rows: Mask, keep: Column) -> Column:
        mask = self.frame.mask(month)
        keep = keep if mask is None else keep & mask
        return keep if rows is None else keep[rows]


def _cells(month: Month, axes: Sequence[Axis], *, asked: bool) -> tuple[Mask, Column, Mask]:
    """Rows (None for one cell per deal), cells, and the ranks of cited reasons where there are.

    With `asked`, the first factor or question counts where it was answered, the others where present.
    """
    rows: Mask = None
    cells: Column = np.zeros(len(month), dtype=np.int64)
    ranks: Mask = None
    for axis in axes:
        found = axis.codes(month)
        if asked and found.asked is not None:
            found, asked = Codes(found.asked[1], found.asked[0]), False
        codes = found.codes.astype(np.int64)
        if found.rows is None:
            cells = cells * len(axis) + (codes if rows is None else codes[rows])
            continue
        if rows is None:
            cells = cells[found.rows] * len(axis) + codes
            rows, ranks = found.rows, found.ranks
        else:
            left, right = _joined_pairs(rows, found.rows, len(month))
            cells = cells[left] * len(axis) + codes[right]
            ranks = _both_ranks(ranks, left, found.ranks, right)
            rows = rows[left]
    return rows, cells, ranks


def _joined_pairs(left: Column, right: Column, size: int) -> tuple[Column, Column]:
    """All pairs of places of two sorted row columns that name the same row."""
    counts = np.bincount(right, minlength=size)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if size else counts
    times = counts[left]
    places = np.repeat(np.arange(len(left)), times)
    within = np.arange(len(places)) - np.repeat(np.cumsum(times) - times, times)
    return places, starts[left][places] + within


def _both_ranks(ranks: Mask, left: Column, found: Mask, right: Column) -> Mask:
    """Of two reason axes both must be the primary one; to name none is no rank (0)."""
    first = None if ranks is None else ranks[left]
    second = None if found is None else found[right]
    if first is None or second is None:
        return second if first is None else first
    return np.where((first == 1) & (second == 1), 1, 0)


def needs_reason(by: Sequence[str]) -> bool:
    """Whether the deals of each cell are losses that cite something."""
    return not CITED.isdisjoint(by)


def overlaps(by: Sequence[str]) -> bool:
    return any(is_several(name) for name in by)
