"""Made-up companies week by week: what changes in them, when, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.counts import Deals
from trends.signals.panel import RIPE_AFTER
from trends.signals.series import Series, Subject, Value

Numbers = npt.NDArray[Any]
Rng = np.random.Generator

HISTORY, YEAR = 104, 52
WEEKS_A_MONTH = 365.25 / 12 / 7
HALF_YEAR = 26
SEASON = 6

WON_PER_LOST = 0.6
# Shares of debriefed losses that cite each reason, of losses by winner (first nobody) and by stage,
# of closed deals by segment.
REASONS = (0.05, 0.32, 0.24, 0.2, 0.17, 0.15, 0.13, 0.12, 0.1, 0.09, 0.08, 0.07, 0.05, 0.04)
WINNERS = (0.44, 0.16, 0.13, 0.1, 0.08, 0.05, 0.04)
STAGES = (0.1, 0.22, 0.2, 0.16, 0.14, 0.1, 0.08)
SEGMENTS = (0.4, 0.3, 0.2, 0.1)
MET_BUT_NOT_WINNER = 0.08

DOUBLED = Series(Value(Subject.REASON, "1"))
ARRIVED = Series(Value(Subject.WINNER, str(len(WINNERS))))
IN_SEGMENT = Series(Value(Subject.REASON, "7"), Value(Subject.SEGMENT, "1"))


@dataclass
class Plan:
    """Shares by week. `reasons` by week, segment and reason."""

    weeks: int
    reasons: Numbers
    winners: Numbers
    coverage: Numbers
    lag_by_reason: bool = False


Change = Callable[[Plan, int], None]


def doubling(plan: Plan, onset: int) -> None:
    """A reason that 5 % of debriefed losses cite is cited by 10 % from the onset on."""
    plan.reasons[onset:, :, 0] = 0.10


def new_competitor(plan: Plan, onset: int) -> None:
    """Somebody who was never there wins 8 % of the losses from the onset on."""
    plan.winners[onset:, -1] = 0.08
    plan.winners[onset:, :-1] *= 0.92


def drift(plan: Plan, onset: int) -> None:
    """A reason grows from 5 % to 15 % by as much each week of half a year."""
    steps = np.clip(np.arange(plan.weeks - onset) / HALF_YEAR, 0, 1)
    plan.reasons[onset:, :, 0] = 0.05 + 0.10 * steps[:, None]


def in_one_segment(plan: Plan, onset: int) -> None:
    """A reason goes from 12 % to 36 % in one segment, of four losses in ten, and nowhere else."""
    plan.reasons[onset:, 0, 6] = 0.36
    plan.reasons[onset:, 1:, 6] = 0.12
    plan.reasons[:onset, :, 6] = 0.12


def less_coverage(plan: Plan, onset: int) -> None:
    """Debriefs fall from all losses to two in five; nothing else changes."""
    plan.coverage[onset:] = 0.4


def seasons(plan: Plan, _onset: int) -> None:
    """For six weeks of each year a reason is cited twice as often and a competitor wins 22 % instead of 13 %."""
    in_season = np.arange(plan.weeks) % YEAR // SEASON == 6
    plan.reasons[in_season, :, 8] = 0.20
    plan.winners[in_season, :] *= (1 - 0.22) / (1 - 0.13)
    plan.winners[in_season, 2] = 0.22


def late_debriefs(plan: Plan, _onset: int) -> None:
    """Losses that a certain reason explains are debriefed a week later than others on average."""
    plan.lag_by_reason = True


PLANTED: dict[str, tuple[Change, Series]] = {
    "doubling": (doubling, DOUBLED),
    "new_competitor": (new_competitor, ARRIVED),
    "drift": (drift, DOUBLED),
    "in_one_segment": (in_one_segment, IN_SEGMENT),
}
DISTURBING: dict[str, Change] = {
    "less_coverage": less_coverage,
    "late_debriefs": late_debriefs,
    "seasons": seasons,
}


def plan_of(weeks: int) -> Plan:
    reasons = np.tile(np.array(REASONS), (weeks, len(SEGMENTS), 1))
    winners = np.tile(np.array((*WINNERS, 0.0)), (weeks, 1))
    return Plan(weeks, reasons, winners, np.ones(weeks))


@dataclass
class Company:
    """A company's deals, complete; `ids` name the values as in the book of a real one."""

    deals: Deals
    # When each deal's debrief is there, in weeks since the first; infinite for none.
    debriefed_at: Numbers = field(repr=False)
    # For the naive rule: how many weeks after the history the first calendar quarter ends.
    quarter_ends_after: int = 0

    def as_of(self, week: int) -> Deals:
        """Of the deals of the first `week` weeks what was known when the last was ripe."""
        known = self.debriefed_at < week + RIPE_AFTER / timedelta(weeks=1)
        keep = self.deals.week < week
        return _narrowed(self.deals, keep, known, week)


def company(losses_a_month: float, plan: Plan, rng: Rng) -> Company:
    a_week = losses_a_month / WEEKS_A_MONTH
    lost_count = rng.poisson(a_week, plan.weeks)
    won_count = rng.poisson(a_week * WON_PER_LOST, plan.weeks)
    week = np.repeat(np.arange(plan.weeks), lost_count + won_count)
    lost = np.concatenate(
        [np.arange(a + b) < a for a, b in zip(lost_count, won_count, strict=True)]
    ).astype(bool)
    segment = rng.choice(len(SEGMENTS), len(week), p=SEGMENTS)
    stage = rng.choice(len(STAGES), len(week), p=STAGES)
    winner = _winners(plan, week, rng)
    chance = plan.reasons[week, segment]
    cites = rng.random(chance.shape) < chance
    rows, reasons = np.nonzero(cites & lost[:, None])
    met_rows, met = _met(winner, lost, rng)
    answered = rng.random(len(week)) < plan.coverage[week]
    lag = rng.exponential(0.6, len(week))
    if plan.lag_by_reason:
        lag = lag + np.where(cites[:, 1], rng.exponential(1.0, len(week)), 0)
    deals = Deals(
        week=week,
        weeks=plan.weeks,
        lost=lost,
        debriefed=answered,
        codes={
            Subject.REASON: reasons + 1,
            Subject.WINNER: np.where(lost, winner, 0),
            Subject.COMPETITOR: met + 1,
            Subject.STAGE: stage + 1,
            Subject.SEGMENT: segment + 1,
        },
        rows={Subject.REASON: rows, Subject.COMPETITOR: met_rows},
        ids={
            Subject.REASON: _ids(len(REASONS)),
            Subject.WINNER: _ids(len(WINNERS)),
            Subject.COMPETITOR: _ids(len(WINNERS)),
            Subject.STAGE: _ids(len(STAGES)),
            Subject.SEGMENT: _ids(len(SEGMENTS)),
        },
    )
    closed_at = week + rng.random(len(week))
    debriefed_at = np.where(answered, closed_at + lag, np.inf)
    return Company(deals, debriefed_at, quarter_ends_after=int(rng.integers(0, 13)))


def _ids(count: int) -> list[str | None]:
    return [None, *(str(n) for n in range(1, count + 1))]


def _winners(plan: Plan, week: Numbers, rng: Rng) -> Numbers:
    """By week's shares, drawn by inversion."""
    edges = plan.winners.cumsum(axis=1)[week]
    drawn: Numbers = (rng.random(len(week))[:, None] > edges[:, :-1]).sum(axis=1)
    return drawn


def _met(winner: Numbers, lost: Numbers, rng: Rng) -> tuple[Numbers, Numbers]:
    """Who was met: the winner, and each known competitor now and then."""
    met = rng.random((len(winner), len(WINNERS))) < MET_BUT_NOT_WINNER
    met[:, -1] = False
    won_by = np.flatnonzero(lost & (winner > 0))
    met[won_by, winner[won_by] - 1] = True
    rows, codes = np.nonzero(met)
    return rows, codes


def _narrowed(deals: Deals, keep: Numbers, known: Numbers, weeks: int) -> Deals:
    place = np.cumsum(keep) - 1
    rows, codes = {}, dict(deals.codes)
    for subject, mine in deals.rows.items():
        chosen = keep[mine]
        rows[subject] = place[mine[chosen]]
        codes[subject] = deals.codes[subject][chosen]
    for subject in (Subject.WINNER, Subject.STAGE, Subject.SEGMENT):
        codes[subject] = deals.codes[subject][keep]
    return Deals(
        week=deals.week[keep],
        weeks=weeks,
        lost=deals.lost[keep],
        debriefed=known[keep],
        codes=codes,
        rows=rows,
        ids=deals.ids,
    )
