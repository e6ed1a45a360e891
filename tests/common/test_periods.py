from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.periods import (
    Period,
    add_months,
    month_label,
    quarter_label,
    quarter_start,
    week_label,
    week_start,
)

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end on 2026-01-01 before"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


def test_both_its_days_belong_to_a_period() -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 31))
    assert (period.days, date(2026, 1, 31) in period, date(2026, 2, 1) in period) == (
        31,
        True,
        False,
    )


def test_whole_months_are_compared_with_as_many_whole_months() -> None:
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert quarter.preceding() == Period(date(2025, 10, 1), date(2025, 12, 31))


def test_a_running_period_is_compared_with_the_same_number_of_days() -> None:
    running = Period(date(2026, 3, 1), date(2026, 3, 10))
    assert running.preceding() == Period(date(2026, 2, 19), date(2026, 2, 28))


def test_the_year_before_a_leap_february_ends_with_its_month() -> None:
    february = Period(date(2024, 2, 1), date(2024, 2, 29))
    assert february.year_before() == Period(date(2023, 2, 1), date(2023, 2, 28))


def test_a_month_later_than_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


def test_a_period_names_each_month_it_touches() -> None:
    assert Period(date(2025, 12, 31), date(2026, 2, 1)).months() == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_a_week_belongs_to_the_iso_year_of_its_thursday() -> None:
    assert week_label(date(2027, 1, 1)) == "2026-W53"


def test_labels_sort_as_time_goes() -> None:
    assert (month_label(date(2026, 3, 9)), quarter_label(date(2026, 3, 9))) == (
        "2026-03",
        "2026-Q1",
    )


@given(DAYS, DAYS)
def test_the_preceding_period_ends_the_day_before(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    assert (period.since - period.preceding().until).days == 1


@given(DAYS)
def test_a_day_lies_in_its_own_week_and_quarter(day: date) -> None:
    assert week_start(day).weekday() == 0
    assert 0 <= (day - week_start(day)).days <= 6
    assert quarter_label(quarter_start(day)) == quarter_label(day)
