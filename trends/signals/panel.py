"""The book of series of this company, read off the month blocks in one pass."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from common.periods import week_start
from trends.codec import Column
from trends.coding import Coding
from trends.layout import SUBMITTED, WON
from trends.query import Judgement, ListReading
from trends.results import Key
from trends.signals.book import Book
from trends.signals.counts import Deals, book_of
from trends.signals.scan import MOST_BEFORE
from trends.signals.series import Series, Subject, Value
from trends.signals.shape import LONGEST_SINCE
from trends.snapshot import Month, Snapshot
from trends.source import month_of_number

# A week is looked at once it has been over for so many days, when most of its losses are debriefed
# (a debrief is due after two working days); what is still missing leaves the denominator.
RIPE_AFTER = timedelta(days=4)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Weeks:
    """Whole ISO weeks, from the Monday `first` on."""

    first: date
    count: int

    @classmethod
    def until(cls, today: date, *, since: date) -> "Weeks":
        """Those that are over and ripe today, from the first whole week after `since`, at most three years."""
        last = week_start(today - RIPE_AFTER + timedelta(days=1)) - _WEEK
        first = week_start(since + timedelta(days=6))
        first = max(first, last - (MOST_BEFORE + LONGEST_SINCE - 1) * _WEEK)
        return cls(first, max((last - first).days // 7 + 1, 0))

    def monday(self, week: int) -> date:
        return self.first + week * _WEEK

    def number(self, day: date) -> int:
        """The place of the week that begins on `day` or of the one that `day` lies in."""
        return (day - self.first).days // 7

    @property
    def last_day(self) -> date:
        """The Sunday up to which deals are looked at."""
        return self.monday(self.count) - timedelta(days=1)


@dataclass(frozen=True)
class Company:
    """What is known of the company today: the weeks, their book, and the names of its values."""

    weeks: Weeks
    book: Book
    names: dict[Value, str]

    def name(self, value: Value) -> str:
        return self.names.get(value, value.id)

    def place_of(self, key: str) -> int | None:
        return {each.key: place for place, each in enumerate(self.book.series)}.get(key)


def company_of(snapshot: Snapshot, *, today: date, leave_out: Collection[Value] = ()) -> Company:
    """The book by today's names and the authors' reasons, as the dashboard shows them by default."""
    coding = Coding.of(snapshot, ListReading.TODAY, Judgement.AUTHOR)
    weeks = Weeks.until(today, since=_first_day(snapshot) or today)
    book = book_of(_deals(coding, snapshot.months, weeks), leave_out=leave_out)
    keys = {subject: coding.vocabulary(subject).keys for subject in Subject}
    return Company(weeks, book, _names(book.series, keys))


def _first_day(snapshot: Snapshot) -> date | None:
    if not snapshot.months:
        return None
    month = snapshot.months[0]
    return month_of_number(month.number) + timedelta(days=int(month.block["day"].min()) - 1)


def _names(series: Sequence[Series], keys: dict[Subject, tuple[Key, ...]]) -> dict[Value, str]:
    used = {value for each in series for value in (each.of, each.within) if value is not None}
    labels = {subject: {key.id: key.label for key in keys[subject]} for subject in keys}
    return {value: labels[value.subject][value.id] for value in used}


def _deals(coding: Coding, months: Sequence[Month], weeks: Weeks) -> Deals:
    pieces = [_Piece.of(coding, month, weeks) for month in months if _touches(month, weeks)]
    single = (Subject.STAGE, Subject.SEGMENT, Subject.WINNER)
    several = (Subject.REASON, Subject.COMPETITOR)
    starts = np.cumsum([0, *(len(piece.week) for piece in pieces)])
    return Deals(
        week=_joined([piece.week for piece in pieces]),
        weeks=weeks.count,
        lost=_joined([piece.lost for piece in pieces]).astype(bool),
        debriefed=_joined([piece.debriefed for piece in pieces]).astype(bool),
        codes={
            **{each: _joined([piece.single[each] for piece in pieces]) for each in single},
            **{each: _joined([piece.several[each][1] for piece in pieces]) for each in several},
        },
        rows={
            each: _joined(
                [
                    piece.several[each][0] + start
                    for piece, start in zip(pieces, starts, strict=False)
                ]
            )
            for each in several
        },
        ids={each: [key.id for key in coding.vocabulary(each).keys] for each in Subject},
    )


@dataclass(frozen=True)
class _Piece:
    """One month's part of `Deals`."""

    week: Column
    lost: Column
    debriefed: Column
    single: dict[Subject, Column]
    several: dict[Subject, tuple[Column, Column]]

    @classmethod
    def of(cls, coding: Coding, month: Month, weeks: Weeks) -> "_Piece":
        offset = (month_of_number(month.number) - weeks.first).days - 1
        week = (month.block["day"].astype(np.int64) + offset) // 7
        inside = (week >= 0) & (week < weeks.count)
        place = np.cumsum(inside) - 1
        return cls(
            week=week[inside],
            lost=(month.block["outcome"] != WON)[inside],
            debriefed=(month.block["debrief"] == SUBMITTED)[inside],
            single={
                each: _for_each(coding, month, each)[inside]
                for each in (Subject.STAGE, Subject.SEGMENT, Subject.WINNER)
            },
            several={
                each: _pairs(coding, month, each, inside, place)
                for each in (Subject.REASON, Subject.COMPETITOR)
            },
        )


def _for_each(coding: Coding, month: Month, subject: Subject) -> Column:
    """One code for each deal; unknown where the dimension has none for it."""
    found = coding.codes(month, subject)
    if found.rows is None:
        return found.codes.astype(np.int64)
    codes = np.zeros(len(month), dtype=np.int64)
    codes[found.rows] = found.codes
    return codes


def _pairs(
    coding: Coding, month: Month, subject: Subject, inside: Column, place: Column
) -> tuple[Column, Column]:
    found = coding.codes(month, subject)
    assert found.rows is not None, f"{subject} has several values a deal"
    keep = inside[found.rows]
    return place[found.rows[keep]], found.codes[keep].astype(np.int64)


def _touches(month: Month, weeks: Weeks) -> bool:
    first = month_of_number(month.number)
    return first <= weeks.last_day and first + timedelta(days=31) > weeks.first


def _joined(columns: list[Column]) -> Column:
    return np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)
