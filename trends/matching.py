"""Like with like: lost and won deals of the same segment, size and year of closing.

A thing that is common in small deals is common in whatever small deals do. Within such a stratum
losses are compared with wins that are comparable; strata with no win, or no loss, say nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
from trends.scored import Scored, columns, present_and_asked
from trends.snapshot import Month
from trends.source import Basis, month_of_number

# Of fewer deals than one in so many those that aren't meant are put aside before anything is counted.
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

    `is_whole`: all are meant; else those that aren't stand after the last side, and `is_few` are meant.
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
        self._stood: dict[Frame, list[_Standing]] = {}

    def matching(self) -> Matching:
        """How many of all lost deals have a comparable win."""
        counts = self._by_year(self.frame, "deals", 1, self._deals)
        lost, wins = counts[..., 0].T
        return Matching(
            losses=int(lost.sum()),
            alone=int(lost[wins == 0].sum()),
            strata=int(np.count_nonzero((lost > 0) & (wins > 0))),
        )

    def told(self, frame: Frame, names: Sequence[str]) -> dict[str, list[tuple[Key, Told]]]:
        """For each dimension its values that any deal of a frame has, like with like.

        The deals are those that could have it: whose debrief answers, or cites any reason, or that bring
        the attribute at all.
        """
        keys = {name: frame.coding.vocabulary(name).keys for name in names}
        tables = {name: self._tables(frame, name) for name in names if keys[name]}
        return {
            name: [
                (key, each.told(place))
                for place, key in enumerate(keys[name])
                if key.id is not None and each.has(place)
            ]
            for name, each in tables.items()
        }

    def _tables(self, frame: Frame, name: str) -> Tables:
        """By stratum and value of a dimension the lost and won deals with it, and those of which
        it is known whether they have it.

        Each factor and question was asked of deals of its own; else it is known of all that have any value.
        """
        values = len(frame.coding.vocabulary(name))
        if name in SCORED:
            counts = self._by_year(frame, name, columns(values), self._scored)
            present, known = present_and_asked(counts, values)
        else:
            counts = self._by_year(frame, name, values + 1, self._valued)
            present, known = counts[..., :values], counts[..., values:]
            known = np.broadcast_to(known, present.shape)
        return Tables(present[:, 0], known[:, 0], present[:, 1], known[:, 1])

    def _by_year(
        self, frame: Frame, what: str, size: int, make: Callable[[_Standing, str], Column]
    ) -> Column:
        """By stratum and side the sums of what `make` counts of each month, `size` columns.

        Of a month of which all deals are meant they are kept, but for attributes, whose values are
        another list with every block.
        """
        standing = self._standing(frame)
        years = [month_of_number(each.month.number).year for each in standing]
        first = min(years, default=0)
        total = np.zeros((max(years, default=0) - first + 1, self._sides, size), dtype=np.int64)
        lasting = not what.startswith(ATTRIBUTE)
        whole = {each.month.number: each for each in standing if each.is_whole and lasting}
        if whole:
            snapshot = self.frame.coding.snapshot
            key = ("strata", what, self._bounds, self.frame.coding.token, total.shape[1:])
            kept = MonthSums.kept(snapshot, key, total.shape[1:]).of(
                [each.month for each in whole.values()],
                lambda month: make(whole[month.number], what),
            )
            places = np.array([month_of_number(number).year - first for number in whole])
            begins = np.flatnonzero(np.diff(places, prepend=-1))
            total[places[begins]] = np.add.reduceat(kept, begins, axis=0)
        for year, each in zip(years, standing, strict=True):
            if each.month.number not in whole:
                total[year - first] += make(each, what)
        return total.reshape(-1, 2, size)

    def _deals(self, standing: _Standing, _what: str) -> Column:
        return self._counted(standing, standing.sides)

    def _scored(self, standing: _Standing, name: str) -> Column:
        found = Scored.of(standing.month, self.frame.coding, name)
        return found.counted(standing.sides, self._sides, is_few=standing.is_few)

    def _valued(self, standing: _Standing, name: str) -> Column:
        """Who has each value, and who any."""
        coding, sides = self.frame.coding, standing.sides
        codes, values = coding.codes(standing.month, name), len(coding.vocabulary(name))
        where = sides if codes.rows is None else sides[codes.rows]
        having = self._counted(standing, where, codes.codes, values)
        any_at = self._counted(standing, sides[_having_any(codes)])
        return np.concatenate([having, any_at], axis=1)

    def _counted(
        self, standing: _Standing, sides: Column, codes: Column | int = 0, values: int = 1
    ) -> Column:
        """How many there are by side and code, without those that are not meant."""
        if standing.is_few:
            inside = np.flatnonzero(sides < self._sides)
            sides, codes = sides[inside], codes if isinstance(codes, int) else codes[inside]
        found = np.bincount(sides * values + codes, minlength=(self._sides + 1) * values)
        return found.reshape(-1, values)[: self._sides]

    def _standing(self, frame: Frame) -> list[_Standing]:
        if frame not in self._stood:
            self._stood[frame] = [
                each for month in frame.months if (each := self._stand(frame, month))
            ]
        return self._stood[frame]

    def _stand(self, frame: Frame, month: Month) -> _Standing | None:
        """None where none of the month's deals is meant."""
        sides, mask = self._sides_of(month), frame.mask(month)
        meant = len(month) if mask is None else int(np.count_nonzero(mask))
        if mask is None or meant == len(month):
            return _Standing(month, sides, is_whole=True)
        if not meant:
            return None
        inside = np.where(mask, sides, self._sides)
        return _Standing(month, inside, is_whole=False, is_few=meant * FEW < len(month))

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


def _having_any(codes: Codes) -> Column:
    """The rows of the deals that have any value."""
    named = np.flatnonzero(codes.codes > 0)
    if codes.rows is None:
        return named
    rows = codes.rows[named]
    return rows[np.flatnonzero(np.diff(rows, prepend=-1))]
