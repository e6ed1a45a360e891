"""Like with like: lost and won deals of the same segment, size and year of closing.

A thing that is common in small deals is common in whatever small deals do. Within such a stratum
losses are compared with wins that are comparable; strata with no win, or no loss, say nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np

from trends.amounts import Span, spans_around
from trends.codec import Column
from trends.codes import Codes
from trends.comparable import Tables, Told
from trends.counting import Frame
from trends.layout import ATTRIBUTE, WON
from trends.measures import SCORED
from trends.month_sums import MonthSums
from trends.query import TrendQuery
from trends.results import Key
from trends.rows import Rows
from trends.snapshot import Month
from trends.source import Basis, month_of_number

# Of fewer deals than one in so many the others are put aside before anything is counted.
FEW = 8


@dataclass(frozen=True)
class Matching:
    """Of `losses` lost deals `alone` stand in no stratum with a win; `strata` have both."""

    losses: int
    alone: int
    strata: int


@dataclass(frozen=True)
class _Standing:
    """A month of a frame, and where its deals stand (`Strata.sides`).

    `is_whole`: all are meant; else those that aren't stand after the last side.
    """

    month: Month
    sides: Column
    is_whole: bool
    is_few: bool = False


class Strata:
    """Where the deals of frames stand: by year, segment and size, which the amounts of `frame` decide."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        basis = Basis.of_name(frame.coding.snapshot.basis)
        decimals = basis.decimals if basis else 0
        median = Rows(TrendQuery("median_amount"), frame, decimals).total().value
        spans: Sequence[Span] = spans_around(Decimal(median or 0))
        lows = (span.in_minor(decimals)[0] for span in spans)
        self._bounds = tuple(low for low in lows if low is not None)
        self._segments = len(frame.coding.vocabulary("segment"))
        self._sizes = len(self._bounds) + 2  # that below the first bound, and the unknown one
        self._sides = self._segments * self._sizes * 2

    def matching(self) -> Matching:
        """How many of all lost deals have a comparable win."""
        counts = self._by_year(self._standing(self.frame), "deals", 1, self._deals)
        lost, wins = counts[..., 0].T
        return Matching(
            losses=int(lost.sum()),
            alone=int(lost[wins == 0].sum()),
            strata=int(np.count_nonzero((lost > 0) & (wins > 0))),
        )

    def told(self, frame: Frame, names: Iterable[str]) -> dict[str, list[tuple[Key, Told]]]:
        """For each dimension its values that any deal of a frame has, like with like.

        The deals are those that could have it: whose debrief answers, or cites any reason, or that bring
        the attribute at all.
        """
        standing = self._standing(frame)
        found = {}
        for name in names:
            tables = self._tables(standing, name)
            found[name] = [
                (value, tables.told(place))
                for place, value in enumerate(frame.coding.vocabulary(name).keys)
                if value.id is not None and tables.has(place)
            ]
        return found

    def _tables(self, standing: Sequence[_Standing], name: str) -> Tables:
        """By stratum and value of a dimension the lost and won deals with it, and those of which
        it is known whether they have it.

        Each factor and question was asked of deals of its own; else it is known of all that have any value.
        """
        values = len(self.frame.coding.vocabulary(name))
        others = values if name in SCORED else 1
        make = partial(self._values, name=name, values=values)
        counts = self._by_year(standing, name, values + others, make)
        present, known = counts[..., :values], counts[..., values:]
        known = np.broadcast_to(known, present.shape)
        return Tables(present[:, 0], known[:, 0], present[:, 1], known[:, 1])

    def _by_year(
        self,
        standing: Sequence[_Standing],
        what: str,
        columns: int,
        make: Callable[[_Standing], Column],
    ) -> Column:
        """By stratum and side the sums of what `make` counts of each month, which has as many columns.

        Of a month of which all deals are meant they are kept, but for attributes, whose values are
        another list with every block.
        """
        years = [month_of_number(each.month.number).year for each in standing]
        first = min(years, default=0)
        total = np.zeros((max(years, default=0) - first + 1, self._sides, columns), dtype=np.int64)
        lasting = not what.startswith(ATTRIBUTE)
        whole = [each for each in standing if each.is_whole and lasting]
        if whole:
            coding = self.frame.coding
            key = ("strata", what, self._bounds, coding.token, total.shape[1:])
            sums = MonthSums.kept(coding.snapshot, key, total.shape[1:])
            by_month = {each.month.number: each for each in whole}
            kept = sums.of(
                [each.month for each in whole], lambda month: make(by_month[month.number])
            )
            places = np.array([month_of_number(each.month.number).year - first for each in whole])
            begins = np.flatnonzero(np.diff(places, prepend=-1))
            total[places[begins]] = np.add.reduceat(kept, begins, axis=0)
        for year, each in zip(years, standing, strict=True):
            if not (each.is_whole and lasting):
                total[year - first] += make(each)
        return total.reshape(-1, 2, columns)

    def _deals(self, standing: _Standing) -> Column:
        return self._counted(standing.sides, 1)

    def _values(self, standing: _Standing, name: str, values: int) -> Column:
        codes = self.frame.coding.codes(standing.month, name)
        present = self._of_pairs(standing, codes.rows, codes.codes, values)
        if codes.asked is not None:
            known = self._of_pairs(standing, *codes.asked, values)
        else:
            known = self._counted(standing.sides[_having_any(codes, len(standing.month))], 1)
        return np.concatenate([present, known], axis=1)

    def _of_pairs(
        self, standing: _Standing, rows: Column | None, codes: Column, values: int
    ) -> Column:
        sides = standing.sides if rows is None else standing.sides[rows]
        if standing.is_few:
            inside = np.flatnonzero(sides < self._sides)
            sides, codes = sides[inside], codes[inside]
        return self._counted(sides * values + codes, values)

    def _counted(self, cells: Column, columns: int) -> Column:
        """How many are in each cell, a row for each side, without those that are meant by none."""
        found = np.bincount(cells, minlength=(self._sides + 1) * columns)
        return found[: self._sides * columns].reshape(self._sides, columns)

    def _standing(self, frame: Frame) -> list[_Standing]:
        found = []
        for month in frame.months:
            sides, mask = self._sides_of(month), frame.mask(month)
            meant = len(month) if mask is None else int(np.count_nonzero(mask))
            if meant == len(month):
                found.append(_Standing(month, sides, is_whole=True))
            elif meant:
                assert mask is not None
                inside = np.where(mask, sides, self._sides)
                is_few = meant * FEW < len(month)
                found.append(_Standing(month, inside, is_whole=False, is_few=is_few))
        return found

    def _sides_of(self, month: Month) -> Column:
        """Stratum within the year and side of each of the month's deals as one number.

        Kept with the month for the bounds asked for last, which are the same for almost all periods.
        """
        key = (self._bounds, self.frame.coding.token_of("segment"))
        kept, found = month.derived.get("sides", (None, np.empty(0)))
        if kept != key:
            amounts = month.block["amount"]
            size = np.zeros(len(month), dtype=np.int32)
            for low in (0, *self._bounds):
                size += amounts >= low
            segment = self.frame.coding.codes(month, "segment").codes.astype(np.int32)
            found = (segment * self._sizes + size) * 2 + (month.block["outcome"] == WON)
            month.derived["sides"] = (key, found)
        sides: Column = found
        return sides


def _having_any(codes: Codes, deals: int) -> Column:
    """The rows of the deals that have any value."""
    named = codes.codes > 0
    if codes.rows is None:
        return np.flatnonzero(named)
    having = np.zeros(deals, dtype=bool)
    having[codes.rows[named]] = True
    return np.flatnonzero(having)
