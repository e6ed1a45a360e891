"""The demo's plan as columns, so that its stories can be looked for without a database."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from reflection.demo.plan import DemoPlan
from reflection.demo.planned import PlannedDeal
from trends.signals.counts import Deals
from trends.signals.panel import Weeks
from trends.signals.series import Subject


class Codes:
    """Codes of names, in the order in which they are met; 0 is unknown."""

    def __init__(self) -> None:
        self.names: list[str | None] = [None]

    def of(self, name: str | None) -> int:
        if name is None:
            return 0
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


def columns_of(plan: DemoPlan, today: date) -> tuple[Deals, Weeks]:
    """All deals that closed in weeks that are over and ripe."""
    closed = [deal for deal in plan.deals if not deal.is_open]
    weeks = Weeks.until(today, since=min(deal.last.closed_on for deal in closed))
    inside = [deal for deal in closed if 0 <= weeks.number(deal.last.closed_on) < weeks.count]
    codes = {subject: Codes() for subject in Subject}
    reasons = [_reasons(deal) for deal in inside]
    is_lost = np.array([deal.last.outcome.is_lost for deal in inside])
    met = [deal.met for deal in inside]
    return (
        Deals(
            week=np.array([weeks.number(deal.last.closed_on) for deal in inside]),
            weeks=weeks.count,
            lost=is_lost,
            debriefed=np.array([found is not None for found in reasons]),
            codes={
                Subject.STAGE: _coded(codes[Subject.STAGE], (each.last.stage for each in inside)),
                Subject.SEGMENT: _coded(
                    codes[Subject.SEGMENT], (each.account.segment for each in inside)
                ),
                Subject.WINNER: _coded(codes[Subject.WINNER], (each.last.winner for each in inside))
                * is_lost,
                Subject.REASON: _coded(
                    codes[Subject.REASON], (key for found in reasons for key in found or ())
                ),
                Subject.COMPETITOR: _coded(
                    codes[Subject.COMPETITOR], (name for names in met for name in names)
                ),
            },
            rows={
                Subject.REASON: _rows(found or () for found in reasons),
                Subject.COMPETITOR: _rows(met),
            },
            ids={subject: each.names for subject, each in codes.items()},
        ),
        weeks,
    )


def _reasons(deal: PlannedDeal) -> list[str] | None:
    """What the debrief that counts cites, None where there is none."""
    for debrief in deal.debriefs:
        if (debrief.closing, debrief.author) == (len(deal.closings) - 1, deal.owner):
            return [reason.key for reason in debrief.versions[-1].reasons]
    return None


def _coded(codes: Codes, names: Iterable[str | None]) -> np.ndarray:
    return np.array([codes.of(name) for name in names], dtype=np.int64)


def _rows(lists: Iterable[Iterable[str]]) -> np.ndarray:
    return np.array([row for row, each in enumerate(lists) for _ in each], dtype=np.int64)
