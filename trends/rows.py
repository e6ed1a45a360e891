"""From the sums of a query to its rows, in their order."""

from dataclasses import replace
from math import inf

import numpy as np

from common.money import from_minor
from trends.cells import Cells, Counts, Denominators
from trends.counting import Frame, Sums, needs_reason
from trends.dimensions import DIMENSIONS
from trends.measures import CITED
from trends.query import TrendQuery
from trends.results import Row, Untested
from trends.rights import Scope

_OF_LOSSES = ("lost", "lost_amount", "mentions")
# Measures by reason of which the untested part is told, and what it counts.
_UNTESTED = {
    "lost": "lost",
    "mentions": "lost",
    "primary": "lost_primary",
    "lost_amount": "lost_known",
}


class Rows:
    """The rows of a query over one frame."""

    def __init__(self, query: TrendQuery, frame: Frame, scope: Scope, decimals: int) -> None:
        self.query = query
        self.frame = frame
        self.scope = scope
        self.decimals = decimals
        self.sums = Sums(frame, query.by)
        self.untested = _untested(query, frame)

    def all(self) -> list[Row]:
        cells = Cells(self.query, self.sums, self._denominators(), self.decimals)
        found = [self._row(cells, place) for place in self._places(cells)]
        return sorted(found, key=_strongest) if self.query.measure == "lift" else found

    def total(self) -> Row:
        whole = replace(self.query, by=())
        cells = Cells(whole, Sums(self.frame, ()), None, self.decimals, over=self.query.by)
        return cells.row((), ())

    def _row(self, cells: Cells, place: tuple[int, ...]) -> Row:
        keys = tuple(
            axis.vocabulary.keys[code] for axis, code in zip(self.sums.axes, place, strict=True)
        )
        if any(self.scope.hides(name, key) for name, key in zip(self.query.by, keys, strict=True)):
            return Row(keys, n=0, value=None, suppressed=True)
        row = cells.row(keys, place)
        return row if self.untested is None else replace(row, untested=self._untested(place))

    def _untested(self, place: tuple[int, ...]) -> Untested:
        """What of a cell was not tested; of “no reason given” nothing."""
        assert self.untested is not None
        none_given = not place[self.query.by.index("reason")]
        n = 0 if none_given else int(self.untested[_UNTESTED[self.query.measure]][place])
        if self.query.measure != "lost_amount":
            return Untested(n, n)
        minor = self.untested.amount("lost", place) if n else 0
        return Untested(n, from_minor(minor, decimals=self.decimals))

    def _denominators(self) -> Denominators:
        return Denominators(self.query, self.frame, self.sums)

    def _places(self, cells: Cells) -> list[tuple[int, ...]]:
        """The cells that hold something, with every period of those on a time axis, in order."""
        weight = cells.weight()
        for axis, name in enumerate(self.query.by):
            if DIMENSIONS.get(name) and DIMENSIONS[name].is_time:
                others = weight.any(axis=axis, keepdims=True)
                weight = np.where(weight > 0, weight, others.astype(weight.dtype))
                if weight.ndim == 1:
                    weight = np.maximum(weight, 1)
        found = [tuple(place) for place in np.argwhere(weight > 0).tolist()]
        ranks = [self._ranks(axis) for axis in range(len(self.query.by))]
        return sorted(
            found, key=lambda place: [rank[p] for rank, p in zip(ranks, place, strict=True)]
        )

    def _ranks(self, axis: int) -> list[tuple[bool, int, str]]:
        """The order along one axis: its own, or most deals first; unknown last."""
        vocabulary = self.sums.axes[axis].vocabulary
        if vocabulary.ordered:
            return [(key.id is None, code, "") for code, key in enumerate(vocabulary.keys)]
        counts = self._counts()
        totals = counts.sum(axis=tuple(n for n in range(counts.ndim) if n != axis)).tolist()
        return [
            (key.id is None, -total, key.label)
            for key, total in zip(vocabulary.keys, totals, strict=True)
        ]

    def _counts(self) -> Counts:
        if self.query.measure == "primary":
            return self.sums["lost_primary"]
        if self.query.measure in _OF_LOSSES or needs_reason(self.query.by):
            return self.sums["lost"]
        if self.query.measure in ("won", "won_amount"):
            return self.sums["won"]
        return self.sums["lost"] + self.sums["won"]


def _strongest(row: Row) -> tuple[bool, float]:
    """Lifts by their size, what no win has first; below the floor last and without a rank."""
    return row.too_few, -inf if row.value is None else -float(row.value)


def _untested(query: TrendQuery, frame: Frame) -> Sums | None:
    """The same cells for untested reasons, whose places are those of all reasons."""
    if query.measure not in _UNTESTED or CITED & set(query.by) != {"reason"}:
        return None
    return Sums(frame, ["untested_reason" if name == "reason" else name for name in query.by])
