"""What an answer consists of. `trends.engine` makes it; pages, the API and the command show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from common.periods import Period
from trends.merging import Merged
from trends.query import TrendQuery
from trends.statistics import bounds_of_share

Value = int | float | Decimal | None
Bound = float | Decimal | None


@dataclass(frozen=True)
class Key:
    """A value of a dimension: what a filter takes (None is unknown) and what people read."""

    id: str | None
    label: str


class Verdict(StrEnum):
    """Up or down only where the interval of the difference excludes no change."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Compared:
    """The same cell in the compared period. `low` and `high` are of the difference of rates."""

    n: int
    value: Value
    low: float | None = None
    high: float | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Covered:
    """How many of the losses that could belong to a cell are debriefed, and how many are not.

    What filters ask of debriefs is left out: of the missing ones nobody knows.
    """

    debriefed: int
    missing: int


@dataclass(frozen=True)
class Untested:
    """The part of a cell by reason whose price checks were not passed: deals, and their value."""

    n: int
    value: int | Decimal


class Row(NamedTuple):
    """One cell; a named tuple, since pages have hundreds, which a frozen dataclass makes slowly.

    `n` is the number of deals behind the value: the drill-down lists as many. For a rate
    it is the denominator. `share` is `n` of `of` for counts; `low` and `high` are the 95 %
    interval of the rate or share (Wilson), of a lift or of a median; a lift of which no
    win has the thing has only `low`. `too_few`: below the floor (`statistics.fewest`) a rate,
    share, median or lift is not given.
    `unknown`: deals of the cell whose amount or days are unknown, counted, never summed.
    `covered`: of a share of debriefed losses, how many losses it leaves out.
    `partial`: the period runs still, or the days asked for cut it. `untested`: of a count or
    an amount by reason, what of it rests on price checks that were not passed.
    """

    keys: tuple[Key, ...]
    n: int
    value: Value
    of: int | None = None
    share: float | None = None
    low: Bound = None
    high: Bound = None
    covered: "Covered | None" = None
    unknown: int = 0
    too_few: bool = False
    partial: bool = False
    compared: Compared | None = None
    in_wins: tuple[int, int] | None = None
    untested: "Untested | None" = None

    @property
    def unknown_share(self) -> float | None:
        """The share of the cell's deals whose amount or days are unknown; None without a deal."""
        deals = self.n + self.unknown
        return self.unknown / deals if deals else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """What the share would be if none, or all, of the losses not debriefed were of the row."""
        if self.covered is None or self.share is None or not self.of:
            return None
        return bounds_of_share(self.n, self.of, self.covered.missing)

    @property
    def whisker(self) -> tuple[float, float] | None:
        """Both ends of the interval, where it has both."""
        if self.low is None or self.high is None:
            return None
        return float(self.low), float(self.high)


@dataclass(frozen=True)
class Coverage:
    """How many of the closed deals under the same filters have a submitted debrief."""

    closed: int
    debriefed: int
    dismissed: int

    @property
    def missing(self) -> int:
        return self.closed - self.debriefed - self.dismissed

    @property
    def rate(self) -> float | None:
        return self.debriefed / self.closed if self.closed else None


@dataclass(frozen=True)
class FilterShown:
    """A filter in words."""

    dimension: str
    values: tuple[Key, ...]


@dataclass(frozen=True)
class TrendResult:
    """An answer: rows in the dimension's own order (time, position) or by value, largest first.

    `total` is over all deals of the filters, which overlapping rows exceed. `coverage` is of
    all closed deals, `loss_coverage` of the lost ones; `undebriefed` are the lost ones without
    a debrief, whatever the filters ask of debriefs, and what is known of their value. `scope` says
    in words which people it was narrowed to, if any, and which groups' months were `merged` (by
    the dimension asked for), `left_out` which deals don't count for the reader yet. `latest_closed_on` is the last closing day there is at all.
    `as_of` is when the tally was last brought up to date, None when there is no tally yet.
    """

    query: TrendQuery
    rows: tuple[Row, ...]
    total: Row
    coverage: Coverage
    loss_coverage: Coverage
    undebriefed: int
    undebriefed_amount: Decimal
    denominator: str
    period: Period | None
    compared_period: Period | None
    filters: tuple[FilterShown, ...]
    partial: bool
    overlapping: bool
    currency: str
    decimals: int
    latest_closed_on: date | None
    as_of: datetime | None
    scope: str = ""
    merged: Mapping[str, tuple[Merged, ...]] = field(default_factory=dict)
    left_out: str = ""

    def row(self, *ids: str | int | None) -> Row | None:
        """The row of these key ids."""
        wanted = tuple(None if each is None else str(each) for each in ids)
        return next((row for row in self.rows if tuple(k.id for k in row.keys) == wanted), None)
