"""Trend answers by plain counting: one deal at a time, lists and dictionaries, no arrays."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from deals.models import Account, Competitor, Product, Stage
from debriefs.models import Debrief, DebriefRequest, TextCode
from people.models import Role, Team, User
from tests.trends.plain_measures import Expected, PlainMeasures, is_lost
from tests.trends.plain_reasons import PlainReasons
from trends.query import Judgement, ListReading, TrendQuery
from trends.results import Untested
from trends.services import current_basis
from trends.source_facts import DealFacts, facts_of_month, source_months

Ids = tuple[str | None, ...]
TIME = ("month", "week", "quarter")
BY_REASON = ("reason", "reason_group", "untested_reason")
SEVERAL = (*BY_REASON, "competitor", "factor", "question")
CODED = ("unmet_need", "rival_strength", "price_check")
SAID = (*BY_REASON, "factor", "question", *CODED)


class Oracle:
    """The source as it stands when made; below `fewest` deals there is no rate."""

    def __init__(self, fewest: int = 5) -> None:
        basis = current_basis()
        self.decimals = basis.decimals
        self.measures = PlainMeasures(fewest, basis.decimals)
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
            if is_lost(f)
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
            return Expected(len([f for f in chosen if is_lost(f)]), None)
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
            return [_id(self._standing(name, fact.winner, today=today))] if is_lost(fact) else []
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
        if name == "outcome" and "lost" in wanted and is_lost(fact):
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
                if is_lost(fact)
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
        lost = [f for f in facts if is_lost(f)]
        won = [f for f in facts if not is_lost(f)]
        scored = self._divided(query.by) is not None and query.by[self._divided(query.by) or 0] in (
            "factor",
            "question",
        )
        makers: dict[str, Callable[[], Expected | None]] = {
            "deals": lambda: self.measures.count(facts, whole),
            "lost": lambda: self.measures.count(
                lost, _of_losses(whole, debriefed=_by_reason(query.by) and not scored)
            ),
            "won": lambda: self.measures.count(won, whole and [f for f in whole if not is_lost(f)]),
            "mentions": lambda: self.measures.count(
                [f for f in lost if self.cited(f, query)], _of_losses(whole, debriefed=not scored)
            ),
            "primary": lambda: self.measures.count(
                [f for f in lost if self._is_primary(query, ids, f)],
                _of_losses(whole, debriefed=not scored),
            ),
            "win_rate": lambda: self.measures.rate(won, facts),
            "coverage": lambda: self.measures.rate(
                [f for f in (lost if losses_only else facts) if f.debrief == "submitted"],
                lost if losses_only else facts,
            ),
            "lost_amount": lambda: self.measures.amount(lost),
            "won_amount": lambda: self.measures.amount(won),
            "median_amount": lambda: self.measures.median(lost if losses_only else facts, "amount"),
            "cycle_days": lambda: self.measures.median(lost if losses_only else facts, "cycle"),
            "lift": lambda: self.measures.lift(
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

    def _counts_behind(self, query: TrendQuery, ids: Ids, fact: DealFacts) -> bool:
        measure = query.measure
        if _losses_only(query.by) and not is_lost(fact):
            return False
        tests: dict[str, Callable[[], Any]] = {
            "lost": lambda: is_lost(fact),
            "won": lambda: not is_lost(fact),
            "lost_amount": lambda: is_lost(fact) and fact.amount is not None,
            "won_amount": lambda: not is_lost(fact) and fact.amount is not None,
            "median_amount": lambda: fact.amount is not None,
            "cycle_days": lambda: fact.cycle is not None,
            "mentions": lambda: is_lost(fact) and self.cited(fact, query),
            "primary": lambda: is_lost(fact) and self._is_primary(query, ids, fact),
            "lift": lambda: is_lost(fact),
        }
        return bool(tests.get(measure, lambda: True)())


def _id(pk: int) -> str | None:
    return str(pk) if pk else None


def _by_reason(by: tuple[str, ...]) -> bool:
    return any(name in by for name in BY_REASON)


def _losses_only(by: tuple[str, ...]) -> bool:
    return _by_reason(by) or "winner" in by


def _of_losses(whole: list[DealFacts] | None, *, debriefed: bool) -> list[DealFacts] | None:
    if whole is None:
        return None
    return [f for f in whole if is_lost(f) and (f.debrief == "submitted" or not debriefed)]


def _period(day: date, name: str) -> str:
    if name == "month":
        return f"{day.year}-{day.month:02}"
    if name == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.isocalendar().year}-W{day.isocalendar().week:02}"
