"""From the sums of a query to its rows, in their order."""

from dataclasses import replace
from math import inf

import numpy as np

from trends.cells import UNTESTED, Cells, Counts, Denominators
from trends.codec import Column
from trends.counting import Frame, Sums, needs_reason
from trends.dimensions import DIMENSIONS
from trends.groups import is_small
from trends.measures import CITED
from trends.query import TrendQuery
from trends.results import Key, Row

_OF_LOSSES = ("lost", "lost_amount", "mentions")


class Rows:
    """The rows of a query over one frame."""

    def __init__(self, query: TrendQuery, frame: Frame, decimals: int) -> None:
        self.query = query
        self.frame = frame
        self.decimals = decimals
        self.sums = Sums(frame, query.by)
        self._keys = [axis.vocabulary.keys for axis in self.sums.axes]

    def all(self) -> list[Row]:
        cells = Cells(
            *(self.query, self.sums, self._denominators(), self.decimals),
            untested=_untested(self.query, self.frame),
        )
        found = [self._row(cells, place) for place in self._places(cells)]
        return sorted(found, key=_strongest) if self.query.measure == "lift" else found

    def total(self) -> Row:
        whole = replace(self.query, by=())
        cells = Cells(whole, Sums(self.frame, ()), None, self.decimals, over=self.query.by)
        return cells.row((), ())

    def _row(self, cells: Cells, place: tuple[int, ...]) -> Row:
        keys = tuple([keys[code] for keys, code in zip(self._keys, place, strict=True)])
        return cells.row(keys, place)

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
        found = np.argwhere(weight > 0)
        ranks = [self._ranks(axis)[found[:, axis]] for axis in range(found.shape[1])]
        in_order = found[np.lexsort(ranks[::-1])] if ranks else found
        return [tuple(place) for place in in_order.tolist()]

    def _ranks(self, axis: int) -> Column:
        """By code the rank along one axis: its own order, or most deals first; merged groups and
        then what is unknown last."""
        vocabulary = self.sums.axes[axis].vocabulary
        keys = vocabulary.keys
        if vocabulary.ordered:
            order = sorted(range(len(keys)), key=lambda code: keys[code].id is None)
        else:
            counts = self._counts()
            others = tuple(n for n in range(counts.ndim) if n != axis)
            totals, name = counts.sum(axis=others).tolist(), self.query.by[axis]
            order = sorted(
                range(len(keys)),
                key=lambda code: (place_of(name, keys[code]), -totals[code], keys[code].label),
            )
        ranks = np.empty(len(keys), dtype=np.int64)
        ranks[order] = np.arange(len(keys))
        return ranks

    def _counts(self) -> Counts:
        if self.query.measure == "primary":
            return self.sums["lost_primary"]
        if self.query.measure in _OF_LOSSES or needs_reason(self.query.by):
            return self.sums["lost"]
        if self.query.measure in ("won", "won_amount"):
            return self.sums["won"]
        return self.sums["lost"] + self.sums["won"]


def place_of(name: str, key: Key) -> int:
    """Values in order of their deals, then groups too small to show, then what is unknown."""
    return 2 if key.id is None else int(is_small(name, key.id))


def _strongest(row: Row) -> tuple[bool, float]:
    """Lifts by their size, what no win has first; below the floor last and without a rank."""
    return row.too_few, -inf if row.value is None else -float(row.value)


def _untested(query: TrendQuery, frame: Frame) -> Sums | None:
    """The same cells for untested reasons, whose places are those of all reasons."""
    if query.measure not in UNTESTED or CITED & set(query.by) != {"reason"}:
        return None
    return Sums(frame, ["untested_reason" if name == "reason" else name for name in query.by])
