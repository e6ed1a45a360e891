"""From the sums of a query to its rows: each measure with its n, its interval and its denominator."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from common.intervals import wilson
from common.money import from_minor
from trends import statistics
from trends.codec import Column
from trends.counting import Frame, Sums, needs_reason, overlaps
from trends.dimensions import DIMENSIONS, dimension
from trends.measures import CITED, SCORED
from trends.query import TrendQuery
from trends.results import Key, Row, Untested, Value
from trends.rights import Scope

Counts = Column

FEWEST = statistics.FEWEST
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
        places = self._places(cells)
        return [self._row(cells, place) for place in places]

    def total(self) -> Row:
        whole = replace(self.query, by=())
        cells = Cells(whole, Sums(self.frame, ()), None, self.decimals, over=self.query.by)
        return cells.row((), ())

    def _row(self, cells: "Cells", place: tuple[int, ...]) -> Row:
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

    def _denominators(self) -> "Denominators | None":
        return Denominators(self.query, self.frame, self.sums)

    def _places(self, cells: "Cells") -> list[tuple[int, ...]]:
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


def _untested(query: TrendQuery, frame: Frame) -> Sums | None:
    """The same cells for untested reasons, whose places are those of all reasons."""
    if query.measure not in _UNTESTED or CITED & set(query.by) != {"reason"}:
        return None
    return Sums(frame, ["untested_reason" if name == "reason" else name for name in query.by])


class Denominators:
    """Of what a count is a share: the same cells without the dimension that divides."""

    def __init__(self, query: TrendQuery, frame: Frame, sums: Sums) -> None:
        names = list(query.by)
        divided = [n for n in names if not dimension(n, field="by").is_time]
        several = [n for n in divided if overlaps([n])]
        self.axis = names.index((several or divided)[0]) if divided else None
        self.name = names[self.axis] if self.axis is not None else None
        self.sums = sums
        rest = tuple(n for place, n in enumerate(names) if place != self.axis)
        self.rest = Sums(frame, rest)

    def of(self, what: str, place: tuple[int, ...]) -> int | None:
        """The denominator of `what` (such as lost_debriefed) at a cell, None for no share."""
        if self.axis is None:
            return None
        if self.name in SCORED:
            side = what.partition("_")[0]
            return int(self.sums[f"{side}_asked"][place])
        return int(self.rest[what][tuple(p for n, p in enumerate(place) if n != self.axis)])


class Cells:
    """From sums to rows, for each measure."""

    def __init__(
        self,
        query: TrendQuery,
        sums: Sums,
        denominators: Denominators | None,
        decimals: int,
        *,
        over: Sequence[str] | None = None,
    ) -> None:
        self.query = query
        self.sums = sums
        self.denominators = denominators
        self.decimals = decimals
        by = query.by if over is None else over
        self.losses_only = needs_reason(by) or "winner" in by
        self._medians: dict[tuple[int, ...], tuple[int, Value]] | None = None

    def weight(self) -> Counts:
        """How much stands in each cell; a cell of 0 has no row."""
        sums, name = self.sums, self.query.measure
        if name in ("lost", "lost_amount"):
            return sums["lost"]
        if name in ("won", "won_amount"):
            return sums["won"]
        if name == "primary":
            return sums["lost_primary"]
        if name == "mentions":
            return self._mentions()
        if self.losses_only and name != "lift":
            return sums["lost"]
        return sums["lost"] + sums["won"]

    def row(self, keys: tuple[Key, ...], place: tuple[int, ...]) -> Row:
        makers: dict[str, Callable[[tuple[Key, ...], tuple[int, ...]], Row]] = {
            "deals": lambda k, p: self._count(k, p, self._both(p), "closed"),
            "lost": lambda k, p: self._count(k, p, int(self.sums["lost"][p]), self._lost_of),
            "won": lambda k, p: self._count(k, p, int(self.sums["won"][p]), "won"),
            "mentions": lambda k, p: self._count(k, p, int(self._mentions()[p]), "lost_debriefed"),
            "primary": lambda k, p: self._count(
                k, p, int(self.sums["lost_primary"][p]), "lost_debriefed"
            ),
            "win_rate": lambda k, p: self._rate(k, int(self.sums["won"][p]), self._both(p)),
            "coverage": lambda k, p: self._rate(
                k,
                int(self.sums["lost_debriefed"][p])
                + (0 if self.losses_only else int(self.sums["won_debriefed"][p])),
                int(self.sums["lost"][p]) if self.losses_only else self._both(p),
            ),
            "lost_amount": lambda k, p: self._amount(k, p, "lost"),
            "won_amount": lambda k, p: self._amount(k, p, "won"),
            "median_amount": lambda k, p: self._median(k, p, "amount"),
            "cycle_days": lambda k, p: self._median(k, p, "cycle"),
            "lift": self._lift,
        }
        return makers[self.query.measure](keys, place)

    @property
    def _lost_of(self) -> str:
        return "lost_debriefed" if needs_reason(self.query.by) else "lost"

    def _both(self, place: tuple[int, ...]) -> int:
        return int(self.sums["lost"][place]) + int(self.sums["won"][place])

    def _mentions(self) -> Counts:
        return self.sums["lost_citing"]

    def _count(self, keys: tuple[Key, ...], place: tuple[int, ...], n: int, what: str) -> Row:
        of = self._of(what, place)
        share, low, high = None, None, None
        if of:
            share = n / of
            if of >= FEWEST:
                low, high = wilson(n, of)
        return Row(keys, n=n, value=n, of=of, share=share, low=low, high=high)

    def _of(self, what: str, place: tuple[int, ...]) -> int | None:
        if self.denominators is None:
            wanted = {"mentions", "primary"}
            return int(self.sums["lost_debriefed"][place]) if self.query.measure in wanted else None
        if what != "closed":
            return self.denominators.of(what, place)
        lost, won = self.denominators.of("lost", place), self.denominators.of("won", place)
        return None if lost is None or won is None else lost + won

    def _rate(self, keys: tuple[Key, ...], hits: int, n: int) -> Row:
        if n < FEWEST:
            return Row(keys, n=n, value=None, of=n, too_few=n > 0)
        low, high = wilson(hits, n)
        return Row(keys, n=n, value=hits / n, of=n, share=hits / n, low=low, high=high)

    def _amount(self, keys: tuple[Key, ...], place: tuple[int, ...], side: str) -> Row:
        known = int(self.sums[f"{side}_known"][place])
        unknown = int(self.sums[side][place]) - known
        total = from_minor(self.sums.amount(side, place), decimals=self.decimals)
        return Row(keys, n=known, value=total if known else None, unknown=unknown)

    def _median(self, keys: tuple[Key, ...], place: tuple[int, ...], column: str) -> Row:
        if self._medians is None:
            self._medians = self._all_medians(column)
        known, middle = self._medians.get(place, (0, None))
        closed = int(self.sums["lost"][place]) if self.losses_only else self._both(place)
        too_few = known < FEWEST
        return Row(
            keys,
            n=known,
            value=None if too_few else middle,
            unknown=closed - known,
            too_few=too_few and known > 0,
        )

    def _all_medians(self, column: str) -> dict[tuple[int, ...], tuple[int, Value]]:
        cells, values = self.sums.values(column, "lost" if self.losses_only else "both")
        order = np.lexsort((values, cells))
        cells, values = cells[order], values[order]
        ends = np.flatnonzero(cells[1:] != cells[:-1]) + 1
        bounds = [0, *ends.tolist(), len(cells)] if len(cells) else []
        found: dict[tuple[int, ...], tuple[int, Value]] = {}
        for start, end in pairwise(bounds):
            place = np.unravel_index(int(cells[start]), self.sums.shape) if self.sums.shape else ()
            middle, odd = divmod(end - start, 2)
            upper = int(values[start + middle])
            twice = 2 * upper if odd else upper + int(values[start + middle - 1])
            found[tuple(map(int, place))] = (end - start, self._halved(twice, column))
        return found

    def _halved(self, twice: int, column: str) -> Value:
        if column == "amount":
            return from_minor(twice, decimals=self.decimals) / 2
        return twice / 2

    def _lift(self, keys: tuple[Key, ...], place: tuple[int, ...]) -> Row:
        hits, wins_hit = int(self.sums["lost"][place]), int(self.sums["won"][place])
        if self.denominators is None:
            return Row(keys, n=hits, value=None)
        what = "_debriefed" if needs_reason(self.query.by) else ""
        of = self.denominators.of(f"lost{what}", place) or 0
        wins = self.denominators.of(f"won{what}", place) or 0
        row = Row(keys, n=hits, value=None, of=of, in_wins=(wins_hit, wins))
        if min(of, wins, hits + wins_hit) < FEWEST:
            return replace(row, too_few=True)
        found = statistics.lift(hits, of, wins_hit, wins)
        if found is None:
            return row
        return replace(row, value=found[0], low=found[1], high=found[2], share=hits / of)
