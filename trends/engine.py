"""Answers to trend queries: the interface that pages, the API, the command and signals call."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np

from common.clock import company_today
from common.money import from_minor
from common.periods import Period
from people.models import User
from trends import statistics
from trends.codec import Column
from trends.coding import LOST_GROUP, Coding
from trends.counting import (
    Condition,
    Frame,
    Sums,
    Window,
    conditions_of,
    needs_reason,
    overlaps,
    period_bounds,
)
from trends.dimensions import DIMENSIONS, dimension
from trends.errors import TrendError, TrendRefused
from trends.measures import CITED, SCORED
from trends.query import CompareWith, TrendQuery
from trends.results import (
    Compared,
    Coverage,
    FilterShown,
    Key,
    Row,
    TrendResult,
    Value,
    Verdict,
)
from trends.rights import GROUPED, SMALLEST_GROUP, Scope, scoped
from trends.services import current_basis
from trends.snapshot import Month, Snapshot, store
from trends.source import Basis, month_of_number

Counts = Column

_OF_LOSSES = ("lost", "lost_amount", "mentions")
_SMALL = f"A group of fewer than {SMALLEST_GROUP} people isn't shown by itself."

FEWEST = statistics.FEWEST
MOST_ANSWERS_KEPT = 1_000


@dataclass(frozen=True)
class Drill:
    """One page of the deals behind a number: closing ids, latest first, and how many in all.

    `after` is what to pass for the next page, None on the last one.
    """

    closing_ids: tuple[int, ...]
    total: int
    after: tuple[date, int] | None


@dataclass(frozen=True)
class Facet:
    """A value of a dimension and how many of the chosen deals have it."""

    key: Key
    count: int


def run(query: TrendQuery, viewer: User | None) -> TrendResult:
    """Answer one query with the rights of `viewer` (None: the system itself).

    TrendError (422) names a value that doesn't exist, TrendRefused (403) what the viewer
    may not ask.
    """
    return run_many([query], viewer)[0]


def run_many(queries: Sequence[TrendQuery], viewer: User | None) -> list[TrendResult]:
    """Answer several queries on one snapshot; equal filters and periods are worked out once."""
    evaluation = _Evaluation(store.current(), viewer)
    return [evaluation.answer(query) for query in queries]


def drill(
    query: TrendQuery,
    cell: Mapping[str, str | int | None],
    viewer: User | None,
    *,
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> Drill:
    """The closings behind the number of `cell`: as many in all as the cell's `n`.

    `cell` gives a value for some or all of the query's dimensions, as ids or labels.
    """
    evaluation = _Evaluation(store.current(), viewer)
    return _page(evaluation.behind(query, cell), after, limit)


def facets(
    query: TrendQuery, dimensions: Iterable[str], viewer: User | None
) -> dict[str, list[Facet]]:
    """For each dimension its values with the number of closed deals, most first.

    The dimension's own filter is left out, so that its other values stay choosable.
    """
    evaluation = _Evaluation(store.current(), viewer)
    return {name: evaluation.facet(query, name) for name in dimensions}


class _Evaluation:
    """Queries of one viewer on one snapshot."""

    def __init__(self, snapshot: Snapshot, viewer: User | None) -> None:
        self.snapshot = snapshot
        self.viewer = viewer
        self.today = company_today()
        self.basis = Basis.of_name(snapshot.basis) or current_basis()
        self._frames: dict[object, Frame] = {}

    def answer(self, query: TrendQuery) -> TrendResult:
        """The answer, from the snapshot's own answers where it was asked before."""
        key = self._key(query)
        kept = self.snapshot.answers
        found: TrendResult | None = kept.get(key) if key else None
        if found is None:
            found = self._worked_out(query)
            if key:
                if len(kept) >= MOST_ANSWERS_KEPT:
                    kept.clear()
                kept[key] = found
        return replace(found, query=query, as_of=self.snapshot.as_of)

    def _key(self, query: TrendQuery) -> object | None:
        """What an answer depends on beside the snapshot; None where the rights lie outside it."""
        named = {*query.by, *(name for name, _ in query.filters)}
        if "rep" in named or (self.viewer is not None and self.viewer.is_partner):
            return None
        viewer = self.viewer.pk if self.viewer and named & set(GROUPED) else None
        return query, self.today, viewer, self.viewer is None

    def _worked_out(self, query: TrendQuery) -> TrendResult:
        coding = self._coding(query)
        allowed, scope = scoped(query, self.viewer, coding)
        frame = self._frame(allowed, coding)
        rows = _Rows(allowed, frame, scope, self.basis.decimals)
        compared_period = self._compared_period(query)
        found, total = rows.all(), rows.total()
        if compared_period:
            before = _Rows(
                allowed.over(compared_period),
                self._frame(allowed.over(compared_period), coding),
                scope,
                self.basis.decimals,
            )
            days = (self._running(query).days, compared_period.days)
            found, total = _compared(found, total, before, days)
        sums = Sums(frame, ())
        return TrendResult(
            query=query,
            rows=tuple(self._marked(query, row) for row in found),
            total=total,
            coverage=_coverage(sums, "lost", "won"),
            loss_coverage=_coverage(sums, "lost"),
            denominator=query.asked_measure.denominator,
            period=query.period,
            compared_period=compared_period,
            filters=_shown(query, coding),
            partial=bool(query.until and query.until >= self.today),
            overlapping=overlaps(query.by),
            currency=self.basis.currency,
            decimals=self.basis.decimals,
            latest_closed_on=_latest(self.snapshot),
            as_of=self.snapshot.as_of,
            scope=scope.in_words,
        )

    def behind(self, query: TrendQuery, cell: Mapping[str, str | int | None]) -> Frame:
        """The frame of the deals that a cell counts."""
        coding = self._coding(query)
        allowed, scope = scoped(replace(query, compare=None), self.viewer, coding)
        conditions = conditions_of(allowed, coding)
        for name, given in cell.items():
            if name not in query.by:
                raise TrendError(name, "The cell names a dimension that the query doesn't ask for.")
            value = None if given is None else str(given)
            if dimension(name, field=name).is_time:
                allowed = _cut(allowed, name, value)
                continue
            vocabulary = coding.vocabulary(name)
            code = coding.standing_code(name, vocabulary.code_of(value, field=name))
            if _is_hidden(name, vocabulary.keys[code], scope):
                raise TrendRefused(name, _SMALL)
            primary = query.measure == "primary" and name in CITED
            conditions.append(Condition(name, frozenset({code}), primary=primary))
        window = Window(allowed.since, allowed.until)
        return Frame(coding, window, conditions, _facts_behind(query))

    def facet(self, query: TrendQuery, name: str) -> list[Facet]:
        coding = self._coding(query)
        asked = dimension(name, field="by")
        if asked.filter_only:
            raise TrendError(name, "It has no values to count.")
        plain = replace(query, by=(name,), measure="lost").with_filters({name: ()})
        plain = replace(plain, compare=None)
        allowed, scope = scoped(plain, self.viewer, coding)
        sums = Sums(self._frame(allowed, coding), (name,))
        counts = sums["lost"] + sums["won"]
        keys = sums.axes[0].vocabulary.keys
        found = [
            Facet(key, int(count))
            for key, count in zip(keys, counts.tolist(), strict=True)
            if count and not _is_hidden(name, key, scope)
        ]
        if sums.axes[0].vocabulary.ordered:
            return found
        return sorted(
            found, key=lambda facet: (facet.key.id is None, -facet.count, facet.key.label)
        )

    def _coding(self, query: TrendQuery) -> Coding:
        return Coding.of(self.snapshot, query.reading, query.judgement)

    def _frame(self, query: TrendQuery, coding: Coding) -> Frame:
        key = (query.filters, query.since, query.until, query.reading, query.judgement)
        if key not in self._frames:
            self._frames[key] = Frame.of(query, coding)
        return self._frames[key]

    def _running(self, query: TrendQuery) -> Period:
        """The period up to today where it runs still."""
        assert query.period is not None
        if query.period.since <= self.today < query.period.until:
            return Period(query.period.since, self.today)
        return query.period

    def _compared_period(self, query: TrendQuery) -> Period | None:
        """A running period is compared with the same number of days of the other one."""
        other = query.compared_period
        if other is None or not isinstance(query.compare, CompareWith):
            return other
        running = self._running(query)
        if running == query.period:
            return other
        return Period(other.since, min(other.until, other.since + timedelta(days=running.days - 1)))

    def _marked(self, query: TrendQuery, row: Row) -> Row:
        """A row of a period that runs still, or that the days asked for cut, is partial."""
        for name, key in zip(query.by, row.keys, strict=True):
            if dimension(name, field="by").is_time and key.id is not None:
                bounds = period_bounds(name, key.id)
                if bounds and (
                    bounds.until >= self.today
                    or (query.since and bounds.since < query.since)
                    or (query.until and query.until < bounds.until)
                ):
                    return replace(row, partial=True)
        return row


class _Rows:
    """The rows of a query over one frame."""

    def __init__(self, query: TrendQuery, frame: Frame, scope: Scope, decimals: int) -> None:
        self.query = query
        self.frame = frame
        self.scope = scope
        self.decimals = decimals
        self.sums = Sums(frame, query.by)

    def all(self) -> list[Row]:
        cells = _Cells(self.query, self.sums, self._denominators(), self.decimals)
        places = self._places(cells)
        return [self._row(cells, place) for place in places]

    def total(self) -> Row:
        whole = replace(self.query, by=())
        cells = _Cells(whole, Sums(self.frame, ()), None, self.decimals, over=self.query.by)
        return cells.row((), ())

    def _row(self, cells: "_Cells", place: tuple[int, ...]) -> Row:
        keys = tuple(
            axis.vocabulary.keys[code] for axis, code in zip(self.sums.axes, place, strict=True)
        )
        if any(
            _is_hidden(name, key, self.scope) for name, key in zip(self.query.by, keys, strict=True)
        ):
            return Row(keys, n=0, value=None, suppressed=True)
        return cells.row(keys, place)

    def _denominators(self) -> "_Denominators | None":
        return _Denominators(self.query, self.frame, self.sums)

    def _places(self, cells: "_Cells") -> list[tuple[int, ...]]:
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


class _Denominators:
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


class _Cells:
    """From sums to rows, for each measure."""

    def __init__(
        self,
        query: TrendQuery,
        sums: Sums,
        denominators: _Denominators | None,
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
                low, high = statistics.wilson(n, of)
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
        low, high = statistics.wilson(hits, n)
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


def _page(frame: Frame, after: tuple[date, int] | None, limit: int) -> Drill:
    """One page of the deals of a frame, latest closing first."""
    total = 0
    found: list[tuple[date, int]] = []
    for month in reversed(frame.months):
        mask = frame.mask(month)
        rows = np.arange(len(month)) if mask is None else np.flatnonzero(mask)
        total += len(rows)
        if len(found) <= limit:
            found += _in_order(month, rows, after)
    page = found[:limit]
    return Drill(
        closing_ids=tuple(closing for _, closing in page),
        total=total,
        after=page[-1] if page and len(found) > limit else None,
    )


def _in_order(month: Month, rows: Column, after: tuple[date, int] | None) -> list[tuple[date, int]]:
    days = month.block["day"][rows].astype(np.int64)
    closings = month.block["closing"][rows].astype(np.int64)
    first = month_of_number(month.number)
    if after is not None:
        after_day = (after[0] - first).days + 1
        later = (days < after_day) | ((days == after_day) & (closings < after[1]))
        days, closings = days[later], closings[later]
    order = np.lexsort((-closings, -days))
    return [
        (first + timedelta(days=day - 1), closing)
        for day, closing in zip(days[order].tolist(), closings[order].tolist(), strict=True)
    ]


_BEHIND: dict[str, tuple[str, ...]] = {
    "lost": ("lost",),
    "won": ("won",),
    "lost_amount": ("lost", "known"),
    "won_amount": ("won", "known"),
    "median_amount": ("known",),
    "cycle_days": ("timed",),
    "mentions": ("lost", "citing"),
    "primary": ("lost", "primary"),
    "lift": ("lost",),
}


def _facts_behind(query: TrendQuery) -> tuple[str, ...]:
    """What is true of the deals that the measure's `n` counts."""
    facts = _BEHIND.get(query.measure, ())
    return (*facts, "lost") if needs_reason(query.by) or "winner" in query.by else facts


def _cut(query: TrendQuery, name: str, value: str | None) -> TrendQuery:
    bounds = period_bounds(name, value or "")
    if bounds is None:
        raise TrendError(name, f"“{value}” is no {name}.")
    since = max(query.since, bounds.since) if query.since else bounds.since
    until = min(query.until, bounds.until) if query.until else bounds.until
    if until < since:
        raise TrendError(name, f"{value} lies outside the period.")
    return replace(query, since=since, until=until)


def _is_hidden(name: str, key: Key, scope: Scope) -> bool:
    return (
        bool(scope.hidden)
        and key.id is not None
        and name in ("team", "region")
        and ((name, int(key.id)) in scope.hidden)
    )


def _compared(
    rows: list[Row], total: Row, before: _Rows, days: tuple[int, int]
) -> tuple[list[Row], Row]:
    """Each row beside its like of the other period; periods are paired by their place."""
    others = before.all()
    times = [n for n, name in enumerate(before.query.by) if dimension(name, field="by").is_time]

    def like(row: Row, ordinal: Mapping[str | None, int]) -> tuple[object, ...]:
        return tuple(ordinal[key.id] if n in times else key.id for n, key in enumerate(row.keys))

    found = {like(row, _ordinals(others, times)): row for row in others}
    ordinals = _ordinals(rows, times)
    paired = [_beside(row, found.get(like(row, ordinals)), days) for row in rows]
    return paired, _beside(total, before.total(), days)


def _ordinals(rows: list[Row], times: list[int]) -> dict[str | None, int]:
    seen = sorted({row.keys[n].id or "" for row in rows for n in times})
    return {value: place for place, value in enumerate(seen)}


def _beside(row: Row, other: Row | None, days: tuple[int, int]) -> Row:
    if row.suppressed:
        return row
    other = other or Row(row.keys, n=0, value=0 if isinstance(row.value, int) else None, of=None)
    if other.suppressed:
        return row
    low, high, verdict = _difference(row, other, days)
    return replace(row, compared=Compared(other.n, other.value, low, high, verdict))


def _difference(
    row: Row, other: Row, days: tuple[int, int]
) -> tuple[float | None, float | None, Verdict | None]:
    if row.in_wins is not None or isinstance(row.value, Decimal) or row.unknown:
        return None, None, None
    if row.share is not None and other.share is not None and row.of and other.of:
        if min(row.of, other.of) < FEWEST:
            return None, None, None
        hits = round(row.share * row.of), row.of, round(other.share * other.of), other.of
        low, high = statistics.newcombe(*hits)
        verdict = Verdict.UP if low > 0 else Verdict.DOWN if high < 0 else Verdict.UNCLEAR
        return low, high, verdict
    if row.of is None and isinstance(row.value, int):
        way = statistics.count_changed(row.n, days[0], other.n, days[1])
        return None, None, (Verdict.DOWN, Verdict.UNCLEAR, Verdict.UP)[way + 1]
    return None, None, None


def _coverage(sums: Sums, *sides: str) -> Coverage:
    return Coverage(
        closed=sum(int(sums[side]) for side in sides),
        debriefed=sum(int(sums[f"{side}_debriefed"]) for side in sides),
        dismissed=sum(int(sums[f"{side}_dismissed"]) for side in sides),
    )


def _shown(query: TrendQuery, coding: Coding) -> tuple[FilterShown, ...]:
    shown = []
    for name, values in query.filters:
        if name == "amount" or (name == "outcome" and LOST_GROUP in values):
            keys = [Key(value, str(value).capitalize()) for value in values]
        else:
            vocabulary = coding.vocabulary("reason" if name == "primary_reason" else name)
            keys = [vocabulary.keys[vocabulary.code_of(value, field=name)] for value in values]
        shown.append(FilterShown(name, tuple(keys)))
    return tuple(shown)


def _latest(snapshot: Snapshot) -> date | None:
    if not snapshot.months:
        return None
    last = snapshot.months[-1]
    return month_of_number(last.number) + timedelta(days=int(last.block["day"].max()) - 1)
