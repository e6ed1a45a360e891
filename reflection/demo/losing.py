"""Which losses a month holds: the stories' numbers first, chance for all the rest."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from deals.models import Outcome
from reflection.demo.company import NORVIK
from reflection.demo.stories import DEADLY_SHARE, DEADLY_STAGE, Timeline
from reflection.demo.telling import EFFORT

T = TypeVar("T")

OUTCOMES = {
    Outcome.LOST_TO_COMPETITOR: 45,
    Outcome.NO_DECISION: 25,
    Outcome.KEPT_IN_HOUSE: 9,
    Outcome.POSTPONED: 11,
    Outcome.DISQUALIFIED: 6,
    Outcome.LOST_UNSPECIFIED: 4,
}
OTHER_STAGES = {
    "Qualification": 13,
    "Discovery": 12,
    "Demo": 13,
    "Proof of concept": 10,
    "Proposal": 13,
    "Negotiation": 7,
    "Contract": 2,
}
REASONS = {
    Outcome.LOST_TO_COMPETITOR: {
        "price": 30, "competitor_stronger": 25, "missing_capability": 15, "slow_response": 9,
        "terms": 6, "incumbent": 5, "no_access": 5, "dont_know": 4, "other": 1,
    },
    Outcome.NO_DECISION: {
        "no_access": 21, "priorities_changed": 23, "budget_lost": 19, "incumbent": 11, "price": 9,
        "slow_response": 5, "dont_know": 8, "other": 4,
    },
    Outcome.KEPT_IN_HOUSE: {"incumbent": 58, "price": 14, "missing_capability": 14, "no_access": 14},
    Outcome.POSTPONED: {
        "budget_lost": 43, "priorities_changed": 39, "no_access": 8, "slow_response": 4, "other": 6,
    },
    Outcome.DISQUALIFIED: {
        "missing_capability": 34, "budget_lost": 20, "no_access": 18, "terms": 10, "other": 18,
    },
}  # fmt: skip
IN_SECURITY_REVIEW = {
    "slow_response": 40, "missing_capability": 14, "terms": 12, "no_access": 10,
    "competitor_stronger": 10, "priorities_changed": 8, "price": 6,
}  # fmt: skip
TO_NORVIK = {"competitor_stronger": 52, "price": 24, "slow_response": 16, "missing_capability": 8}
EFFORT_OUTCOMES = {
    Outcome.LOST_TO_COMPETITOR: 50,
    Outcome.NO_DECISION: 36,
    Outcome.KEPT_IN_HOUSE: 14,
}
REASON_COUNTS = (44, 38, 18)
COVERAGE_OF_LOSSES = 0.64
COVERAGE_OF_WINS = 0.55


@dataclass
class Loss:
    """One loss of a month before it has a deal; `reasons` are empty while nobody told them."""

    outcome: Outcome
    stage: str
    winner: str | None = None
    mid_market: bool | None = None
    debriefed: bool = False
    reasons: tuple[str, ...] = ()


def losses_of(rng: random.Random, timeline: Timeline, month: date, count: int) -> list[Loss]:
    """The losses of one month, with the numbers of the three stories exact."""
    to_norvik = min(timeline.norvik_losses(month), count)
    losses = [_to_norvik(rng) for _ in range(to_norvik)]
    losses += [Loss(pick(rng, OUTCOMES), pick(rng, OTHER_STAGES)) for _ in range(count - to_norvik)]
    for loss in rng.sample(losses, round(DEADLY_SHARE * count)):
        loss.stage = DEADLY_STAGE
    told = _choose_debriefed(rng, losses)
    _plant_effort(rng, told, round(timeline.effort_share(month) * len(told)))
    for loss in told:
        if not loss.reasons:
            loss.reasons = _reasons(rng, loss)
    return losses


def _to_norvik(rng: random.Random) -> Loss:
    stage = pick(rng, OTHER_STAGES)
    return Loss(Outcome.LOST_TO_COMPETITOR, stage, winner=NORVIK, mid_market=True)


def _choose_debriefed(rng: random.Random, losses: list[Loss]) -> list[Loss]:
    """A CRM's bare "lost" is refined by the debrief, so those that stayed bare have none."""
    open_to_it = [loss for loss in losses if loss.outcome is not Outcome.LOST_UNSPECIFIED]
    wanted = min(round(COVERAGE_OF_LOSSES * len(losses)), len(open_to_it))
    told = rng.sample(open_to_it, wanted)
    for loss in told:
        loss.debriefed = True
    return told


def _plant_effort(rng: random.Random, told: list[Loss], count: int) -> None:
    free = [loss for loss in told if loss.winner is None and loss.stage != DEADLY_STAGE]
    for loss in rng.sample(free, min(count, len(free))):
        loss.outcome = pick(rng, EFFORT_OUTCOMES)
        others = [
            key for key in ("price", "competitor_stronger", "no_access") if rng.random() < 0.3
        ]
        loss.reasons = (EFFORT, *others[:2])


def _reasons(rng: random.Random, loss: Loss) -> tuple[str, ...]:
    """One to three, ranked; the implementation effort only where it was planted as primary."""
    shares = REASONS[loss.outcome]
    if loss.winner == NORVIK:
        shares = TO_NORVIK
    elif loss.stage == DEADLY_STAGE and rng.random() < 0.7:
        shares = IN_SECURITY_REVIEW
    first = pick(rng, shares)
    if first in ("other", "dont_know"):
        return (first,)
    count = rng.choices((1, 2, 3), REASON_COUNTS)[0]
    drawn = [first, *(pick(rng, REASONS[loss.outcome]) for _ in range(count - 1))]
    return tuple(key for key in dict.fromkeys(drawn) if key not in ("other", "dont_know"))


def pick(rng: random.Random, shares: Mapping[T, int]) -> T:
    """One of the keys, as often as its share says."""
    return rng.choices(list(shares), list(shares.values()))[0]


def working_days(first: date, last: date) -> Sequence[date]:
    """Mondays to Fridays from `first` to `last`; the last day alone where there are none."""
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    return [day for day in days if day.weekday() < 5] or [last]
