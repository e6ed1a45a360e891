"""Trend answers by plain counting: one deal at a time, lists and dictionaries, no arrays."""

import math
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from common.intervals import wilson
from deals.models import Account, Competitor, Product, Stage
from debriefs.models import (
    Debrief,
    DebriefRequest,
    LossReason,
    ReasonChange,
    ReasonGroup,
    TextCode,
)
from people.models import Role, Team, User
from trends.check import Cited, DealFacts, facts_of_month, source_months
from trends.query import Judgement, ListReading, TrendQuery
from trends.results import Untested
from trends.services import current_basis

Ids = tuple[str | None, ...]
TIME = ("month", "week", "quarter")
BY_REASON = ("reason", "reason_group", "untested_reason")
SEVERAL = (*BY_REASON, "competitor", "factor", "question")
CODED = ("unmet_need", "rival_strength", "price_check")
SAID = (*BY_REASON, "factor", "question", *CODED)

Interval = tuple[float | None, float | None]


@dataclass(frozen=True)
class Expected:
    """What a row must say. `interval` is that of its rate, share, median or lift."""

    n: int
    value: int | float | Decimal | None
    of: int | None = None
    unknown: int = 0
    too_few: bool = False
    in_wins: tuple[int, int] | None = None
    untested: Untested | None = None
    interval: Interval = (None, None)
    bounds: Interval = (None, None)


class Oracle:
    """The source as it stands when made; below `fewest` deals there is no rate."""

    def __init__(self, fewest: int = 5) -> None:
        self.fewest = fewest
        basis = current_basis()
        self.decimals = basis.decimals
        self.facts = [f for month in source_months() for f in facts_of_month(month, basis)]
        catalogues: dict[str, Any] = {
            "product": Product,
            "competitor": Competitor,
            "winner": Competitor,
            "stage": Stage,
            "unmet_need": TextCode,
            "rival_strength": TextCode,
            "account": Account,
        }
        self.merges = {
            name: dict(model._default_manager.values_list("pk", "merged_into_id"))
            for name, model in catalogues.items()
        }
        self.accounts = {account.pk: account for account in Account.objects.all()}
        self.reasons = PlainReasons()
        self.teams = {team.pk: team for team in Team.objects.all()}
        self.owed: set[int] = set()
        # What counts under the merged group: (dimension, first of the month, team).
        self.merged: dict[tuple[str, date, int], bool] = {}

    def read_by(self, viewer: User | None) -> "Oracle":
        """The same for somebody to whom what is said of deals that they owe a debrief is unsaid."""
        read = copy(self)
        if viewer is not None and viewer.role != Role.PARTNER:
            begun = Debrief.objects.filter(author=viewer, current_version=None)
            asked = DebriefRequest.objects.filter(person=viewer, done_at=None, dismissed_at=None)
            asked = asked.filter(closing__reopened_at=None)
            read.owed = {each.closing_id for rows in (begun, asked) for each in rows}
        return read

    def rows(self, query: TrendQuery) -> dict[Ids, Expected]:
        """Every cell that holds a deal."""
        chosen = self.chosen(query)
        cells: dict[Ids, list[DealFacts]] = {}
        for fact in chosen:
            for ids in product(*(self.values(fact, name, query) for name in query.by)):
                cells.setdefault(ids, []).append(fact)
        return {
            ids: replace(expected, untested=self._untested(query, ids, facts))
            for ids, facts in cells.items()
            if (expected := self._expected(query, ids, facts, chosen)) is not None
        }

    def _untested(self, query: TrendQuery, ids: Ids, facts: list[DealFacts]) -> Untested | None:
        """The part of a count or an amount by reason that rests on an untested citation of it."""
        if query.measure not in ("lost", "mentions", "primary", "lost_amount"):
            return None
        if [name for name in query.by if name in BY_REASON] != ["reason"]:
            return None
        reason = ids[query.by.index("reason")]
        found = [
            f
            for f in facts
            if _lost(f)
            and any(
                each["untested_reason"] == reason and (rank == 1 or query.measure != "primary")
                for rank, each in self.cited(f, query)
                if "untested_reason" in each
            )
        ]
        if query.measure == "lost_amount":
            known = [f.amount for f in found if f.amount is not None]
            return Untested(len(known), Decimal(sum(known)).scaleb(-self.decimals))
        return Untested(len(found), len(found))

    def total(self, query: TrendQuery) -> Expected:
        chosen = self.chosen(query)
        measure = query.measure
        if measure == "lift":
            return Expected(len([f for f in chosen if _lost(f)]), None)
        found = self._measure(query, (), chosen, None, losses_only=_losses_only(query.by))
        return found or Expected(0, 0)

    def behind(self, query: TrendQuery, ids: Ids) -> list[int]:
        """The closings of a cell's deals, latest first."""
        facts = [
            fact
            for fact in self.chosen(query)
            if all(
                value in self.values(fact, name, query)
                for name, value in zip(query.by, ids, strict=True)
            )
        ]
        kept = [fact for fact in facts if self._counts_behind(query, ids, fact)]
        return [
            f.closing for f in sorted(kept, key=lambda f: (f.closed_on, f.closing), reverse=True)
        ]

    def chosen(self, query: TrendQuery) -> list[DealFacts]:
        asks_what_is_said = {*SAID, "primary_reason", "mentions", "primary"} & {
            query.measure,
            *query.by,
            *dict(query.filters),
        }
        left_out = self.owed if asks_what_is_said else set()
        return [
            fact
            for fact in self.facts
            if self._passes(fact, query)
            and not (fact.closing in left_out and fact.debrief == "submitted")
        ]

    def values(self, fact: DealFacts, name: str, query: TrendQuery) -> list[str | None]:
        """The ids of the values that a deal has in a dimension, each once."""
        return list(dict.fromkeys(self._values(fact, name, query)))

    def cited(self, fact: DealFacts, query: TrendQuery) -> list[tuple[int, dict[str, str]]]:
        """(rank, ids by dimension) of each reason in the judgement asked for."""
        today = query.reading is ListReading.TODAY
        bit = 2 if query.judgement is Judgement.CONFIRMED else 1
        return [
            (each.rank, self.reasons.read(each, None if today else fact.closed_on.isoformat()))
            for each in fact.reasons
            if each.judged & bit
        ]

    def _values(  # noqa: C901 - one line per dimension
        self, fact: DealFacts, name: str, query: TrendQuery
    ) -> Iterable[str | None]:
        today = query.reading is ListReading.TODAY
        if name in TIME:
            return [_period(fact.closed_on, name)]
        if name in ("outcome", "debrief"):
            return [getattr(fact, name)]
        if name in ("segment", "industry", "country"):
            account = self.accounts.get(self._standing("account", fact.account, today=True))
            return [getattr(account, name) or None if account else None]
        if name in ("product", "stage", "unmet_need", "rival_strength"):
            return [_id(self._standing(name, getattr(fact, name), today=today))]
        if name == "winner":
            return [_id(self._standing(name, fact.winner, today=today))] if _lost(fact) else []
        if name == "team":
            return ["small" if self._is_merged(fact, name) else _id(fact.team)]
        if name == "region":
            region = _id(self.region_of(fact.team))
            return ["small" if self._is_merged(fact, name) else region]
        if name == "rep":
            return [_id(fact.owner)]
        if name == "competitor":
            return [_id(self._standing(name, each, today=today)) for each in fact.met] or [None]
        if name in BY_REASON:
            if fact.debrief != "submitted":
                return []
            return [ids[name] for _, ids in self.cited(fact, query) if name in ids] or [None]
        if name == "price_check":
            bit = 2 if query.judgement is Judgement.CONFIRMED else 1
            checks = {each.checks for each in fact.reasons if each.judged & bit}
            return [next((each for each in ("untested", "tested") if each in checks), None)]
        if name == "factor":
            return [key for key, score in fact.factors.items() if score <= -1]
        if name == "question":
            return [key for key, rating in fact.ratings.items() if rating == "no"]
        return [fact.attributes.get(name.removeprefix("attribute:"))]

    def _standing(self, name: str, pk: int, *, today: bool) -> int:
        while today and self.merges[name].get(pk):
            pk = self.merges[name][pk]
        return pk

    def _is_merged(self, fact: DealFacts, name: str) -> bool:
        return (name, fact.closed_on.replace(day=1), fact.team) in self.merged

    def region_of(self, pk: int) -> int:
        team = self.teams.get(pk)
        while team is not None and team.kind != "region":
            team = self.teams.get(team.parent_id or 0)
        return team.pk if team else 0

    def _passes(self, fact: DealFacts, query: TrendQuery) -> bool:
        if query.since and fact.closed_on < query.since:
            return False
        if query.until and fact.closed_on > query.until:
            return False
        return all(self._matches(fact, name, values, query) for name, values in query.filters)

    def _matches(self, fact: DealFacts, name: str, wanted: Ids, query: TrendQuery) -> bool:
        if name == "amount":
            return any(self._of_size(fact.amount, value) for value in wanted)
        if name == "outcome" and "lost" in wanted and _lost(fact):
            return True
        today = query.reading is ListReading.TODAY
        if name == "primary_reason":
            primary = {ids["reason"] for rank, ids in self.cited(fact, query) if rank == 1}
            return any(primary & self.reasons.meant(w or "", today=today) for w in wanted)
        ids = set(wanted)
        if name in ("reason", "untested_reason"):
            ids = {m for w in wanted for m in (self.reasons.meant(w, today=today) if w else {w})}
        if name in self.merges:
            ids = {w and _id(self._standing(name, int(w), today=today)) for w in wanted}
        return bool(ids.intersection(self.values(fact, name, query)))

    def _of_size(self, amount: int | None, value: str | None) -> bool:
        if value in ("known", "unknown") or amount is None:
            return (amount is None) == (value == "unknown")
        low, high = str(value).split("..")
        major = Decimal(amount).scaleb(-self.decimals)
        return major >= Decimal(low or 0) and (not high or major < Decimal(high))

    def _expected(
        self, query: TrendQuery, ids: Ids, facts: list[DealFacts], chosen: list[DealFacts]
    ) -> Expected | None:
        axis = self._divided(query.by)
        is_one = query.measure == "lift" and query.by != () and query.by[0] not in (*SEVERAL, *TIME)
        if is_one and ids[0] is None:
            return None
        whole: list[DealFacts] | None = None
        if axis is not None:
            rest = [
                (n, v)
                for place, (n, v) in enumerate(zip(query.by, ids, strict=True))
                if place != axis
            ]
            whole = [f for f in chosen if all(v in self.values(f, n, query) for n, v in rest)]
            whole = self._asked(whole, query.by[axis], ids[axis])
        if whole is not None and is_one and query.by[0] not in CODED:
            whole = [f for f in whole if self.values(f, query.by[0], query) != [None]]
        found = self._measure(query, ids, facts, whole, losses_only=_losses_only(query.by))
        if found is None or axis is None or found.too_few or not self._is_bounded(query, ids, axis):
            return found
        missing = self._missing(query, ids)
        of = (found.of or 0) + missing
        return replace(found, bounds=(found.n / of, (found.n + missing) / of))

    def _is_bounded(self, query: TrendQuery, ids: Ids, axis: int) -> bool:
        """Whether the row is a share of debriefed losses by something that debriefs say."""
        of_debriefed = query.measure in ("mentions", "primary") or (
            query.measure == "lost" and _by_reason(query.by)
        )
        return of_debriefed and query.by[axis] in SAID and ids[axis] is not None

    def _missing(self, query: TrendQuery, ids: Ids) -> int:
        """The losses without a debrief that pass whatever the query asks of the deal itself."""
        said = {*SAID, "primary_reason", "debrief"}
        asked = query.with_filters({name: () for name, _ in query.filters if name in said})
        return len(
            [
                fact
                for fact in self.chosen(asked)
                if _lost(fact)
                and fact.debrief != "submitted"
                and all(
                    value in self.values(fact, name, query)
                    for name, value in zip(query.by, ids, strict=True)
                    if name not in SAID
                )
            ]
        )

    def _divided(self, by: tuple[str, ...]) -> int | None:
        divided = [name for name in by if name not in TIME]
        several = [name for name in divided if name in SEVERAL]
        return by.index((several or divided)[0]) if divided else None

    def _asked(self, facts: list[DealFacts], name: str, value: str | None) -> list[DealFacts]:
        if name == "factor":
            return [f for f in facts if value in f.factors]
        if name == "question":
            return [f for f in facts if f.ratings.get(value or "") in ("yes", "partly", "no")]
        return facts

    def _measure(
        self,
        query: TrendQuery,
        ids: Ids,
        facts: list[DealFacts],
        whole: list[DealFacts] | None,
        *,
        losses_only: bool,
    ) -> Expected | None:
        lost = [f for f in facts if _lost(f)]
        won = [f for f in facts if not _lost(f)]
        scored = self._divided(query.by) is not None and query.by[self._divided(query.by) or 0] in (
            "factor",
            "question",
        )
        makers: dict[str, Callable[[], Expected | None]] = {
            "deals": lambda: self._count(facts, whole),
            "lost": lambda: self._count(
                lost, _of_losses(whole, debriefed=_by_reason(query.by) and not scored)
            ),
            "won": lambda: self._count(won, whole and [f for f in whole if not _lost(f)]),
            "mentions": lambda: self._count(
                [f for f in lost if self.cited(f, query)], _of_losses(whole, debriefed=not scored)
            ),
            "primary": lambda: self._count(
                [f for f in lost if self._is_primary(query, ids, f)],
                _of_losses(whole, debriefed=not scored),
            ),
            "win_rate": lambda: self._rate(won, facts),
            "coverage": lambda: self._rate(
                [f for f in (lost if losses_only else facts) if f.debrief == "submitted"],
                lost if losses_only else facts,
            ),
            "lost_amount": lambda: self._amount(lost),
            "won_amount": lambda: self._amount(won),
            "median_amount": lambda: self._median(lost if losses_only else facts, "amount"),
            "cycle_days": lambda: self._median(lost if losses_only else facts, "cycle"),
            "lift": lambda: self._lift(
                lost,
                won,
                whole or [],
                debriefed=_by_reason(query.by) or any(name in CODED for name in query.by),
            ),
        }
        found = makers[query.measure]()
        if found and not query.by and query.measure in ("deals", "lost", "won"):
            return Expected(found.n, found.value)
        return found

    def _is_primary(self, query: TrendQuery, ids: Ids, fact: DealFacts) -> bool:
        primary = [ids for rank, ids in self.cited(fact, query) if rank == 1]
        if not primary:
            return False
        return all(
            value is not None and value == primary[0].get(name)
            for name, value in zip(query.by, ids, strict=False)
            if name in BY_REASON
        )

    def _amount(self, facts: list[DealFacts]) -> Expected | None:
        if not facts:
            return None
        known = [f.amount for f in facts if f.amount is not None]
        value = Decimal(sum(known)).scaleb(-self.decimals) if known else None
        return Expected(len(known), value, unknown=len(facts) - len(known))

    def _median(self, facts: list[DealFacts], column: str) -> Expected | None:
        if not facts:
            return None
        known = sorted(v for f in facts if (v := getattr(f, column)) is not None)
        unknown = len(facts) - len(known)
        n = len(known)
        if n < self.fewest:
            return Expected(n, None, unknown=unknown, too_few=bool(known))
        middle = Fraction(known[(n - 1) // 2] + known[n // 2], 2)
        rank = _median_rank(n)
        ends = [float(known[rank - 1]), float(known[n - rank])] if rank else [None, None]
        if column == "cycle":
            return Expected(n, float(middle), unknown=unknown, interval=(ends[0], ends[1]))
        value = Decimal(middle.numerator) / middle.denominator / 10**self.decimals
        low, high = (None if end is None else end / 10**self.decimals for end in ends)
        return Expected(n, value, unknown=unknown, interval=(low, high))

    def _count(self, facts: list[DealFacts], whole: list[DealFacts] | None) -> Expected | None:
        if not facts:
            return None
        n, of = len(facts), None if whole is None else len(whole)
        if not of or of < self.fewest:
            return Expected(n, n, of, too_few=bool(of))
        return Expected(n, n, of, interval=wilson(n, of))

    def _rate(self, hits: list[DealFacts], facts: list[DealFacts]) -> Expected | None:
        if not facts:
            return None
        n = len(facts)
        if n < self.fewest:
            return Expected(n, None, n, too_few=True)
        return Expected(n, len(hits) / n, n, interval=wilson(len(hits), n))

    def _lift(
        self,
        lost: list[DealFacts],
        won: list[DealFacts],
        whole: list[DealFacts],
        *,
        debriefed: bool,
    ) -> Expected | None:
        """The relative risk, with the interval of its logarithm (Katz, or Walter where one is 0)."""
        asked = [f for f in whole if f.debrief == "submitted" or not debriefed]
        losses, wins = [f for f in asked if _lost(f)], [f for f in asked if not _lost(f)]
        hits, of = (len(lost), len(won)), (len(losses), len(wins))
        row = Expected(hits[0], None, of[0], in_wins=(hits[1], of[1]))
        if min(*of, sum(hits)) < self.fewest:
            return replace(row, too_few=True)
        add = 0 if all(hits) else 0.5
        a, n, b, m = hits[0] + add, of[0] + add, hits[1] + add, of[1] + add
        middle, spread = math.log(a / n) - math.log(b / m), math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
        low, high = (math.exp(middle + sign * 1.959963984540054 * spread) for sign in (-1, 1))
        if not hits[1]:
            return replace(row, interval=(low, None))
        if not hits[0]:
            return replace(row, value=0.0, interval=(0.0, high))
        return replace(row, value=(a / n) / (b / m), interval=(low, high))

    def _counts_behind(self, query: TrendQuery, ids: Ids, fact: DealFacts) -> bool:
        measure = query.measure
        if _losses_only(query.by) and not _lost(fact):
            return False
        tests: dict[str, Callable[[], Any]] = {
            "lost": lambda: _lost(fact),
            "won": lambda: not _lost(fact),
            "lost_amount": lambda: _lost(fact) and fact.amount is not None,
            "won_amount": lambda: not _lost(fact) and fact.amount is not None,
            "median_amount": lambda: fact.amount is not None,
            "cycle_days": lambda: fact.cycle is not None,
            "mentions": lambda: _lost(fact) and self.cited(fact, query),
            "primary": lambda: _lost(fact) and self._is_primary(query, ids, fact),
            "lift": lambda: _lost(fact),
        }
        return bool(tests.get(measure, lambda: True)())


class PlainReasons:
    """The reason list read change by change, from the rows; nothing is shared with the product."""

    def __init__(self) -> None:
        changes = list(ReasonChange.objects.order_by("pk"))
        self.changes = sorted(
            (each for each in changes if each.taken_back_at is None),
            key=lambda each: (each.since, each.pk),
        )
        self.rows = {reason.pk: reason for reason in LossReason.objects.all()}
        self.groups = {group.pk: group for group in ReasonGroup.objects.all()}
        self.ever = changes
        self.days: list[str | None] = ["0001-01-01", *{e.since.isoformat() for e in changes}]

    def name_of(self, pk: int, day: str | None) -> str:
        """The reason's own name on a day (None: after all changes)."""
        before = [e.name_before for e in self.ever if e.reason_id == pk and e.name_before]
        name, is_split = before[0] if before else self.rows[pk].name, False
        for change in self._until(day):
            if change.reason_id == pk:
                name = change.name if change.kind == "renamed" else name
                is_split = is_split or change.kind == "split"
        return f"{name} (before the split)" if is_split else name

    def group_of(self, pk: int, day: str | None) -> int:
        before = [e.group_before_id for e in self.ever if e.reason_id == pk and e.group_before_id]
        group = before[0] if before else self.rows[pk].group_id
        for change in self._until(day):
            if change.reason_id == pk and change.kind == "moved":
                group = change.group_id or 0
        return int(group or 0)

    def group_name(self, pk: int, day: str | None) -> str:
        before = [e.name_before for e in self.ever if e.of_group_id == pk and e.name_before]
        name = before[0] if before else self.groups[pk].name
        for change in self._until(day):
            if change.of_group_id == pk and change.kind == "renamed":
                name = change.name
        return name

    def standing(self, pk: int, day: str | None) -> int:
        merges: dict[int, int] = {
            e.reason_id or 0: e.into_id or 0 for e in self._until(day) if e.kind == "merged"
        }
        while pk in merges:
            pk = merges[pk]
        return pk

    def read(self, cited: Cited, day: str | None) -> dict[str, str]:
        """The ids under which a citation is shown."""
        reason = self.standing(cited.reason if day else cited.recoded or cited.reason, day)
        group = self.group_of(reason, day)
        if day is None:
            return _with_untested(cited, {"reason": str(reason), "reason_group": str(group)})
        found = {
            "reason": self._id(reason, self.name_of(reason, day), self.names_of(reason)),
            "reason_group": self._id(
                group,
                self.group_name(group, day),
                {self.group_name(group, each) for each in self.days},
            ),
        }
        return _with_untested(cited, found)

    def names_of(self, pk: int) -> set[str]:
        return {self.name_of(pk, day) for day in self.days}

    def meant(self, value: str, *, today: bool) -> set[str]:
        """The ids that a filter's value chooses."""
        pk = int(value.partition(":")[0])
        if today:
            return {str(self.standing(pk, None))}
        names = self.names_of(pk)
        return {value} if ":" in value else {self._id(pk, name, names) for name in names}

    def _id(self, pk: int, name: str, names: set[str]) -> str:
        return str(pk) if len(names) == 1 else f"{pk}:{name}"

    def _until(self, day: str | None) -> list[ReasonChange]:
        return [each for each in self.changes if day is None or each.since.isoformat() <= day]


def _with_untested(cited: Cited, ids: dict[str, str]) -> dict[str, str]:
    return ids | ({"untested_reason": ids["reason"]} if cited.checks == "untested" else {})


def _lost(fact: DealFacts) -> bool:
    return fact.outcome != "won"


def _id(pk: int) -> str | None:
    return str(pk) if pk else None


def _by_reason(by: tuple[str, ...]) -> bool:
    return any(name in by for name in BY_REASON)


def _losses_only(by: tuple[str, ...]) -> bool:
    return _by_reason(by) or "winner" in by


def _of_losses(whole: list[DealFacts] | None, *, debriefed: bool) -> list[DealFacts] | None:
    if whole is None:
        return None
    return [f for f in whole if _lost(f) and (f.debrief == "submitted" or not debriefed)]


def _median_rank(n: int) -> int:
    """The largest k for which at most 1 in 40 samples has fewer than k values below the median."""
    rank = 0
    while 40 * sum(math.comb(n, below) for below in range(rank + 1)) <= 2**n:
        rank += 1
    return rank


def _period(day: date, name: str) -> str:
    if name == "month":
        return f"{day.year}-{day.month:02}"
    if name == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.isocalendar().year}-W{day.isocalendar().week:02}"
