"""From the sums of a cell to its row: each measure with its n, its interval and its denominator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise

import numpy as np

from common.intervals import wilson
from common.money import from_minor
from trends import statistics
from trends.codec import Column
from trends.counting import Frame, Sums, needs_reason, overlaps
from trends.dimensions import Shape, dimension
from trends.measures import CODED, SAID, SCORED
from trends.query import TrendQuery
from trends.results import Bound, Covered, Key, Row, Untested

Counts = Column
Place = tuple[int, ...]
# Measures by reason of which the untested part is told, and what it counts.
UNTESTED = {
    "lost": "lost",
    "mentions": "lost",
    "primary": "lost_primary",
    "lost_amount": "lost_known",
}


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
        self._known = [place for place, n in enumerate(names) if n not in SAID]
        self._whole = Sums(frame.whatever_is_said, [names[place] for place in self._known])
        self._covered: dict[Place, Covered] = {}

    def covered(self, place: Place) -> Covered | None:
        """Of a share of debriefed losses by what they say, the losses that it leaves out.

        None where it isn't debriefs that divide, and for what no debrief names.
        """
        if self.axis is None or self.name not in SAID or not self.is_named(place):
            return None
        whole = tuple([place[each] for each in self._known])
        found = self._covered.get(whole)
        if found is None:
            debriefed = self._whole.at("lost_debriefed", whole)
            missing = self._whole.at("lost_undebriefed", whole)
            found = self._covered[whole] = Covered(debriefed, missing)
        return found

    def is_named(self, place: Place) -> bool:
        """Whether the cell has a value in the dimension that divides."""
        assert self.axis is not None
        return self.sums.axes[self.axis].vocabulary.keys[place[self.axis]].id is not None

    def unknown(self, what: str, place: Place) -> int:
        """The deals of which the dimension that divides is unknown, where it has one value each."""
        if self.axis is None:
            return 0
        shape = dimension(self.name or "", field="by").shape
        if shape is not Shape.SINGLE or self.sums.axes[self.axis].vocabulary.keys[0].id is not None:
            return 0
        return self.sums.at(what, tuple(0 if n == self.axis else p for n, p in enumerate(place)))

    def of(self, what: str, place: Place) -> int | None:
        """The denominator of `what` (such as lost_debriefed) at a cell, None for no share."""
        if self.axis is None:
            return None
        if self.name in SCORED:
            side = what.partition("_")[0]
            return self.sums.at(f"{side}_asked", place)
        return self.rest.at(what, place[: self.axis] + place[self.axis + 1 :])


class Cells:
    """From sums to rows, for each measure.

    `untested` are the sums of what was not tested of each cell, where the measure tells it.
    """

    def __init__(
        self,
        query: TrendQuery,
        sums: Sums,
        denominators: Denominators | None,
        decimals: int,
        *,
        over: Sequence[str] | None = None,
        untested: Sums | None = None,
    ) -> None:
        self.query = query
        self.sums = sums
        self.denominators = denominators
        self.decimals = decimals
        by = query.by if over is None else over
        self.losses_only = needs_reason(by) or "winner" in by
        self.fewest = statistics.fewest()
        self._untested = untested
        self._medians: dict[Place, _Median] | None = None
        # Chosen once: a page has hundreds of rows.
        self.row: Callable[[tuple[Key, ...], Place], Row] = self._maker()

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
            return sums["lost_citing"]
        if name == "lift":
            return self._compared()
        return sums["lost"] if self.losses_only else sums["lost"] + sums["won"]

    def _compared(self) -> Counts:
        """For a lift: what is unknown of a deal is no thing to be present."""
        both: Counts = self.sums["lost"] + self.sums["won"]
        if self.query.by and dimension(self.query.by[0], field="by").shape is Shape.SINGLE:
            named = [key.id is not None for key in self.sums.axes[0].vocabulary.keys]
            return np.where(named, both, 0)
        return both

    def _maker(self) -> Callable[[tuple[Key, ...], Place], Row]:
        """What makes the row of a cell from its keys and its place."""
        lost_of = "lost_debriefed" if needs_reason(self.query.by) else "lost"
        makers: dict[str, Callable[[tuple[Key, ...], Place], Row]] = {
            "deals": lambda k, p: self._count(k, p, self._both(p), "closed"),
            "lost": partial(self._counted, what="lost", of=lost_of),
            "won": partial(self._counted, what="won", of="won"),
            "mentions": partial(self._counted, what="lost_citing", of="lost_debriefed"),
            "primary": partial(self._counted, what="lost_primary", of="lost_debriefed"),
            "win_rate": lambda k, p: self._rate(k, self.sums.at("won", p), self._both(p)),
            "coverage": self._coverage,
            "lost_amount": lambda k, p: self._amount(k, p, "lost"),
            "won_amount": lambda k, p: self._amount(k, p, "won"),
            "median_amount": lambda k, p: self._median(k, p, "amount"),
            "cycle_days": lambda k, p: self._median(k, p, "cycle"),
            "lift": self._lift,
        }
        return makers[self.query.measure]

    def _both(self, place: Place) -> int:
        return self.sums.at("lost", place) + self.sums.at("won", place)

    def _counted(self, keys: tuple[Key, ...], place: Place, *, what: str, of: str) -> Row:
        return self._count(keys, place, self.sums.at(what, place), of)

    def _count(self, keys: tuple[Key, ...], place: Place, n: int, what: str) -> Row:
        of = self._of(what, place)
        untested = self._untested_of(place)
        if not of or of < self.fewest:
            return Row(keys, n=n, value=n, of=of, too_few=bool(of), untested=untested)
        low, high = wilson(n, of)
        covered = None
        if what == "lost_debriefed" and self.denominators is not None:
            covered = self.denominators.covered(place)
        return Row(keys, n, n, of, n / of, low, high, covered=covered, untested=untested)

    def _of(self, what: str, place: Place) -> int | None:
        if self.denominators is None:
            wanted = {"mentions", "primary"}
            return self.sums.at("lost_debriefed", place) if self.query.measure in wanted else None
        if what != "closed":
            return self.denominators.of(what, place)
        lost, won = self.denominators.of("lost", place), self.denominators.of("won", place)
        return None if lost is None or won is None else lost + won

    def _untested_of(self, place: Place) -> Untested | None:
        """What of a cell was not tested; of “no reason given” nothing."""
        if self._untested is None:
            return None
        none_given = not place[self.query.by.index("reason")]
        n = 0 if none_given else self._untested.at(UNTESTED[self.query.measure], place)
        if self.query.measure != "lost_amount":
            return Untested(n, n)
        minor = self._untested.amount("lost", place) if n else 0
        return Untested(n, from_minor(minor, decimals=self.decimals))

    def _coverage(self, keys: tuple[Key, ...], place: Place) -> Row:
        if self.losses_only:
            hits, n = self.sums.at("lost_debriefed", place), self.sums.at("lost", place)
        else:
            hits, n = self.sums.at("debriefed", place), self._both(place)
        return self._rate(keys, hits, n)

    def _rate(self, keys: tuple[Key, ...], hits: int, n: int) -> Row:
        if n < self.fewest:
            return Row(keys, n=n, value=None, of=n, too_few=n > 0)
        low, high = wilson(hits, n)
        return Row(keys, n=n, value=hits / n, of=n, share=hits / n, low=low, high=high)

    def _amount(self, keys: tuple[Key, ...], place: Place, side: str) -> Row:
        known = self.sums.at(f"{side}_known", place)
        unknown = self.sums.at(side, place) - known
        total = from_minor(self.sums.amount(side, place), decimals=self.decimals)
        untested = self._untested_of(place)
        value = total if known else None
        return Row(keys, n=known, value=value, unknown=unknown, untested=untested)

    def _median(self, keys: tuple[Key, ...], place: Place, column: str) -> Row:
        if self._medians is None:
            self._medians = self._all_medians(column)
        found = self._medians.get(place, _Median(0))
        closed = self.sums.at("lost", place) if self.losses_only else self._both(place)
        row = Row(keys, n=found.n, value=None, unknown=closed - found.n)
        if found.n < self.fewest:
            return row._replace(too_few=found.n > 0)
        return row._replace(value=found.middle, low=found.low, high=found.high)

    def _all_medians(self, column: str) -> dict[Place, "_Median"]:
        whole = self._whole_median(column)
        if whole is not None:
            return {(): whole}
        cells, values = self.sums.values(column, "lost" if self.losses_only else "both")
        order = np.lexsort((values, cells))
        cells, values = cells[order], values[order]
        ends = np.flatnonzero(cells[1:] != cells[:-1]) + 1
        bounds = [0, *ends.tolist(), len(cells)] if len(cells) else []
        found: dict[Place, _Median] = {}
        for start, end in pairwise(bounds):
            place = np.unravel_index(int(cells[start]), self.sums.shape) if self.sums.shape else ()
            middle = values[start + np.array(_places_of_median(end - start))].tolist()
            found[tuple(map(int, place))] = self._median_of(end - start, middle, column)
        return found

    def _whole_median(self, column: str) -> "_Median | None":
        """Of all deals together, whose amounts need not be put in order; None else."""
        bits = self.sums.frame.bits
        if self.sums.shape or column != "amount" or bits is None:
            return None
        fact = "lost_known" if self.losses_only else "known"
        n = self.sums.at(fact, ())
        middle = bits.amounts_at(fact, _places_of_median(n)) if n else []
        return None if middle is None else self._median_of(n, middle, column)

    def _median_of(self, n: int, values: Sequence[int], column: str) -> "_Median":
        """From the values at `_places_of_median`: the middle one, or halfway between both, and the
        interval of ranks."""
        if not n:
            return _Median(0)
        first, second, *ends = values
        middle = self._halved(first + second, column)
        if not ends:
            return _Median(n, middle)
        low, high = (self._halved(2 * each, column) for each in ends)
        return _Median(n, middle, low, high)

    def _halved(self, twice: int, column: str) -> float | Decimal:
        if column == "amount":
            return from_minor(twice, decimals=self.decimals) / 2
        return twice / 2

    def _lift(self, keys: tuple[Key, ...], place: Place) -> Row:
        hits, wins_hit = self.sums.at("lost", place), self.sums.at("won", place)
        if self.denominators is None:
            return Row(keys, n=hits, value=None)
        of, wins = self._compared_of("lost", place), self._compared_of("won", place)
        row = Row(keys, n=hits, value=None, of=of, in_wins=(wins_hit, wins))
        if min(of, wins, hits + wins_hit) < self.fewest:
            return row._replace(too_few=True)
        found = statistics.lift(hits, of, wins_hit, wins)
        assert found is not None, "so many deals have it"
        return row._replace(value=found.value, low=found.low, high=found.high, share=hits / of)

    def _compared_of(self, side: str, place: Place) -> int:
        """Of how many losses or wins it is known whether they have it."""
        assert self.denominators is not None
        if needs_reason(self.query.by) or CODED & set(self.query.by):
            return self.denominators.of(f"{side}_debriefed", place) or 0
        of = self.denominators.of(side, place) or 0
        return of - self.denominators.unknown(side, place)


@dataclass(frozen=True)
class _Median:
    """The median of `n` known values, and the interval around it where there is one."""

    n: int
    middle: float | Decimal | None = None
    low: Bound = None
    high: Bound = None


def _places_of_median(n: int) -> list[int]:
    """Where, from 0, the two values stand between which the median of `n` in order lies, and then the
    ends of its interval where it has one."""
    rank = statistics.median_rank(n)
    return [(n - 1) // 2, n // 2, *([rank - 1, n - rank] if rank else [])]
