"""Who debriefs which closing when: first views, second thoughts, second views."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from deals.models import Outcome
from reflection.demo.case import Case
from reflection.demo.company import NORVIK, TEAMS
from reflection.demo.facts import words_of
from reflection.demo.losing import REASONS, pick
from reflection.demo.pen import MANNERS, Manner, Pen
from reflection.demo.planned import PlannedClosing, PlannedDeal, PlannedDebrief, PlannedVersion
from reflection.demo.stories import DEADLY_STAGE, Timeline
from reflection.demo.telling import HOME, Teller
from reflection.demo.vocabulary import STEMS

AMENDED = 0.05
SECOND_VIEWS = 60
THIRD_VIEWS = 22
EARLIER_TOLD = 0.6
CRM_NOTES = 0.6
NOTES_SAY_WHY = 0.75
NOTED_OTHERWISE = 0.15
MANAGER_OF = {rep: team.manager for team in TEAMS for rep in team.reps}
REPS = [rep for team in TEAMS for rep in team.reps]


class Debriefing:
    """Turns planned deals and the reasons to tell into debriefs."""

    def __init__(
        self,
        rng: random.Random,
        pen: Pen,
        timeline: Timeline,
        now: datetime,
        audiences: Mapping[str, str],
    ) -> None:
        self._rng, self._pen, self._timeline, self._now = rng, pen, timeline, now
        self._teller = Teller(rng, pen, audiences)

    def of(self, deal: PlannedDeal, reasons: tuple[str, ...] | None) -> PlannedDeal:
        """The deal with its owner's debriefs; `reasons` None means that nobody told."""
        debriefs = []
        for place in range(len(deal.closings)):
            is_last = place == len(deal.closings) - 1
            if is_last and reasons is not None:
                debriefs.append(self._debrief(deal, place, deal.owner, reasons))
            elif not is_last and self._rng.random() < EARLIER_TOLD:
                key = self._rng.choice(("budget_lost", "priorities_changed", "no_access"))
                debriefs.append(self._debrief(deal, place, deal.owner, (key,)))
        return replace(deal, debriefs=tuple(debriefs), notes=self._crm_notes(deal, reasons))

    def with_second_views(self, deals: list[PlannedDeal]) -> list[PlannedDeal]:
        """Managers wrote down their own view of some lost deals, on some an engineer did as well.

        These count for comparison only.
        """
        told = [n for n, deal in enumerate(deals) if deal.debriefs and deal.last.outcome.is_lost]
        chosen = self._rng.sample(told, min(SECOND_VIEWS, len(told)))
        for n, place in enumerate(chosen):
            deal = deals[place]
            manager = MANAGER_OF[deal.owner]
            deal = self._with_view(deal, manager, ("no_access", "slow_response", "price"))
            if n < THIRD_VIEWS:
                engineer = _engineer_beside(deal.owner)
                deal = self._with_view(deal, engineer, ("missing_capability", "slow_response"))
            deals[place] = deal
        return deals

    def _with_view(self, deal: PlannedDeal, author: str, sees: tuple[str, ...]) -> PlannedDeal:
        """The deal with another's debrief: every second agrees, the others cite one of `sees`."""
        first = next(each for each in reversed(deal.debriefs) if each.author == deal.owner)
        reasons = tuple(reason.key for reason in first.versions[-1].reasons)
        if self._rng.random() < 0.5:
            reasons = (self._rng.choice(sees),)
        after = first.versions[0].submitted_at
        view = self._debrief(deal, first.closing, author, reasons, not_before=after)
        return replace(deal, debriefs=(*deal.debriefs, view))

    def _debrief(
        self,
        deal: PlannedDeal,
        place: int,
        author: str,
        reasons: tuple[str, ...],
        *,
        not_before: datetime | None = None,
    ) -> PlannedDebrief:
        closing = deal.closings[place]
        case = self._case(deal, closing, reasons)
        manner = _manner_of(author)
        first = self._teller.tell(case, manner, self._submitted_at(closing, not_before))
        versions = [first]
        again_at = first.submitted_at + timedelta(hours=self._rng.randint(3, 120))
        if self._rng.random() < AMENDED and again_at < self._now:
            versions.append(self._amended(case, first, manner, again_at))
        return PlannedDebrief(place, author, tuple(versions))

    def _amended(
        self, case: Case, first: PlannedVersion, manner: Manner, at: datetime
    ) -> PlannedVersion:
        return self._teller.rephrase(case, first, manner, at)

    def _submitted_at(self, closing: PlannedClosing, not_before: datetime | None) -> datetime:
        """Mostly within two days of the closing, in office hours, never in the future."""
        late = int(self._rng.lognormvariate(0.5, 0.8))
        moment = datetime.combine(
            closing.closed_on + timedelta(days=late),
            time(self._rng.randint(7, 16), self._rng.randint(0, 59), self._rng.randint(0, 59)),
            UTC,
        )
        earliest = max(closing.recorded_at, not_before or closing.recorded_at)
        if moment <= earliest:
            moment = earliest + timedelta(minutes=self._rng.randint(15, 90))
        return max(min(moment, self._now - timedelta(minutes=1)), closing.recorded_at)

    def _case(self, deal: PlannedDeal, closing: PlannedClosing, reasons: tuple[str, ...]) -> Case:
        return Case(
            outcome=closing.outcome,
            reasons=reasons,
            words=self._words(deal, closing),
            beaten_by_norvik=closing.winner == NORVIK and deal.account.segment == "Mid-market",
            in_security_review=closing.stage == DEADLY_STAGE,
            start_package=closing.closed_on >= self._timeline.action_on,
            stage=closing.stage,
        )

    def _words(self, deal: PlannedDeal, closing: PlannedClosing) -> dict[str, str]:
        rival = closing.winner or (deal.met[0] if deal.met else None)
        return words_of(
            self._rng,
            deal.account,
            product=deal.product,
            stage=closing.stage,
            outcome=closing.outcome,
            rival=rival,
            amount=closing.amount,
            closed_on=closing.closed_on,
            reference=self._reference(deal),
        )

    def _reference(self, deal: PlannedDeal) -> str:
        """A customer whom reps like to name."""
        region = next(team.region for team in TEAMS if team.name == deal.account.team)
        return self._rng.choice([one for one in STEMS[region] if one not in deal.account.name])

    def _crm_notes(self, deal: PlannedDeal, reasons: tuple[str, ...] | None) -> str:
        if self._rng.random() > CRM_NOTES:
            return ""
        sections = ["crm / notes", "crm / notes"]
        if deal.last.outcome.is_lost and self._rng.random() < NOTES_SAY_WHY:
            sections.insert(self._rng.randint(0, 2), self._noted_reason(deal, reasons))
        return self._pen.write(sections, self._words(deal, deal.last), Manner.PLAIN)

    def _noted_reason(self, deal: PlannedDeal, reasons: tuple[str, ...] | None) -> str:
        """The section that the CRM's note is written from: mostly the primary reason."""
        key = reasons[0] if reasons else ""
        if key not in HOME or self._rng.random() < NOTED_OTHERWISE:
            shares = REASONS.get(deal.last.outcome, REASONS[Outcome.NO_DECISION])
            key = pick(self._rng, {key: share for key, share in shares.items() if key in HOME})
        return f"{key} / {self._rng.choice(('terse', 'quote', HOME[key][0]))}"


def _engineer_beside(owner: str) -> str:
    """The colleague of the owner's team who knows the technical side; two of a team do."""
    reps = next(team.reps for team in TEAMS if owner in team.reps)
    return reps[-1] if owner != reps[-1] else reps[-2]


def _manner_of(author: str) -> Manner:
    return MANNERS[REPS.index(author) % len(MANNERS)] if author in REPS else Manner.CAREFUL
