"""Trend answers by plain counting: one deal at a time, lists and dictionaries, no arrays."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from deals.models import Account, Competitor, Product, Stage
from debriefs.models import LossReason
from people.models import Team
from trends.check import DealFacts, facts_of_month, source_months
from trends.query import ListReading, TrendQuery
from trends.services import current_basis

Ids = tuple[str | None, ...]
TIME = ("month", "week", "quarter")
SEVERAL = ("reason", "reason_group", "competitor", "factor", "question")
FEWEST = 5


@dataclass(frozen=True)
class Expected:
    """What a row must say."""

    n: int
    value: int | float | Decimal | None
    of: int | None = None
    unknown: int = 0
    too_few: bool = False
    in_wins: tuple[int, int] | None = None


class Oracle:
    """The source as it stands when made."""

    def __init__(self) -> None:
        basis = current_basis()
        self.decimals = basis.decimals
        self.facts = [f for month in source_months() for f in facts_of_month(month, basis)]
        self.merges = {
            name: dict(model._default_manager.values_list("pk", "merged_into_id"))
            for name, model in {
                "product": Product,
                "competitor": Competitor,
                "winner": Competitor,
                "stage": Stage,
                "reason": LossReason,
                "account": Account,
            }.items()
        }
        self.accounts = {account.pk: account for account in Account.objects.all()}
        self.groups = dict(LossReason.objects.values_list("pk", "group_id"))
        self.teams = {team.pk: team for team in Team.objects.all()}

    def rows(self, query: TrendQuery) -> dict[Ids, Expected]:
        """Every cell that holds a deal."""
        chosen = self.chosen(query)
        cells: dict[Ids, list[DealFacts]] = {}
        for fact in chosen:
            for ids in product(*(self.values(fact, name, query) for name in query.by)):
                cells.setdefault(ids, []).append(fact)
        return {
            ids: expected
            for ids, facts in cells.items()
            if (expected := self._expected(query, ids, facts, chosen)) is not None
        }

    def total(self, query: TrendQuery) -> Expected:
        chosen = self.chosen(query)
        measure = query.measure
        if measure == "lift":
            return Expected(len([f for f in chosen if _lost(f)]), None)
        found = self._measure(query, (), chosen, chosen, losses_only=_losses_only(query.by))
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
        return [fact for fact in self.facts if self._passes(fact, query)]

    def values(self, fact: DealFacts, name: str, query: TrendQuery) -> list[str | None]:
        """The ids of the values that a deal has in a dimension, each once."""
        found = self._values(fact, name, today=query.reading is ListReading.TODAY)
        return list(dict.fromkeys(found))

    def _values(  # noqa: C901 - one line per dimension
        self, fact: DealFacts, name: str, *, today: bool
    ) -> Iterable[str | None]:
        if name in TIME:
            return [_period(fact.closed_on, name)]
        if name in ("outcome", "debrief"):
            return [getattr(fact, name)]
        if name in ("segment", "industry", "country"):
            account = self.accounts.get(self._standing("account", fact.account, today=True))
            return [getattr(account, name) or None if account else None]
        if name in ("product", "stage"):
            return [_id(self._standing(name, getattr(fact, name), today=today))]
        if name == "winner":
            return [_id(self._standing(name, fact.winner, today=today))] if _lost(fact) else []
        if name == "team":
            return [_id(fact.team)]
        if name == "region":
            return [_id(self._region(fact.team))]
        if name == "rep":
            return [_id(fact.owner)]
        if name == "competitor":
            return [_id(self._standing(name, each, today=today)) for each in fact.met] or [None]
        if name in ("reason", "reason_group"):
            if fact.debrief != "submitted":
                return []
            cited = [self._standing("reason", each, today=today) for each, _ in fact.reasons]
            if name == "reason_group":
                cited = [self.groups[each] for each in cited]
            return [_id(each) for each in cited] or [None]
        if name == "factor":
            return [key for key, score in fact.factors.items() if score <= -1]
        if name == "question":
            return [key for key, rating in fact.ratings.items() if rating == "no"]
        return [fact.attributes.get(name.removeprefix("attribute:"))]

    def _standing(self, name: str, pk: int, *, today: bool) -> int:
        while today and self.merges[name].get(pk):
            pk = self.merges[name][pk]
        return pk

    def _region(self, pk: int) -> int:
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
            return (fact.amount is not None) == (wanted == ("known",))
        if name == "outcome" and "lost" in wanted and _lost(fact):
            return True
        today = query.reading is ListReading.TODAY
        if name == "primary_reason":
            primary = [
                self._standing("reason", r, today=today) for r, rank in fact.reasons if rank == 1
            ]
            return any(
                _id(self._standing("reason", int(w or 0), today=today)) in map(_id, primary)
                for w in wanted
            )
        ids = set(wanted)
        if name in ("product", "stage", "winner", "competitor", "reason"):
            ids = {w and _id(self._standing(name, int(w), today=today)) for w in wanted}
        return bool(ids.intersection(self.values(fact, name, query)))

    def _expected(
        self, query: TrendQuery, ids: Ids, facts: list[DealFacts], chosen: list[DealFacts]
    ) -> Expected | None:
        axis = self._divided(query.by)
        whole: list[DealFacts] | None = None
        if axis is not None:
            rest = [
                (n, v)
                for place, (n, v) in enumerate(zip(query.by, ids, strict=True))
                if place != axis
            ]
            whole = [f for f in chosen if all(v in self.values(f, n, query) for n, v in rest)]
            whole = self._asked(whole, query.by[axis], ids[axis])
        return self._measure(query, ids, facts, whole, losses_only=_losses_only(query.by))

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
            "deals": lambda: _count(facts, whole),
            "lost": lambda: _count(
                lost, _of_losses(whole, debriefed=_by_reason(query.by) and not scored)
            ),
            "won": lambda: _count(won, whole and [f for f in whole if not _lost(f)]),
            "mentions": lambda: _count(
                [f for f in lost if f.reasons], _of_losses(whole, debriefed=not scored)
            ),
            "primary": lambda: _count(
                [f for f in lost if self._is_primary(query, ids, f)],
                _of_losses(whole, debriefed=not scored),
            ),
            "win_rate": lambda: _rate(won, facts),
            "coverage": lambda: _rate(
                [f for f in (lost if losses_only else facts) if f.debrief == "submitted"],
                lost if losses_only else facts,
            ),
            "lost_amount": lambda: self._amount(lost),
            "won_amount": lambda: self._amount(won),
            "median_amount": lambda: self._median(lost if losses_only else facts, "amount"),
            "cycle_days": lambda: self._median(lost if losses_only else facts, "cycle"),
            "lift": lambda: _lift(lost, won, whole or [], debriefed=_by_reason(query.by)),
        }
        found = makers[query.measure]()
        if found and not query.by and query.measure in ("deals", "lost", "won"):
            return Expected(found.n, found.value)
        return found

    def _is_primary(self, query: TrendQuery, ids: Ids, fact: DealFacts) -> bool:
        today = query.reading is ListReading.TODAY
        primary = [
            self._standing("reason", r, today=today) for r, rank in fact.reasons if rank == 1
        ]
        if not primary:
            return False
        for name, value in zip(query.by, ids, strict=False):
            if name == "reason" and value != _id(primary[0]):
                return False
            if name == "reason_group" and value != _id(self.groups[primary[0]]):
                return False
        return True

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
        if len(known) < FEWEST:
            return Expected(len(known), None, unknown=unknown, too_few=bool(known))
        middle = Fraction(known[(len(known) - 1) // 2] + known[len(known) // 2], 2)
        if column == "cycle":
            return Expected(len(known), float(middle), unknown=unknown)
        value = Decimal(middle.numerator) / middle.denominator / 10**self.decimals
        return Expected(len(known), value, unknown=unknown)

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
            "mentions": lambda: _lost(fact) and fact.reasons,
            "primary": lambda: _lost(fact) and self._is_primary(query, ids, fact),
            "lift": lambda: _lost(fact),
        }
        return bool(tests.get(measure, lambda: True)())


def _lost(fact: DealFacts) -> bool:
    return fact.outcome != "won"


def _id(pk: int) -> str | None:
    return str(pk) if pk else None


def _by_reason(by: tuple[str, ...]) -> bool:
    return "reason" in by or "reason_group" in by


def _losses_only(by: tuple[str, ...]) -> bool:
    return _by_reason(by) or "winner" in by


def _of_losses(whole: list[DealFacts] | None, *, debriefed: bool) -> list[DealFacts] | None:
    if whole is None:
        return None
    return [f for f in whole if _lost(f) and (f.debrief == "submitted" or not debriefed)]


def _count(facts: list[DealFacts], whole: list[DealFacts] | None) -> Expected | None:
    return (
        Expected(len(facts), len(facts), None if whole is None else len(whole)) if facts else None
    )


def _rate(hits: list[DealFacts], facts: list[DealFacts]) -> Expected | None:
    if not facts:
        return None
    if len(facts) < FEWEST:
        return Expected(len(facts), None, len(facts), too_few=True)
    return Expected(len(facts), len(hits) / len(facts), len(facts))


def _lift(
    lost: list[DealFacts], won: list[DealFacts], whole: list[DealFacts], *, debriefed: bool
) -> Expected | None:
    asked = [f for f in whole if f.debrief == "submitted" or not debriefed]
    losses, wins = [f for f in asked if _lost(f)], [f for f in asked if not _lost(f)]
    value = None
    too_few = min(len(losses), len(wins), len(lost) + len(won)) < FEWEST
    if not too_few and lost and won:
        value = (len(lost) / len(losses)) / (len(won) / len(wins))
    return Expected(len(lost), value, len(losses), 0, too_few, (len(won), len(wins)))


def _period(day: date, name: str) -> str:
    if name == "month":
        return f"{day.year}-{day.month:02}"
    if name == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.isocalendar().year}-W{day.isocalendar().week:02}"
