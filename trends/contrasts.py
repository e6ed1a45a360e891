"""Wins against losses: what is more common in one than in the other, and how surely.

For each factor, question, reason and attribute that a CRM brought: in how many lost and in how
many won deals it is present, of those in which it could be. Everything is compared within the
same period and filters, so with the wins that are comparable.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from people.models import User
from trends import engine
from trends.association import Ratio, Sides, benjamini_hochberg, fisher, ratio, strength
from trends.coding import attribute_keys
from trends.layout import ATTRIBUTE
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
    """One thing that deals have or don't. `q` is None where there are too few deals for a figure.

    `q` is the share of false findings among all at least as sure, over everything compared.
    """

    dimension: str
    key: Key
    sides: Sides
    ratio: Ratio | None = None
    q: float | None = None

    @property
    def is_finding(self) -> bool:
        """Beyond chance even though many things were compared."""
        if self.q is None or self.ratio is None:
            return False
        return self.q < FALSE_FINDINGS and self.ratio.least > 0

    @property
    def is_of_losses(self) -> bool:
        return self.ratio is not None and self.ratio.value > 1


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

    `by_chance` are those that chance explains, `too_few` those below the floor.
    `left_out` are attributes with more than MOST_VALUES different values.
    """

    findings: tuple[Contrast, ...]
    by_chance: tuple[Contrast, ...]
    too_few: tuple[Contrast, ...]
    attributes: tuple[Strength, ...]
    left_out: tuple[str, ...]

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
    answers = engine.run_many(asked, viewer, withheld=withheld)
    wide = {answer.query.by[0] for answer in answers if _is_wide(answer)}
    told = [answer for answer in answers if answer.query.by[0] not in wide]
    found = _judged([each for answer in told for each in _compared(answer)])
    surest = sorted(found, key=_order)
    return Contrasts(
        findings=tuple(each for each in surest if each.is_finding),
        by_chance=tuple(each for each in surest if each.q is not None and not each.is_finding),
        too_few=tuple(each for each in surest if each.q is None),
        attributes=tuple(_strengths(told)),
        left_out=tuple(sorted(name.removeprefix(ATTRIBUTE) for name in wide)),
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


def _compared(answer: TrendResult) -> Iterator[Contrast]:
    """Of the deals that could have it: whose debrief answers, or cites any reason, or that bring
    the attribute at all."""
    none = Sides(0, 0, 0, 0)
    unknown = next((_sides(row) for row in answer.rows if row.keys[0].id is None), none)
    for row in answer.rows:
        sides = _sides(row)
        if row.keys[0].id is not None and sides.n:
            losses, wins = sides.losses - unknown.lost, sides.wins - unknown.won
            yield Contrast(
                answer.query.by[0], row.keys[0], replace(sides, losses=losses, wins=wins)
            )


def _sides(row: Row) -> Sides:
    won, wins = row.in_wins or (0, 0)
    return Sides(row.n, row.of or 0, won, wins)


def _judged(found: Iterable[Contrast]) -> list[Contrast]:
    """With ratio and q where both sides and the thing itself have enough deals."""
    enough: list[Contrast] = []
    few: list[Contrast] = []
    for each in found:
        sides = each.sides
        is_enough = min(sides.losses, sides.wins, sides.n) >= fewest()
        (enough if is_enough else few).append(each)
    rates = benjamini_hochberg(fisher(each.sides) for each in enough)
    return few + [
        replace(each, ratio=ratio(each.sides), q=q) for each, q in zip(enough, rates, strict=True)
    ]


def _order(each: Contrast) -> tuple[float, float, str, str]:
    """The strongest first by what is left for sure, then by how improbable chance is."""
    least = each.ratio.least if each.ratio else 0.0
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
