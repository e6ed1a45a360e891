"""Wins against losses: what is more common in one than in the other, and how surely.

For each factor, question, reason and attribute that a CRM brought: in how many lost and in how
many won deals it is present, of those in which it could be. What is found rests on wins that are
comparable: of the same segment, size and year (`trends.matching`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from people.models import User
from trends import engine
from trends.association import Ratio, Sides, benjamini_hochberg, ratio, strength
from trends.coding import attribute_keys
from trends.comparable import Compared
from trends.counting import Frame
from trends.layout import ATTRIBUTE
from trends.matching import Matching, Strata
from trends.query import TrendQuery
from trends.results import Key, Row, TrendResult
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
    asked = [replace(plain, by=(name,)) for name in (*ALWAYS, *attributes)]
    deals, sized = replace(plain, measure="deals"), replace(plain, measure="median_amount")
    (_, everything), (median, _), *found = engine.run_with_frames(
        [deals, sized, *asked], viewer, withheld=withheld
    )
    strata = Strata(everything, Decimal(median.total.value or 0))
    told = [(answer, frame) for answer, frame in found if not _is_wide(answer)]
    compared = [each for answer, frame in told for each in _compared(answer, strata, frame)]
    surest = sorted(_judged(compared), key=_order)
    return Contrasts(
        findings=tuple(each for each in surest if each.is_finding),
        by_chance=tuple(each for each in surest if each.q is not None and not each.is_finding),
        too_few=tuple(each for each in surest if each.q is None),
        attributes=tuple(_strengths([answer for answer, _ in told])),
        left_out=tuple(
            sorted(
                answer.query.by[0].removeprefix(ATTRIBUTE)
                for answer, _ in found
                if _is_wide(answer)
            )
        ),
        matching=strata.matching,
    )


def behind(
    query: TrendQuery, contrast: Contrast, *, won: bool
) -> tuple[TrendQuery, tuple[Key, ...]]:
    """The question and the cell whose number is one side of a contrast.

    A won deal isn't divided by reason: it is chosen by a filter, and by the reason's alone.
    """
    side = replace(query, measure="won" if won else "lost", compare=None)
    if won and contrast.dimension == "reason":
        return replace(side, by=()).with_filters({"reason": (contrast.key.id,)}), ()
    return replace(side, by=(contrast.dimension,)), (contrast.key,)


def _is_wide(answer: TrendResult) -> bool:
    return answer.query.by[0].startswith(ATTRIBUTE) and len(answer.rows) > MOST_VALUES


def _compared(answer: TrendResult, strata: Strata, frame: Frame) -> Iterator[Contrast]:
    """Of the deals that could have it: whose debrief answers, or cites any reason, or that bring
    the attribute at all."""
    name, none = answer.query.by[0], Sides(0, 0, 0, 0)
    likes = strata.compared(frame, name)
    unknown = next((_sides(row) for row in answer.rows if row.keys[0].id is None), none)
    for row in answer.rows:
        sides = _sides(row)
        key = row.keys[0]
        if key.id is not None and sides.n:
            losses, wins = sides.losses - unknown.lost, sides.wins - unknown.won
            mine = replace(sides, losses=losses, wins=wins)
            yield Contrast(name, key, mine, matched=likes[key.id])


def _sides(row: Row) -> Sides:
    won, wins = row.in_wins or (0, 0)
    return Sides(row.n, row.of or 0, won, wins)


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


def _strengths(answers: Sequence[TrendResult]) -> list[Strength]:
    found = []
    for answer in answers:
        name = answer.query.by[0]
        if not name.startswith(ATTRIBUTE):
            continue
        sides = [_sides(row) for row in answer.rows if row.keys[0].id is not None]
        table = [(each.lost, each.won) for each in sides]
        found.append(Strength(name, strength(table), sum(each.n for each in sides), len(table)))
    return sorted(found, key=lambda each: (-each.value, each.dimension))
