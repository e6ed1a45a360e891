"""What a year of looks tells of a made-up company, by our rule and by the naive one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
STRICT_GROWTH = 2.0  # what brings the naive rule down to about one false alarm a year
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
    """False alarms of a year, of companies in which nothing changes."""

    ours: float
    naive: float


@dataclass(frozen=True)
class Found:
    """Of planted changes the share found in time; `strict` is of the naive rule made as strict as ours."""

    in_two_months: float
    in_six_months: float
    in_nine_months: float
    median_months: float
    strict_in_two_months: float = 0.0

    @classmethod
    def of(cls, days: Sequence[float], strict: Sequence[float] = ()) -> "Found":
        found = np.array(days)
        return cls(
            float((found <= 2 * DAYS_A_MONTH).mean()),
            float((found <= 6 * DAYS_A_MONTH).mean()),
            float((found <= 9 * DAYS_A_MONTH).mean()),
            float(min(np.median(found), NEVER) / DAYS_A_MONTH),
            float((np.array(strict) <= 2 * DAYS_A_MONTH).mean()) if strict else 0.0,
        )


def quiet(losses: int, *, companies: int, disturbed: str = "") -> Quiet:
    """A year of looks at each company, the first look of all apart."""
    ours, naive = 0, 0
    for seed in range(companies):
        made = quiet_company(losses, HISTORY + YEAR, seed, DISTURBING.get(disturbed))
        ours += len(signals_of(made, HISTORY + YEAR))
        naive += len(naive_signals_of(made, HISTORY + YEAR))
    return Quiet(ours / companies, naive / companies)


def first_look(losses: int, *, companies: int) -> float:
    """Signals of the first look at a history in which nothing changed."""
    told = 0
    for seed in range(companies):
        made = quiet_company(losses, HISTORY, seed)
        told += len(look(book_of(made.as_of(HISTORY)), HISTORY, is_first=True))
    return told / companies


def found(losses: int, name: str, *, companies: int) -> tuple[Found, Found]:
    """By our rule and by the naive one, followed for nine months."""
    change, planted = PLANTED[name]
    ours, naive, strict = [], [], []
    for seed in range(companies):
        made = changed_company(losses, change, HISTORY + FOLLOWED, seed)
        ours.append(_first(signals_of(made, HISTORY + FOLLOWED, until=planted), planted))
        naive.append(_first(naive_signals_of(made, HISTORY + FOLLOWED), planted))
        strict.append(
            _first(naive_signals_of(made, HISTORY + FOLLOWED, growth=STRICT_GROWTH), planted)
        )
    return Found.of(ours), Found.of(naive, strict)


def _first(told: Sequence[Told], planted: Series) -> float:
    """After how many days the planted change was told."""
    days = [each.days for each in told if each.direction == UP and tells_of(each.series, planted)]
    return min(days, default=NEVER)


def naive_signals_of(made: Company, weeks: int, *, growth: float = NAIVE_GROWTH) -> list[Told]:
    """More than 50 % up on the last quarter, looked at when a quarter ends.

    Values of one dimension only and none below three deals, which is kind to the rule. The
    quarter ends at another week of the change in each company.
    """
    told: list[Told] = []
    for week in range(HISTORY + made.quarter_ends_after, weeks + 1, QUARTER):
        book = book_of(made.as_of(week))
        hits = book.sums.hits
        now = hits[:, week] - hits[:, week - QUARTER]
        before = hits[:, week - QUARTER] - hits[:, week - 2 * QUARTER]
        grown = np.flatnonzero((now > growth * before) & (now >= FEWEST_HITS)).tolist()
        series = [book.series[place] for place in grown]
        told += [Told(each, UP, (week - HISTORY) * 7.0) for each in series if not each.is_pair]
    return told


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


def changed_company(
    losses: float, change: Change, weeks: int, seed: int, *, onset: int = HISTORY
) -> Company:
    plan = plan_of(weeks)
    change(plan, onset)
    return company(losses, plan, np.random.default_rng([seed, int(losses)]))


def quiet_company(losses: float, weeks: int, seed: int, change: Change | None = None) -> Company:
    plan: Plan = plan_of(weeks)
    if change:
        change(plan, HISTORY + 13)
    return company(losses, plan, np.random.default_rng([seed, int(losses), 7]))
