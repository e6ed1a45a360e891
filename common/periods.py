"""Calendar periods: days are dates in the company's time zone, bounds are inclusive."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Period:
    """The days from `since` to `until`, both included."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError(
                f"a period cannot end on {self.until} before it begins on {self.since}"
            )

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.since <= day <= self.until

    def preceding(self) -> "Period":
        """The same number of days just before, with which a running period is compared.

        Whole calendar months are compared with as many whole months before them.
        """
        if self.is_whole_months():
            months = months_between(self.since, self.until) + 1
            return Period(add_months(self.since, -months), month_end(add_months(self.since, -1)))
        return Period(self.since - timedelta(days=self.days), self.since - timedelta(days=1))

    def year_before(self) -> "Period":
        """The same days one year earlier."""
        end = add_months(self.until, -12)
        return Period(
            add_months(self.since, -12),
            month_end(end) if self.until == month_end(self.until) else end,
        )

    def is_whole_months(self) -> bool:
        return self.since.day == 1 and self.until == month_end(self.until)

    def months(self) -> list[date]:
        """The first day of each month that the period touches."""
        count = months_between(self.since, self.until) + 1
        return [add_months(month_start(self.since), n) for n in range(count)]


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_between(first: date, last: date) -> int:
    """Whole month steps from the month of `first` to the month of `last`."""
    return (last.year - first.year) * 12 + last.month - first.month


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


def quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def week_start(day: date) -> date:
    """Monday of the ISO week."""
    return day - timedelta(days=day.weekday())


def month_label(day: date) -> str:
    """`2026-03`"""
    return f"{day.year:04d}-{day.month:02d}"


def quarter_label(day: date) -> str:
    """`2026-Q1`"""
    return f"{day.year:04d}-Q{(day.month - 1) // 3 + 1}"


def week_label(day: date) -> str:
    """`2026-W09`, the ISO year and week."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"
