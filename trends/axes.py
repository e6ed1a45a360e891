"""The window of days that is asked for, and the axes along which deals are counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from common.periods import Period, add_months, month_end, month_label, quarter_label, week_label
from trends.codec import Column
from trends.codes import Codes
from trends.coding import Coding
from trends.layout import ATTRIBUTE
from trends.results import Key
from trends.snapshot import Month
from trends.source import EPOCH, month_number, month_of_number
from trends.vocabulary import Vocabulary

LONGEST_EMPTY_AXIS = 400

Mask = Column | None


@dataclass(frozen=True)
class Window:
    """The days asked for, as closing days; None is open."""

    since: date | None
    until: date | None

    def months(self, months: Sequence[Month]) -> list[Month]:
        """Those of the months that the window touches."""
        first = None if self.since is None else month_number(self.since)
        last = None if self.until is None else month_number(self.until)
        return [
            month
            for month in months
            if (first is None or first <= month.number) and (last is None or month.number <= last)
        ]

    def days_of(self, month: Month) -> Mask:
        """Which deals of a month that the window cuts lie inside; None for a whole month."""
        first = month_of_number(month.number)
        last = month_end(first)
        cut_since = self.since is not None and self.since > first
        cut_until = self.until is not None and self.until < last
        if not cut_since and not cut_until:
            return None
        low = self.since.day if self.since and cut_since else 1
        high = self.until.day if self.until and cut_until else last.day
        inside: Column = (month.block["day"] >= low) & (month.block["day"] <= high)
        return inside


class Axis:
    """A dimension as asked for: its vocabulary, and where a deal stands on it."""

    def __init__(self, name: str, coding: Coding, months: Sequence[Month], window: Window) -> None:
        self.name = name
        self._coding = coding
        self.is_time = name in _CALENDARS
        if self.is_time:
            self._calendar = _CALENDARS[name]
            numbers = _periods_shown(self._calendar, months, window)
            self.first = numbers.start
            self.vocabulary = Vocabulary(
                (self._calendar.key(number) for number in numbers), ordered=True
            )
        else:
            self.vocabulary = coding.vocabulary(name)

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def is_lasting(self) -> bool:
        """Whether its places stay the same while the lists do."""
        return not self.is_time and not self.name.startswith(ATTRIBUTE)

    @property
    def is_of_months(self) -> bool:
        """Whether all deals of a month stand at one place of it."""
        return self.is_time and self.name != "week"

    def place_of(self, month: Month) -> int | None:
        """The one place of all the month's deals, None where they differ."""
        if not self.is_of_months:
            return None
        return self._calendar.number(month_of_number(month.number)) - self.first

    def codes(self, month: Month) -> Codes:
        if self.name == "week":
            days = (month_of_number(month.number) - EPOCH).days - 1 + month.block["day"].astype(int)
            return Codes((days + 3) // 7 - self.first)
        place = self.place_of(month)
        if place is not None:
            return Codes(np.full(len(month), place))
        return self._coding.codes(month, self.name)

    def bounds(self, code: int) -> Period:
        """The days of a period of a time axis."""
        return self._calendar.bounds(self.first + code)


@dataclass(frozen=True)
class Calendar:
    """Periods numbered one after the other."""

    number: Callable[[date], int]
    bounds: Callable[[int], Period]
    label: Callable[[date], str]

    def key(self, number: int) -> Key:
        label = self.label(self.bounds(number).since)
        return Key(label, label)


def _month_bounds(number: int) -> Period:
    first = month_of_number(number)
    return Period(first, month_end(first))


def _quarter_bounds(number: int) -> Period:
    first = month_of_number(number * 3)
    return Period(first, add_months(first, 3) - timedelta(days=1))


def _week_bounds(number: int) -> Period:
    monday = EPOCH + timedelta(days=number * 7 - 3)
    return Period(monday, monday + timedelta(days=6))


_CALENDARS = {
    "month": Calendar(month_number, _month_bounds, month_label),
    "quarter": Calendar(lambda day: month_number(day) // 3, _quarter_bounds, quarter_label),
    "week": Calendar(lambda day: ((day - EPOCH).days + 3) // 7, _week_bounds, week_label),
}


def period_bounds(dimension: str, label: str) -> Period | None:
    """The days of a period by its label, such as 2026-Q1; None for a label that is none."""
    try:
        if dimension == "month":
            first = date.fromisoformat(f"{label}-01")
        elif dimension == "quarter":
            first = date(int(label[:4]), int(label.removeprefix(f"{label[:4]}-Q")) * 3 - 2, 1)
        else:
            first = date.fromisocalendar(int(label[:4]), int(label[6:]), 1)
    except ValueError:
        return None
    calendar = _CALENDARS[dimension]
    return calendar.bounds(calendar.number(first))


def _periods_shown(calendar: Calendar, months: Sequence[Month], window: Window) -> range:
    """The periods of the window, or those that hold deals where it is open or very long."""
    if window.since and window.until:
        asked = range(calendar.number(window.since), calendar.number(window.until) + 1)
        if len(asked) <= LONGEST_EMPTY_AXIS:
            return asked
    if not months:
        return range(0)
    first = month_of_number(months[0].number)
    last = month_end(month_of_number(months[-1].number))
    first = max(first, window.since) if window.since else first
    last = min(last, window.until) if window.until else last
    return range(calendar.number(first), calendar.number(last) + 1)
