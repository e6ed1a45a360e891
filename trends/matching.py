"""Like with like: lost and won deals of the same segment, size and year of closing.

A thing that is common in small deals is common in whatever small deals do. Within such a stratum
losses are compared with wins that are comparable; strata with no win, or no loss, say nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from trends.amounts import Span, spans_around
from trends.codec import Column
from trends.coding import Codes
from trends.comparable import Compared, Tables
from trends.counting import Frame
from trends.layout import WON
from trends.snapshot import Month
from trends.source import Basis, month_of_number
from trends.statistics import fewest


@dataclass(frozen=True)
class Matching:
    """Of `losses` lost deals `alone` stand in no stratum with a win; `strata` have both."""

    losses: int
    alone: int
    strata: int


class Strata:
    """Where the deals of frames stand. `median` is that of their amounts, in major units."""

    def __init__(self, frame: Frame, median: Decimal) -> None:
        self.frame = frame
        basis = Basis.of_name(frame.coding.snapshot.basis)
        decimals = basis.decimals if basis else 0
        spans: Sequence[Span] = spans_around(median)
        self._bounds = [low for span in spans if (low := span.in_minor(decimals)[0]) is not None]
        self._segments = len(frame.coding.vocabulary("segment"))
        self._sizes = len(self._bounds) + 2  # that below the first bound, and the unknown one
        years = [month_of_number(month.number).year for month in frame.months]
        self._first_year = min(years, default=0)
        self._years = max(years, default=0) - self._first_year + 1
        self._places: dict[int, Column] = {}

    def __len__(self) -> int:
        return self._years * self._segments * self._sizes

    def places(self, month: Month) -> Column:
        """The stratum and the side of each of the month's deals as one number, worked out once."""
        found = self._places.get(month.number)
        if found is None:
            won = month.block["outcome"] == WON
            found = self._places[month.number] = self.of(month) * 2 + won
        return found

    def of(self, month: Month) -> Column:
        """The stratum of each of the month's deals."""
        amounts = month.block["amount"].astype(np.int64)
        size = np.searchsorted(np.array(self._bounds, dtype=np.int64), amounts, side="right") + 1
        size[amounts < 0] = 0
        year = month_of_number(month.number).year - self._first_year
        segment = self.frame.coding.codes(month, "segment").codes.astype(np.int64)
        return (year * self._segments + segment) * self._sizes + size

    @cached_property
    def matching(self) -> Matching:
        """How many of all lost deals have a comparable win."""
        counts = np.zeros((len(self), 2), dtype=np.int64)
        for month, rows in self._months(self.frame):
            counts += _counted(self.places(month)[rows], counts.shape)
        lost, wins = counts.T
        return Matching(
            losses=int(lost.sum()),
            alone=int(lost[wins == 0].sum()),
            strata=int(np.count_nonzero((lost > 0) & (wins > 0))),
        )

    def compared(self, frame: Frame, name: str) -> Mapping[str, Compared]:
        """Each value of a dimension by its id, like with like.

        `frame` is that of the dimension's own answer; the result is kept with it, the tables by
        stratum are not: they are large.
        """
        kept: dict[object, Any] = frame.sums
        key = ("matched", name, tuple(self._bounds), fewest())
        if key not in kept:
            tables = self.tables(frame, name)
            kept[key] = {
                value.id: tables.compared(place)
                for place, value in enumerate(frame.coding.vocabulary(name).keys)
                if value.id is not None
            }
        found: Mapping[str, Compared] = kept[key]
        return found

    def tables(self, frame: Frame, name: str) -> Tables:
        """By stratum and value of a dimension the lost and won deals with it, and those of which
        it is known whether they have it.
        """
        values = len(frame.coding.vocabulary(name))
        shape = (len(self), 2, values)
        present, known = np.zeros((2, *shape), dtype=np.int64)
        for month, deals in self._months(frame):
            chosen = np.zeros(len(month), dtype=bool)
            chosen[deals] = True
            place = self.places(month)
            codes = frame.coding.codes(month, name)
            rows = np.arange(len(month)) if codes.rows is None else codes.rows
            inside = chosen[rows]
            cells = place[rows[inside]] * values + codes.codes[inside].astype(np.int64)
            present += _counted(cells, shape)
            known += self._known(codes, chosen, place, shape)
        return Tables(present[:, 0], known[:, 0], present[:, 1], known[:, 1])

    def _known(
        self, codes: Codes, chosen: Column, place: Column, shape: tuple[int, int, int]
    ) -> Column:
        """A question's and factor's are those that answer it; of the others, those with a value."""
        if codes.asked is not None:
            rows, asked = codes.asked
            inside = chosen[rows]
            return _counted(place[rows[inside]] * shape[2] + asked[inside], shape)
        having = np.zeros(len(chosen), dtype=bool)
        named = codes.codes > 0
        having[named if codes.rows is None else codes.rows[named]] = True
        deals = _counted(place[having & chosen], shape[:2])
        return np.repeat(deals[:, :, None], shape[2], axis=2)

    def _months(self, frame: Frame) -> Sequence[tuple[Month, Column]]:
        """Each month with the rows of the deals that are meant."""
        found = []
        for month in frame.months:
            mask = frame.mask(month)
            rows = np.arange(len(month)) if mask is None else np.flatnonzero(mask)
            found.append((month, rows))
        return found


def _counted(cells: Column, shape: tuple[int, ...]) -> Column:
    size = int(np.prod(shape))
    return np.bincount(cells, minlength=size).reshape(shape)
