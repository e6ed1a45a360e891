"""Wins against losses: what is more common in one than in the other, and how surely.

For each factor, question, reason and attribute that a CRM brought: in how many lost and in how
many won deals it is present, of those in which it could be. What is found rests on wins that are
comparable: of the same segment, size and year (`trends.matching`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from people.models import User
from trends import engine
from trends.association import Ratio, Sides, benjamini_hochberg, ratio, strength
from trends.coding import attribute_keys
from trends.comparable import Compared, Told
from trends.counting import Frame, Sums
from trends.layout import ATTRIBUTE
from trends.matching import Matching, Strata
from trends.query import TrendQuery
from trends.results import Key
from trends.snapshot import store
from trends.statistics import fewest
from trends.withheld import Withheld

ALWAYS = ("question", "factor", "reason")
MOST_VALUES = 30
FALSE_FINDINGS = 0.05


@dataclass(frozen=True)
class Contrast:
    """One thing that deals have or don't.

    `sides` and `ratio` are over all deals, `matched` is over those that have comparable ones on the
    other side. Figures are None where there are too few deals for one. `q` is the share of false
    findings among all at least as sure, over everything compared like with like.
    """

    dimension: str
    key: Key
    sides: Sides
    matched: Compared
    ratio: Ratio | None = None
    q: float | None = None

    @property
    def is_finding(self) -> bool:
        """Beyond chance even though many things were compared."""
        if self.q is None or self.matched.ratio is None:
            return False
        return self.q < FALSE_FINDINGS and self.matched.ratio.least > 0

    @property
    def is_of_losses(self) -> bool:
        return self.matched.ratio is not None and self.matched.ratio.value > 1


@dataclass(frozen=True)
class Strength:
    """How strongly a whole attribute goes with losing or winning, over `n` deals that bring it."""

    dimension: str
    value: float
    n: int
    values: int


@dataclass(frozen=True)
class Contrasts:
    """Everything compared. `findings` begin with what is surest and strongest.

    `by_chance` are those that chance explains, `too_few` those below the floor, be it of all deals
    or of those that are comparable. `left_out` are attributes with more than MOST_VALUES different
    values. `matching` says how many lost deals have a comparable win.
    """

    findings: tuple[Contrast, ...]
    by_chance: tuple[Contrast, ...]
    too_few: tuple[Contrast, ...]
    attributes: tuple[Strength, ...]
    left_out: tuple[str, ...]
    matching: Matching

    @property
    def compared(self) -> int:
        return len(self.findings) + len(self.by_chance)


def contrasts(
    query: TrendQuery, viewer: User | None, *, withheld: Withheld | None = None
) -> Contrasts:
    """What tells the losses of a query's period and filters from its wins, as `viewer` may see it.

    A caller that has asked already what is `withheld_from` the viewer may pass it.
    """
    attributes = [f"{ATTRIBUTE}{key}" for key in attribute_keys(store.current())]
    plain = replace(query, measure="lift", by=(), compare=None)
    names = (*ALWAYS, *attributes)
    asked = [replace(plain, by=(name,)) for name in names]
    everything, *found = engine.frames(
        [replace(plain, measure="deals"), *asked], viewer, withheld=withheld
    )
    kept: dict[object, Any] = everything.sums
    key = ("contrasts", names, *found, fewest())
    if key not in kept:
        kept[key] = _found(Strata(everything), dict(zip(names, found, strict=True)))
    compared: Contrasts = kept[key]
    return compared


def _found(strata: Strata, frames: Mapping[str, Frame]) -> Contrasts:
    """Everything compared, of each dimension over the deals of its frame."""
    wide = [name for name, frame in frames.items() if _is_wide(frame, name)]
    told = _told(strata, {name: each for name, each in frames.items() if name not in wide})
    compared = [
        Contrast(name, key, each.sides, each.matched)
        for name, values in told.items()
        for key, each in values
    ]
    surest = sorted(_judged(compared), key=_order)
    return Contrasts(
        findings=tuple(each for each in surest if each.is_finding),
        by_chance=tuple(each for each in surest if each.q is not None and not each.is_finding),
        too_few=tuple(each for each in surest if each.q is None),
        attributes=tuple(_strengths(told)),
        left_out=tuple(sorted(name.removeprefix(ATTRIBUTE) for name in wide)),
        matching=strata.matching(),
    )


def behind(
    query: TrendQuery, contrast: Contrast, *, won: bool
) -> tuple[TrendQuery, tuple[Key, ...]]:
    """The question and the cell whose number is one side of a contrast.

    A won deal isn't divided by reason: it is chosen by a filter, and by the reason's alone.
    """
    if won and contrast.dimension == "reason":
        return _side(query, "won").with_filters({"reason": (contrast.key.id,)}), ()
    return _side(query, "won" if won else "lost", contrast.dimension), (contrast.key,)


# The things of one dimension lead to the same question, each to a cell of its own.
@lru_cache(maxsize=128)
def _side(query: TrendQuery, measure: str, *by: str) -> TrendQuery:
    return replace(query, measure=measure, by=by, compare=None)


def _is_wide(frame: Frame, name: str) -> bool:
    """Whether the deals of the frame have too many values of an attribute; one is the unknown one."""
    if not name.startswith(ATTRIBUTE) or len(frame.coding.vocabulary(name)) - 1 <= MOST_VALUES:
        return False
    return int(np.count_nonzero(Sums(frame, (name,))["both"][1:])) > MOST_VALUES


def _told(strata: Strata, frames: Mapping[str, Frame]) -> dict[str, list[tuple[Key, Told]]]:
    """The values of each dimension; those of one frame are told of together."""
    by_frame: dict[Frame, list[str]] = {}
    for name, frame in frames.items():
        by_frame.setdefault(frame, []).append(name)
    found: dict[str, list[tuple[Key, Told]]] = {}
    for frame, names in by_frame.items():
        found |= strata.told(frame, names)
    return found


def _judged(found: Iterable[Contrast]) -> list[Contrast]:
    """With ratio and q where both sides and the thing itself have enough deals."""
    rated = [_rated(each) for each in found]
    enough = [each for each in rated if each.matched.chance is not None]
    rates = benjamini_hochberg(each.matched.chance or 0.0 for each in enough)
    few = [each for each in rated if each.matched.chance is None]
    return few + [replace(each, q=q) for each, q in zip(enough, rates, strict=True)]


def _rated(each: Contrast) -> Contrast:
    sides = each.sides
    is_enough = min(sides.losses, sides.wins, sides.n) >= fewest()
    return replace(each, ratio=ratio(sides)) if is_enough else each


def _order(each: Contrast) -> tuple[float, float, str, str]:
    """The strongest first by what is left for sure, then by how improbable chance is."""
    least = each.matched.ratio.least if each.matched.ratio else 0.0
    q = 1.0 if each.q is None else each.q
    return -least, q, each.dimension, each.key.label


def _strengths(told: Mapping[str, Iterable[tuple[Key, Told]]]) -> list[Strength]:
    found = []
    for name, values in told.items():
        if not name.startswith(ATTRIBUTE):
            continue
        # In an order of their own, so that what is alike is equally strong to the last digit.
        table = sorted((each.sides.lost, each.sides.won) for _, each in values)
        found.append(Strength(name, strength(table), sum(map(sum, table)), len(table)))
    return sorted(found, key=lambda each: (-each.value, each.dimension))
