"""All random numbers of one chunk of deals, drawn at once; the same seed draws the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

import numpy as np

from common.periods import add_months
from deals.models import Outcome
from debriefs.models import Basis, Rating
from reflection.loadgen.words import SENTENCES
from reflection.loadgen.world import World

T = TypeVar("T")

OUTCOMES = {
    Outcome.WON: 0.44,
    Outcome.LOST_TO_COMPETITOR: 0.24,
    Outcome.NO_DECISION: 0.14,
    Outcome.KEPT_IN_HOUSE: 0.06,
    Outcome.POSTPONED: 0.05,
    Outcome.DISQUALIFIED: 0.03,
    Outcome.LOST_UNSPECIFIED: 0.04,
}
RATINGS = {
    Rating.YES: 0.34,
    Rating.PARTLY: 0.28,
    Rating.NO: 0.24,
    Rating.DOES_NOT_APPLY: 0.07,
    Rating.DONT_KNOW: 0.07,
}
BASES = {Basis.BUYER_SAID: 0.35, Basis.INFERRED: 0.45, Basis.GUESS: 0.2}
MET = (0.25, 0.4, 0.25, 0.1)
UNKNOWN_AMOUNT = 0.12
CODED = 0.15  # of the debriefed losses name a need that we couldn't meet, and as many a rival's strength
FOREIGN_MONEY = 0.3
MEDIAN_AMOUNT = 24_000


@dataclass(frozen=True)
class Load:
    """What is asked for: `debriefed` is the share of the deals, `months` end on `today`."""

    deals: int
    seed: int
    debriefed: float
    months: int
    today: date

    @property
    def source(self) -> str:
        return f"loadgen-{self.seed}"

    def debriefs_before(self, index: int) -> int:
        """How many of the first `index` deals have a debrief; exact over the whole."""
        return round(index * self.debriefed)


@dataclass(frozen=True)
class DealDraw:
    """The facts of one synthetic deal; lists and people as places in the world's lists."""

    number: str
    closed_on: date
    opened_on: date
    outcome: Outcome
    owner: int
    account: int
    product: int
    stage: int
    met: list[int]
    amount: Decimal | None
    currency: int
    debriefed: bool

    @property
    def has_winner(self) -> bool:
        """Whether a competitor won it: the first of those met."""
        return self.outcome is Outcome.LOST_TO_COMPETITOR


@dataclass(frozen=True)
class DebriefDraw:
    """What one synthetic debrief says; sentences as places in the phrasebook."""

    ratings: list[Rating]
    texts: list[int]
    sentences: list[list[int]]
    scores: list[int]
    reasons: list[int]
    bases: list[Basis]
    days_later: int
    seconds: int


class Draws:
    """The random numbers of the deals `start` to `stop` of a load."""

    def __init__(self, load: Load, world: World, start: int, stop: int) -> None:
        self._load = load
        self._world = world
        self._start = start
        self._count = stop - start
        self._rng = np.random.default_rng([load.seed, 2, start])

    def deals(self) -> list[DealDraw]:
        rng, world, count = self._rng, self._world, self._count
        met_counts = rng.choice(len(MET), count, p=MET)
        met = self._places(len(world.competitors), (count, len(MET) - 1))
        outcomes = _pick(rng, OUTCOMES, count)
        closed = self._closing_days()
        durations = (10 + rng.gamma(2.0, 38.0, count)).astype(int).tolist()
        amounts = (np.exp(rng.normal(np.log(MEDIAN_AMOUNT / 100), 0.9, count)) + 1).astype(int)
        unknown = rng.random(count) < UNKNOWN_AMOUNT
        foreign = np.where(rng.random(count) < FOREIGN_MONEY, rng.integers(1, 4, count), 0)
        owners = self._places(len(world.owners), count).tolist()
        accounts = self._places(len(world.accounts), count).tolist()
        products = self._places(len(world.products), count).tolist()
        stages = rng.integers(0, len(world.stages), count).tolist()
        debriefed = self._debriefed()
        return [
            DealDraw(
                number=f"{self._start + n + 1:07}",
                closed_on=closed[n],
                opened_on=closed[n] - timedelta(days=durations[n]),
                outcome=outcomes[n],
                owner=owners[n],
                account=accounts[n],
                product=products[n],
                stage=-1 if outcomes[n] is Outcome.WON else stages[n],
                met=_met(met[n], int(met_counts[n]), outcomes[n]),
                amount=None
                if unknown[n] and outcomes[n].is_lost
                else Decimal(int(amounts[n]) * 100),
                currency=int(foreign[n]) % len(world.currencies),
                debriefed=bool(debriefed[n]),
            )
            for n in range(count)
        ]

    def debriefs(self, count: int, questions: int, factors: int) -> list[DebriefDraw]:
        rng = self._rng
        ratings = _pick(rng, RATINGS, count * questions)
        texts = np.where(
            rng.random((count, questions)) < 0.45, rng.integers(1, 4, (count, questions)), 0
        )
        sentences = rng.integers(0, SENTENCES, (count, questions + 3, 3)).tolist()
        scores = rng.integers(-2, 3, (count, factors)).tolist()
        reasons = self._places(len(self._world.reasons), (count, 3))
        reason_counts = rng.choice([1, 2, 3], count, p=[0.5, 0.35, 0.15])
        bases = _pick(rng, BASES, count * 3)
        later = rng.integers(0, 9, count).tolist()
        seconds = (60 + rng.gamma(3.0, 65.0, count)).astype(int).tolist()
        return [
            DebriefDraw(
                ratings=ratings[n * questions : (n + 1) * questions],
                texts=texts[n].tolist(),
                sentences=sentences[n],
                scores=scores[n],
                reasons=list(dict.fromkeys(reasons[n].tolist()))[: int(reason_counts[n])],
                bases=bases[n * 3 : n * 3 + 3],
                days_later=later[n],
                seconds=seconds[n],
            )
            for n in range(count)
        ]

    def coded(self, count: int) -> list[tuple[int, int]]:
        """For each debrief the places of its need and of the rival's strength, -1 for none.

        Drawn apart, so that a seed's other numbers are those of before there were codes.
        """
        rng = np.random.default_rng([self._load.seed, 3, self._start])
        sizes = np.array([len(self._world.needs), len(self._world.strengths)])
        places = (rng.random((count, 2)) ** 2.0 * sizes).astype(int)
        told = rng.random((count, 2)) < CODED
        return [(need, strength) for need, strength in np.where(told, places, -1).tolist()]

    def _closing_days(self) -> list[date]:
        """Days of the period, weekends moved to the Friday before."""
        first = add_months(self._load.today, -self._load.months)
        days = (self._load.today - first).days
        drawn = [
            first + timedelta(days=n) for n in self._rng.integers(1, days + 1, self._count).tolist()
        ]
        return [day - timedelta(days=max(0, day.weekday() - 4)) for day in drawn]

    def _debriefed(self) -> np.ndarray:
        stop = self._start + self._count
        due = self._load.debriefs_before(stop) - self._load.debriefs_before(self._start)
        return self._rng.permutation(self._count) < due

    def _places(self, size: int, shape: int | tuple[int, ...]) -> np.ndarray:
        """Places in a list whose first entries are common and whose last are rare."""
        drawn = self._rng.random(shape) ** 2.0 * size
        return drawn.astype(int)


def _pick(rng: np.random.Generator, shares: dict[T, float], count: int) -> list[T]:
    values = list(shares)
    weights = np.array(list(shares.values()))
    return [values[n] for n in rng.choice(len(values), count, p=weights / weights.sum()).tolist()]


def _met(places: np.ndarray, count: int, outcome: Outcome) -> list[int]:
    """Competitors met; where one of them won the deal, at least one, and the first is the winner."""
    wanted = max(count, 1) if outcome is Outcome.LOST_TO_COMPETITOR else count
    return list(dict.fromkeys(places.tolist()))[:wanted]
