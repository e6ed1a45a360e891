"""Which template asks about a closed deal: the first, in the admin's order, that covers it.

Pure functions over the scopes of the published templates. The default covers every deal and
comes last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from debriefs.models import TemplateVersion

T = TypeVar("T")


@dataclass(frozen=True)
class Scope:
    """The deals that a template asks about. What is empty or None narrows nothing.

    Amounts are from one, included, to below another, in `currency`. A team stands for all
    teams below it, a product for each of its names.
    """

    outcomes: frozenset[str] = frozenset()
    amount_from: Decimal | None = None
    amount_below: Decimal | None = None
    currency: str = ""
    products: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()

    @classmethod
    def of(cls, version: TemplateVersion) -> "Scope":
        """Of a version read `with_scope()`, without a query of its own."""
        return cls(
            outcomes=frozenset(version.outcomes),
            amount_from=version.amount_from,
            amount_below=version.amount_below,
            currency=version.amount_currency_id or "",
            products=frozenset(product.pk for product in version.products.all()),
            teams=frozenset(team.pk for team in version.teams.all()),
        )

    @property
    def is_everything(self) -> bool:
        return self == Scope()


@dataclass(frozen=True)
class DealTraits:
    """What a scope asks of a deal.

    `amount` is None where it is unknown; `products` are the ids of all names of its product,
    `teams` the team it was closed in and all above; `rates` say what one unit of a currency
    was worth, in the reporting currency, on the day it closed.
    """

    outcome: str
    amount: Decimal | None = None
    currency: str = ""
    products: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Contender:
    """A template with the scope under which it asks."""

    template_id: int
    name: str
    scope: Scope


def covers(scope: Scope, deal: DealTraits) -> bool:
    """Whether a template with this scope asks about the deal."""
    return (
        (not scope.outcomes or deal.outcome in scope.outcomes)
        and _covers_amount(scope, deal)
        and (not scope.products or not scope.products.isdisjoint(deal.products))
        and (not scope.teams or not scope.teams.isdisjoint(deal.teams))
    )


def chosen(scopes: Sequence[Scope], deal: DealTraits) -> int:
    """The place of the first scope that covers the deal; the last, the default's, else."""
    places = (place for place, scope in enumerate(scopes) if covers(scope, deal))
    return next(places, len(scopes) - 1)


def overlap(one: Scope, other: Scope, *, lines: Mapping[int, frozenset[int]]) -> Scope | None:
    """The deals that both cover, as a scope; None where there are none.

    `lines` gives each team with all above it. Amounts in two currencies may always meet,
    since their rates change.
    """
    shared = _shared_amounts(one, other)
    outcomes = _both(one.outcomes, other.outcomes)
    products = _both(one.products, other.products)
    teams = _shared_teams(one.teams, other.teams, lines)
    if shared is None or outcomes is None or products is None or teams is None:
        return None
    return Scope(
        outcomes, shared.amount_from, shared.amount_below, shared.currency, products, teams
    )


def contains(outer: Scope, inner: Scope, *, lines: Mapping[int, frozenset[int]]) -> bool:
    """Whether every deal of `inner` is surely one of `outer`."""
    return (
        (not outer.outcomes or (bool(inner.outcomes) and inner.outcomes <= outer.outcomes))
        and (not outer.products or (bool(inner.products) and inner.products <= outer.products))
        and _contains_amounts(outer, inner)
        and (
            not outer.teams
            or (
                bool(inner.teams)
                and all(not outer.teams.isdisjoint(lines.get(t, {t})) for t in inner.teams)
            )
        )
    )


def overlaps(
    contenders: Sequence[Contender], *, lines: Mapping[int, frozenset[int]]
) -> Iterator[tuple[Contender, Contender, Scope]]:
    """Each two templates that cover some of the same deals, the one that asks first, and those deals."""
    for place, first in enumerate(contenders):
        for second in contenders[place + 1 :]:
            if not first.scope.is_everything and not second.scope.is_everything:
                both = overlap(first.scope, second.scope, lines=lines)
                if both is not None:
                    yield first, second, both


def shadowed(
    contenders: Sequence[Contender], *, lines: Mapping[int, frozenset[int]]
) -> Iterator[tuple[Contender, Contender]]:
    """Templates that could never ask, with the earlier one that covers all their deals."""
    for place, later in enumerate(contenders):
        for earlier in contenders[:place]:
            if contains(earlier.scope, later.scope, lines=lines):
                yield later, earlier
                break


def gaps(contenders: Sequence[Contender]) -> Iterator[Scope]:
    """Sizes between those that templates ask about, of deals that only the default is left for.

    Templates narrowed by product or team fill no gap, since they leave the other deals.
    """
    sized = [c.scope for c in contenders if c.scope.currency]
    for currency in sorted({scope.currency for scope in sized}):
        for outcome in sorted({one for scope in sized for one in scope.outcomes} or {""}):
            filling = [
                c.scope
                for c in contenders
                if not c.scope.products
                and not c.scope.teams
                and c.scope.currency in ("", currency)
                and (not c.scope.outcomes or outcome in c.scope.outcomes)
                and not c.scope.is_everything
            ]
            yield from _holes(filling, currency, frozenset({outcome} - {""}))


def _holes(filling: Sequence[Scope], currency: str, outcomes: frozenset[str]) -> Iterator[Scope]:
    reached: Decimal | None = None
    for scope in sorted(filling, key=lambda each: each.amount_from or Decimal(0)):
        begins = scope.amount_from or Decimal(0)
        if reached is not None and begins > reached:
            yield Scope(outcomes, reached, begins, currency)
        if scope.amount_below is None:
            return
        reached = max(reached or scope.amount_below, scope.amount_below)


def _covers_amount(scope: Scope, deal: DealTraits) -> bool:
    if not scope.currency:
        return True
    amount = _worth(deal, scope.currency)
    if amount is None:
        return False
    given, unit = amount
    return (scope.amount_from is None or given >= scope.amount_from * unit) and (
        scope.amount_below is None or given < scope.amount_below * unit
    )


def _worth(deal: DealTraits, currency: str) -> tuple[Decimal, Decimal] | None:
    """The amount, and what one unit of `currency` is on the same measure; None if unknown.

    Nothing is divided or rounded, so a bound is met exactly.
    """
    if deal.amount is None:
        return None
    if deal.currency == currency:
        return deal.amount, Decimal(1)
    rate, unit = deal.rates.get(deal.currency), deal.rates.get(currency)
    return None if rate is None or unit is None else (deal.amount * rate, unit)


def _both(one: frozenset[T], other: frozenset[T]) -> frozenset[T] | None:
    if not one or not other:
        return one or other
    return one & other or None


def _shared_amounts(one: Scope, other: Scope) -> Scope | None:
    """The amounts of both; of the narrower alone where the currencies differ."""
    if not one.currency or not other.currency or one.currency != other.currency:
        return one if one.currency else other
    low = max((s.amount_from for s in (one, other) if s.amount_from is not None), default=None)
    high = min((s.amount_below for s in (one, other) if s.amount_below is not None), default=None)
    if low is not None and high is not None and low >= high:
        return None
    return Scope(amount_from=low, amount_below=high, currency=one.currency)


def _shared_teams(
    one: frozenset[int], other: frozenset[int], lines: Mapping[int, frozenset[int]]
) -> frozenset[int] | None:
    """The lower team of each pair of which one stands above the other."""
    if not one or not other:
        return one or other
    lower = {t for t in one if not other.isdisjoint(lines.get(t, {t}))}
    lower |= {t for t in other if not one.isdisjoint(lines.get(t, {t}))}
    return frozenset(lower) or None


def _contains_amounts(outer: Scope, inner: Scope) -> bool:
    if not outer.currency:
        return True
    if inner.currency != outer.currency:
        return False
    begins = outer.amount_from is None or (
        inner.amount_from is not None and inner.amount_from >= outer.amount_from
    )
    ends = outer.amount_below is None or (
        inner.amount_below is not None and inner.amount_below <= outer.amount_below
    )
    return begins and ends
