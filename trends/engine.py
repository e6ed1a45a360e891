"""Answers to trend queries: the interface that pages, the API, the command and signals call."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from common.clock import company_today
from common.money import from_minor
from common.periods import Period
from people.models import User
from trends.amounts import size_in_words
from trends.axes import Window, period_bounds
from trends.behind import Drill, cut_to, facts_behind, page_of
from trends.coding import LOST_GROUP, Coding
from trends.comparison import compared
from trends.counting import Condition, Frame, Sums, conditions_of, overlaps
from trends.dimensions import dimension
from trends.errors import TrendError
from trends.groups import GROUPED
from trends.measures import CITED
from trends.query import CompareWith, TrendQuery
from trends.results import (
    Coverage,
    FilterShown,
    Key,
    Row,
    TrendResult,
)
from trends.rights import Scope, managed_by, scoped
from trends.rows import Rows, place_of
from trends.services import current_basis
from trends.snapshot import Snapshot, store
from trends.source import Basis, month_of_number
from trends.statistics import fewest
from trends.withheld import (
    NOTHING,
    Withheld,
    in_words,
    leaving_out,
    rests_on_debriefs,
    withheld_from,
)

MOST_ANSWERS_KEPT = 1_000
MOST_FRAMES_KEPT = 100


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


def run_many(
    queries: Sequence[TrendQuery], viewer: User | None, *, withheld: Withheld | None = None
) -> list[TrendResult]:
    """Answer several queries on one snapshot; equal filters and periods are worked out once.

    A caller that has asked already what is `withheld_from` the viewer may pass it.
    """
    evaluation = _Evaluation(store.current(), viewer, withheld)
    return [evaluation.answer(query) for query in queries]


def frames(
    queries: Sequence[TrendQuery], viewer: User | None, *, withheld: Withheld | None = None
) -> list[Frame]:
    """The deals that each query counts, for figures that no measure gives; what is refused as by `run`.

    A caller that has asked already what is `withheld_from` the viewer may pass it.
    """
    evaluation = _Evaluation(store.current(), viewer, withheld)
    return [evaluation.frame(query) for query in queries]


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
    return page_of(evaluation.behind(query, cell), after, limit)


def run_and_drill(
    query: TrendQuery,
    cell: Mapping[str, str | int | None],
    viewer: User | None,
    *,
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> tuple[TrendResult, Drill]:
    """The answer and the closings behind one of its numbers, on one snapshot."""
    evaluation = _Evaluation(store.current(), viewer)
    return evaluation.answer(query), page_of(evaluation.behind(query, cell), after, limit)


def facets(
    query: TrendQuery,
    dimensions: Iterable[str],
    viewer: User | None,
    *,
    snapshot: Snapshot | None = None,
    withheld: Withheld | None = None,
) -> dict[str, list[Facet]]:
    """For each dimension its values with the number of closed deals, most first.

    The dimension's own filter is left out, so that its other values stay choosable. A caller
    that holds the snapshot already may pass it, or what is `withheld_from` the viewer; one that
    takes the withheld ones out itself passes NOTHING.
    """
    evaluation = _Evaluation(snapshot or store.current(), viewer, withheld)
    return {name: evaluation.facet(query, name) for name in dimensions}


class _Evaluation:
    """Queries of one viewer on one snapshot."""

    def __init__(
        self, snapshot: Snapshot, viewer: User | None, withheld: Withheld | None = None
    ) -> None:
        self.snapshot = snapshot
        self.viewer = viewer
        self._withheld = withheld
        self.today = company_today()
        self.basis = Basis.of_name(snapshot.basis) or current_basis()
        # Kept with the snapshot: the figures of a page and its panel of filters share them.
        self._frames: dict[object, Frame] = snapshot.derived.setdefault("frames", {})

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
        if "rep" in query.named or (self.viewer is not None and self.viewer.is_partner):
            return None
        managed = None
        if self.viewer and query.named & GROUPED:
            managed = managed_by(self.viewer, self.snapshot.labels)
        return query, self.today, managed, fewest(), self._withheld_for(query)

    def _worked_out(self, query: TrendQuery) -> TrendResult:
        scope = scoped(query, self.viewer, self.snapshot)
        frame = self._frame(scope)
        rows = Rows(scope.query, frame, self.basis.decimals)
        compared_period = self._compared_period(query)
        found, total = rows.all(), rows.total()
        if compared_period:
            earlier = replace(scope, query=scope.query.over(compared_period))
            before = Rows(earlier.query, self._frame(earlier), self.basis.decimals)
            days = (self._running(query).days, compared_period.days)
            found, total = compared(found, total, before, days)
        sums, missing = Sums(frame, ()), Sums(frame.whatever_is_said, ())
        return TrendResult(
            query=query,
            rows=self._marked(query, found),
            total=total,
            coverage=_coverage(sums, "lost", "won"),
            loss_coverage=_coverage(sums, "lost"),
            undebriefed=int(missing["lost_undebriefed"]),
            undebriefed_amount=from_minor(
                missing.amount("undebriefed", ()), decimals=self.basis.decimals
            ),
            denominator=query.asked_measure.denominator,
            period=query.period,
            compared_period=compared_period,
            filters=_shown(query, scope.coding),
            partial=bool(query.until and query.until >= self.today),
            overlapping=overlaps(query.by),
            currency=self.basis.currency,
            decimals=self.basis.decimals,
            latest_closed_on=_latest(self.snapshot),
            as_of=self.snapshot.as_of,
            scope=scope.in_words,
            merged=scope.merged if scope.names_teams else {},
            left_out=in_words(self._withheld_for(scope.query)),
        )

    def frame(self, query: TrendQuery) -> Frame:
        """The deals that an answer counts."""
        return self._frame(scoped(query, self.viewer, self.snapshot))

    def behind(self, query: TrendQuery, cell: Mapping[str, str | int | None]) -> Frame:
        """The frame of the deals that a cell counts."""
        scope = scoped(replace(query, compare=None), self.viewer, self.snapshot)
        allowed, coding = scope.query, scope.coding
        conditions = conditions_of(allowed, coding) + leaving_out(self._withheld_for(allowed))
        for name, given in cell.items():
            if name not in query.by:
                raise TrendError(name, "The cell names a dimension that the query doesn't ask for.")
            value = None if given is None else str(given)
            if dimension(name, field=name).is_time:
                allowed = cut_to(allowed, name, value)
                continue
            codes = coding.chosen(name, value, field=name)
            primary = query.measure == "primary" and name in CITED
            conditions.append(Condition(name, codes, primary=primary))
        window, facts = Window(allowed.since, allowed.until), facts_behind(query)
        chosen = (tuple(conditions), facts, window, allowed.reading, allowed.judgement)
        return self._kept(
            (chosen, coding.managed), lambda: Frame(coding, window, conditions, facts)
        )

    def facet(self, query: TrendQuery, name: str) -> list[Facet]:
        asked = dimension(name, field="by")
        if asked.filter_only:
            raise TrendError(name, "It has no values to count.")
        others = tuple(each for each in query.filters if each[0] != name)
        plain = replace(query, by=(name,), measure="lost", compare=None, filters=others)
        sums = Sums(self._frame(scoped(plain, self.viewer, self.snapshot)), (name,))
        counts = sums["both"]
        keys = sums.axes[0].vocabulary.keys
        found = [
            Facet(key, int(count))
            for key, count in zip(keys, counts.tolist(), strict=True)
            if count
        ]
        if sums.axes[0].vocabulary.ordered:
            return found
        return sorted(
            found, key=lambda each: (place_of(name, each.key), -each.count, each.key.label)
        )

    def _withheld_for(self, query: TrendQuery) -> Withheld:
        """What the answer leaves out: asked once, and only for what debriefs say."""
        if not rests_on_debriefs(query):
            return NOTHING
        if self._withheld is None:
            self._withheld = withheld_from(self.viewer)
        return self._withheld

    def _frame(self, scope: Scope) -> Frame:
        query, coding, withheld = scope.query, scope.coding, self._withheld_for(scope.query)
        chosen = (query.filters, query.since, query.until, query.reading, query.judgement)
        return self._kept(
            (chosen, coding.managed, withheld),
            lambda: Frame.of(query, coding, leaving_out(withheld)),
        )

    def _kept(self, key: object, make: Callable[[], Frame]) -> Frame:
        found = self._frames.get(key)
        if found is None:
            if len(self._frames) >= MOST_FRAMES_KEPT:
                self._frames.clear()
            found = self._frames[key] = make()
        return found

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

    def _marked(self, query: TrendQuery, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows; one of a period that runs still, or that the days asked for cut, is partial."""
        at = [n for n, name in enumerate(query.by) if dimension(name, field="by").is_time]
        if not at:
            return tuple(rows)
        keys = {(n, row.keys[n]) for row in rows for n in at}
        partial = {(n, key) for n, key in keys if self._is_partial(query, query.by[n], key)}
        return tuple(
            row._replace(partial=True) if any((n, row.keys[n]) in partial for n in at) else row
            for row in rows
        )

    def _is_partial(self, query: TrendQuery, name: str, key: Key) -> bool:
        bounds = None if key.id is None else period_bounds(name, key.id)
        return bounds is not None and bool(
            bounds.until >= self.today
            or (query.since and bounds.since < query.since)
            or (query.until and query.until < bounds.until)
        )


def _coverage(sums: Sums, *sides: str) -> Coverage:
    return Coverage(
        closed=sum(int(sums[side]) for side in sides),
        debriefed=sum(int(sums[f"{side}_debriefed"]) for side in sides),
        dismissed=sum(int(sums[f"{side}_dismissed"]) for side in sides),
    )


def _shown(query: TrendQuery, coding: Coding) -> tuple[FilterShown, ...]:
    shown = []
    for name, values in query.filters:
        if name == "amount":
            keys = [Key(value, size_in_words(value)) for value in values]
        elif name == "outcome" and LOST_GROUP in values:
            keys = [Key(value, str(value).capitalize()) for value in values]
        else:
            listed = "reason" if name == "primary_reason" else name
            keys = [coding.key_of(listed, value, field=name) for value in values]
        shown.append(FilterShown(name, tuple(keys)))
    return tuple(shown)


def _latest(snapshot: Snapshot) -> date | None:
    if not snapshot.months:
        return None
    last = snapshot.months[-1]
    return month_of_number(last.number) + timedelta(days=int(last.block["day"].max()) - 1)
