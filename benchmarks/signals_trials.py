"""What a year of looks tells of a made-up company, by our rule and by the naive one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np

from benchmarks.signals_companies import (
    DISTURBING,
    HISTORY,
    PLANTED,
    YEAR,
    Change,
    Company,
    Plan,
    company,
    plan_of,
)
from trends.signals.book import Book
from trends.signals.counts import book_of
from trends.signals.judging import Finding, Standing, look
from trends.signals.panel import RIPE_AFTER
from trends.signals.scan import FEWEST_HITS, UP
from trends.signals.series import Series, Subject
from trends.signals.shape import Change as Changed
from trends.signals.shape import ending_of

DAYS_A_MONTH = 365.25 / 12
RIPE_DAYS = RIPE_AFTER.days
NAIVE_GROWTH = 1.5
FOLLOWED = 39
NEVER = 9_999.0
QUARTER = 13


@dataclass
class Follower:
    """Tells each change once, as the service does, in memory."""

    standing: dict[Series, tuple[int, Changed]] = field(default_factory=dict)
    ended: dict[Series, int] = field(default_factory=dict)

    def look(self, book: Book, week: int) -> list[Finding]:
        self._end(book, week)
        there = [
            Standing(book.places[each], direction)
            for each, (direction, _) in self.standing.items()
            if each in book.places
        ]
        ended = {book.places[s]: w for s, w in self.ended.items() if s in book.places}
        found = look(book, week, standing=there, ended=ended)
        for finding in found:
            self.standing[book.series[finding.place]] = (finding.direction, finding.change)
        return found

    def _end(self, book: Book, week: int) -> None:
        for each, (_, change) in list(self.standing.items()):
            if each in book.places and ending_of(change, book.sums, book.places[each], week):
                del self.standing[each]
                self.ended[each] = week


@dataclass(frozen=True)
class Told:
    """A signal of a trial: of which series, how many days after the first look or the onset."""

    series: Series
    direction: int
    days: float


def looks(made: Company, weeks: int) -> Iterator[tuple[int, Book]]:
    """The book of each week from the end of the history on, with the debriefs that were there."""
    for week in range(HISTORY, weeks + 1):
        yield week, book_of(made.as_of(week))


def signals_of(made: Company, weeks: int, *, until: Series | None = None) -> list[Told]:
    """All signals by our rule; stops at one of `until`."""
    follower, told = Follower(), []
    for week, book in looks(made, weeks):
        for finding in follower.look(book, week):
            series = book.series[finding.place]
            told.append(Told(series, finding.direction, (week - HISTORY) * 7 + RIPE_DAYS))
            if until and tells_of(series, until) and finding.direction == UP:
                return told
    return told


@dataclass(frozen=True)
class Quiet:
    """False alarms of a year, of companies in which nothing changes.

    `as_quiet_growth` is the growth on last quarter that the naive rule would have to ask for, to raise as
    few as ours; beyond any number if it may tell only of what last quarter didn't have.
    """

    ours: float
    naive: float
    as_quiet_growth: float


@dataclass(frozen=True)
class Found:
    """Of planted changes the share found in time, and the median months it took, nine at most."""

    in_two_months: float
    in_six_months: float
    in_nine_months: float
    median_months: float

    @classmethod
    def of(cls, days: Sequence[float]) -> "Found":
        found = np.array(days)
        return cls(
            float((found <= 2 * DAYS_A_MONTH).mean()),
            float((found <= 6 * DAYS_A_MONTH).mean()),
            float((found <= 9 * DAYS_A_MONTH).mean()),
            float(min(np.median(found), FOLLOWED * 7) / DAYS_A_MONTH),
        )


def quiet(losses: int, *, companies: int, disturbed: str = "") -> Quiet:
    """A year of looks at each company, the first look of all apart."""
    ours = 0
    growths: list[float] = []
    for seed in range(companies):
        made = quiet_company(losses, HISTORY + YEAR, seed, DISTURBING.get(disturbed))
        ours += len(signals_of(made, HISTORY + YEAR))
        growths += [each.growth for each in grown_in(made, HISTORY + YEAR)]
    found = np.sort(growths)[::-1]
    return Quiet(
        ours / companies,
        float((found > NAIVE_GROWTH).sum()) / companies,
        float(found[ours]) if ours < len(found) else 1.0,
    )


def first_look(losses: int, *, companies: int) -> float:
    """Signals of the first look at a history in which nothing changed."""
    told = 0
    for seed in range(companies):
        made = quiet_company(losses, HISTORY, seed)
        told += len(look(book_of(made.as_of(HISTORY)), HISTORY, is_first=True))
    return told / companies


@contextmanager
def without_seasons() -> Iterator[None]:
    """Our rule as if it never looked at the years before."""
    with patch("trends.signals.judging.is_seasonal", return_value=False):
        yield


@dataclass(frozen=True)
class Beside:
    """What was found of the same changes by our rule, by the naive one, and by it made as quiet as ours."""

    ours: Found
    naive: Found
    as_quiet: Found


def found(losses: int, name: str, *, companies: int, as_quiet_growth: float) -> Beside:
    """Of planted changes, each followed for nine months."""
    change, planted = PLANTED[name]
    days: dict[str, list[float]] = {"ours": [], "naive": [], "as_quiet": []}
    for seed in range(companies):
        made = changed_company(losses, change, HISTORY + FOLLOWED, seed)
        days["ours"].append(_first(signals_of(made, HISTORY + FOLLOWED, until=planted), planted))
        grown = grown_in(made, HISTORY + FOLLOWED)
        for rule, growth in (("naive", NAIVE_GROWTH), ("as_quiet", as_quiet_growth)):
            days[rule].append(
                _first([each.told for each in grown if each.growth > growth], planted)
            )
    return Beside(**{rule: Found.of(each) for rule, each in days.items()})


def _first(told: Sequence[Told], planted: Series) -> float:
    """After how many days the planted change was told."""
    days = [each.days for each in told if each.direction == UP and tells_of(each.series, planted)]
    return min(days, default=NEVER)


@dataclass(frozen=True)
class Grown:
    """A series that has more deals this quarter than last, so many times as many."""

    told: Told
    growth: float


def grown_in(made: Company, weeks: int) -> list[Grown]:
    """What the naive rule looks at when a quarter is over and ripe; it tells what grew by more than half.

    Values of one dimension only and none below three deals, which is kind to the rule. The
    quarter ends at another week of the change in each company.
    """
    grown: list[Grown] = []
    for week in range(HISTORY + made.quarter_ends_after, weeks + 1, QUARTER):
        book = book_of(made.as_of(week))
        hits = book.sums.hits
        now = hits[:, week] - hits[:, week - QUARTER]
        before = hits[:, week - QUARTER] - hits[:, week - 2 * QUARTER]
        for place in np.flatnonzero((now > before) & (now >= FEWEST_HITS)).tolist():
            if not book.series[place].is_pair:
                told = Told(book.series[place], UP, (week - HISTORY) * 7.0 + RIPE_DAYS)
                grown.append(Grown(told, float(now[place] / max(before[place], 1e-9))))
    return grown


def tells_of(told: Series, planted: Series) -> bool:
    """Whether a signal names what was planted: the value itself, in all deals or in some.

    A competitor may be told as met or as winner.
    """
    if planted.is_pair and told.is_pair and told.within != planted.within:
        return False
    rivals = {Subject.WINNER, Subject.COMPETITOR}
    if {told.of.subject, planted.of.subject} <= rivals:
        return told.of.id == planted.of.id
    return told.of == planted.of


def changed_company(losses: float, change: Change, weeks: int, seed: int) -> Company:
    plan = plan_of(weeks)
    change(plan, HISTORY)
    return company(losses, plan, np.random.default_rng([seed, int(losses)]))


def quiet_company(losses: float, weeks: int, seed: int, change: Change | None = None) -> Company:
    plan: Plan = plan_of(weeks)
    if change:
        change(plan, HISTORY + 13)
    return company(losses, plan, np.random.default_rng([seed, int(losses), 7]))
