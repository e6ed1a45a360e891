"""The whole demo as plain values: the same for the same day, without a database."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from common.periods import add_months
from deals.models import Outcome
from reflection.demo.accounts import plan_accounts
from reflection.demo.company import NORVIK, PRODUCTS, RIVALS, STAGES, TEAMS
from reflection.demo.debriefing import Debriefing
from reflection.demo.facts import TRADE_OF, words_of
from reflection.demo.losing import COVERAGE_OF_WINS, Loss, losses_of, working_days
from reflection.demo.misspelling import as_written
from reflection.demo.pen import Manner, Pen
from reflection.demo.planned import PlannedAccount, PlannedClosing, PlannedDeal
from reflection.demo.stories import DEADLY_STAGE, Timeline, apportion
from reflection.demo.vocabulary import LEAD_SOURCES, SEGMENTS

SEED = 20_18
CLOSED_DEALS = 2_500
OPEN_DEALS = 230
WIN_RATE = 0.42
REOPENED = 40
REOPENED_AND_OPEN = 6
WAITING_FOR_REP = 5
FRESH_DAYS = 13
SEASON = {1: 0.85, 3: 1.2, 6: 1.25, 7: 0.75, 8: 0.8, 9: 1.15, 12: 1.3}
MEDIAN_AMOUNT = {"Small business": 13_000, "Mid-market": 39_000, "Enterprise": 125_000}
MEDIAN_DAYS = {"Small business": 38, "Mid-market": 76, "Enterprise": 135}
SECURITY_REVIEW_DAYS = 34
WORTH = {"EUR": 1.0, "GBP": 0.86, "SEK": 11.2}
UNKNOWN_AMOUNT, ZERO_AMOUNT = 0.08, 0.02
MID_MARKET = "Mid-market"


@dataclass(frozen=True)
class DemoPlan:
    timeline: Timeline
    accounts: list[PlannedAccount]
    deals: list[PlannedDeal]


def plan_demo(now: datetime, today: date, audiences: Mapping[str, str]) -> DemoPlan:
    """Everything that the demo holds on this day. `audiences`: question or factor key to who reads it."""
    return _Planner(now, today, audiences).plan()


class _Planner:
    def __init__(self, now: datetime, today: date, audiences: Mapping[str, str]) -> None:
        self._rng = random.Random(SEED)
        self._now = now
        self._timeline = Timeline(today)
        self._pen = Pen(random.Random(SEED + 1))
        self._debriefing = Debriefing(
            random.Random(SEED + 2), self._pen, self._timeline, now, audiences
        )
        self._accounts = plan_accounts(self._rng)
        self._patch = {
            (team.name, segment): [
                account
                for account in self._accounts
                if (account.team, account.segment) == (team.name, segment)
            ]
            for team in TEAMS
            for segment in SEGMENTS
        }
        self._number = 10_000

    def plan(self) -> DemoPlan:
        closed = list(self._closed())
        closed = self._with_reopened(self._with_work_for_the_rep(closed))
        told = [self._debriefing.of(deal, reasons) for deal, reasons in closed]
        told = as_written(self._rng, self._debriefing.with_second_views(told), self._timeline)
        return DemoPlan(self._timeline, self._accounts, [*told, *self._open()])

    def _closed(self) -> Iterator[tuple[PlannedDeal, tuple[str, ...] | None]]:
        """Closed deals with the reasons to tell; None where nobody debriefs them."""
        months = self._timeline.months
        weights = [
            SEASON.get(month.month, 1.0) * (1 + 0.01 * n) * self._timeline.elapsed(month)
            for n, month in enumerate(months)
        ]
        for month, count in zip(months, apportion(CLOSED_DEALS, weights), strict=True):
            won = round(count * WIN_RATE)
            days = working_days(month, self._timeline.last_day(month))
            for loss in losses_of(self._rng, self._timeline, month, count - won):
                deal = self._close(self._closing_day(days), loss)
                yield deal, loss.reasons if loss.debriefed else None
            for n in range(won):
                deal = self._close(self._closing_day(days), Loss(Outcome.WON, STAGES[-1]))
                told = n < round(won * COVERAGE_OF_WINS)
                yield deal, self._worked_against_us() if told else None

    def _closing_day(self, days: Sequence[date]) -> date:
        """More close towards the end of a month."""
        return days[int(len(days) * self._rng.random() ** 0.7)]

    def _worked_against_us(self) -> tuple[str, ...]:
        if self._rng.random() > 0.3:
            return ()
        return (self._rng.choice(("price", "slow_response", "terms", "incumbent", "no_access")),)

    def _close(self, day: date, loss: Loss) -> PlannedDeal:
        rng = self._rng
        team = rng.choice(TEAMS)
        segment = MID_MARKET if loss.mid_market else rng.choices(SEGMENTS, (24, 48, 28))[0]
        account = self._account(team.name, segment)
        met = self._met(account, team.region, loss)
        product = rng.choices(PRODUCTS, [one.share for one in PRODUCTS])[0].name
        amount = self._amount(account, known=loss.outcome is Outcome.WON)
        recorded = datetime.combine(day, time(rng.randint(14, 17), rng.randint(0, 59)), UTC)
        closing = PlannedClosing(
            closed_on=day,
            outcome=loss.outcome,
            stage=loss.stage,
            winner=met[0] if loss.outcome is Outcome.LOST_TO_COMPETITOR else None,
            amount=amount,
            recorded_at=min(recorded, self._now),
        )
        opened = day - timedelta(days=self._duration(segment, loss.stage))
        deal = self._deal(account, product, rng.choice(team.reps), opened, tuple(sorted(met)))
        return replace(deal, stage=loss.stage, amount=amount, closings=(closing,))

    def _account(self, team: str, segment: str) -> PlannedAccount:
        patch = self._patch[team, segment]
        return patch[int(len(patch) * self._rng.random() ** 1.4)]

    def _met(self, account: PlannedAccount, region: str, loss: Loss) -> list[str]:
        """Competitors met, the winner first. Only the story lets Norvik win in mid-market."""
        is_beaten = loss.outcome is Outcome.LOST_TO_COMPETITOR
        count = self._rng.choices((0, 1, 2), (40, 42, 18))[0] + (1 if is_beaten else 0)
        drawn = [loss.winner] if loss.winner else []
        while len(drawn) < min(count, 3):
            wins = is_beaten and not drawn
            name = self._rival(account, region, wins=wins)
            is_barred = wins and account.segment == MID_MARKET and name == NORVIK
            if name not in drawn and not is_barred:
                drawn.append(name)
        return drawn

    def _rival(self, account: PlannedAccount, region: str, *, wins: bool) -> str:
        size = SEGMENTS.index(account.segment)
        weights = [
            rival.weights[size]
            * (2 if rival.home == region else 1)
            * (rival.strength if wins else 1 / rival.strength)
            for rival in RIVALS
        ]
        return self._rng.choices(RIVALS, weights)[0].name

    def _amount(self, account: PlannedAccount, *, known: bool) -> Decimal | None:
        """In the account's currency; on some lost deals unknown, on a few a 0 that says nothing."""
        luck = self._rng.random()
        if not known and luck < UNKNOWN_AMOUNT + ZERO_AMOUNT:
            return None if luck < UNKNOWN_AMOUNT else Decimal(0)
        median = MEDIAN_AMOUNT[account.segment] * WORTH[account.currency]
        exact = self._rng.lognormvariate(0, 0.55) * median
        return Decimal(max(round(exact / 100), 10) * 100)

    def _duration(self, segment: str, stage: str) -> int:
        extra = SECURITY_REVIEW_DAYS if stage == DEADLY_STAGE else 0
        return 9 + extra + int(self._rng.gammavariate(3, MEDIAN_DAYS[segment] / 2.67))

    def _deal(
        self, account: PlannedAccount, product: str, owner: str, opened: date, met: tuple[str, ...]
    ) -> PlannedDeal:
        self._number += self._rng.randint(1, 4)
        unit = self._rng.choice((*TRADE_OF[account.industry].units, *account.sites))
        return PlannedDeal(
            number=self._number,
            name=f"{account.name}: {product.removeprefix('Halden ')} for {unit}",
            account=account,
            owner=owner,
            product=product,
            met=met,
            stage=STAGES[0],
            opened_on=opened,
            amount=None,
            lead_source=self._rng.choice(LEAD_SOURCES),
            notes="",
        )

    def _with_work_for_the_rep(
        self, closed: list[tuple[PlannedDeal, tuple[str, ...] | None]]
    ) -> list[tuple[PlannedDeal, tuple[str, ...] | None]]:
        """Some fresh deals without a debrief belong to the rep who can sign in.

        Of the oldest, late for good, she has one and a colleague another; the newest is a third's.
        """
        team = TEAMS[0]
        fresh = self._timeline.today - timedelta(days=FRESH_DAYS)
        waiting = [
            place
            for place, (deal, reasons) in enumerate(closed)
            if reasons is None and deal.last.closed_on >= fresh
        ]
        waiting.sort(key=lambda place: (closed[place][0].last.closed_on, place))
        oldest, rest, newest = waiting[:2], waiting[2:-1], waiting[2:][-1:]
        rest.sort(key=lambda place: (closed[place][0].account.team != team.name, place))
        rep, colleague, other = team.reps[:3]
        owners = dict.fromkeys(rest[: WAITING_FOR_REP - 1], rep) | dict.fromkeys(newest, other)
        owners |= dict(zip(oldest, (rep, colleague), strict=False))
        for place, owner in owners.items():
            deal, reasons = closed[place]
            closed[place] = (replace(deal, owner=owner), reasons)
        return closed

    def _with_reopened(
        self, closed: list[tuple[PlannedDeal, tuple[str, ...] | None]]
    ) -> list[tuple[PlannedDeal, tuple[str, ...] | None]]:
        """Some deals had closed once before; theirs is the second closing."""
        for place in self._rng.sample(range(len(closed)), REOPENED):
            deal, reasons = closed[place]
            closed[place] = (self._closed_before(deal), reasons)
        return closed

    def _closed_before(self, deal: PlannedDeal) -> PlannedDeal:
        last = deal.last
        first_day = last.closed_on - timedelta(days=self._rng.randint(70, 170))
        first_day -= timedelta(days=max(0, first_day.weekday() - 4))
        recorded = datetime.combine(first_day, time(16), UTC)
        earlier = replace(
            last,
            closed_on=first_day,
            outcome=self._rng.choice((Outcome.NO_DECISION, Outcome.POSTPONED)),
            stage=self._rng.choice(STAGES[2:6]),
            winner=None,
            recorded_at=recorded,
            reopened_at=recorded + timedelta(days=self._rng.randint(20, 60)),
        )
        opened = deal.opened_on - (last.closed_on - first_day)
        return replace(deal, opened_on=opened, closings=(earlier, last))

    def _open(self) -> Iterator[PlannedDeal]:
        """Deals still being worked on, a few of them opened again after a loss."""
        for n in range(OPEN_DEALS + REOPENED_AND_OPEN):
            day = self._timeline.today - timedelta(days=self._rng.randint(3, 60))
            lost = Loss(Outcome.POSTPONED, self._rng.choice(STAGES[1:6]))
            deal = self._close(day, lost)
            stage = self._rng.choices(STAGES, (16, 18, 17, 13, 14, 12, 7, 3))[0]
            closings: tuple[PlannedClosing, ...] = ()
            if n >= OPEN_DEALS:
                reopened = min(deal.last.recorded_at + timedelta(days=2), self._now)
                closings = (replace(deal.last, reopened_at=reopened),)
            opened = min(deal.opened_on, day)
            yield replace(
                deal, stage=stage, closings=closings, opened_on=opened, notes=self._note(deal)
            )

    def _note(self, deal: PlannedDeal) -> str:
        words = words_of(
            self._rng,
            deal.account,
            product=deal.product,
            stage=deal.stage,
            outcome=None,
            rival=deal.met[0] if deal.met else None,
            amount=deal.amount,
            closed_on=add_months(self._timeline.today, -1),
            reference=self._rng.choice(self._accounts).name,
        )
        return self._pen.write(["open / notes"], words, Manner.PLAIN)
