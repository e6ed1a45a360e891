"""Which days are working days where, and when a span of working time ends."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from common.working_days import (
    after_working_time,
    countries,
    is_calendar,
    is_working_day,
    working_day_from,
)


def test_a_calendar_is_a_country_or_a_region_of_one() -> None:
    known = {code: is_calendar(code) for code in ("DE", "DE-BY", "DE-", "DE-XX", "XX", "", "de")}
    assert known == {
        "DE": True,
        "DE-BY": True,
        "DE-": False,
        "DE-XX": False,
        "XX": False,
        "": False,
        "de": False,
    }


def test_countries_are_named_in_words_and_ordered() -> None:
    names = list(countries().values())
    assert names == sorted(names)
    assert [countries()[code] for code in ("DE", "US", "CD", "TT")] == [
        "Germany",
        "United States",
        "DR Congo",
        "Trinidad and Tobago",
    ]


@pytest.mark.parametrize(
    ("day", "calendar", "works"),
    [
        (date(2026, 1, 6), "DE", True),
        (date(2026, 1, 6), "DE-BY", False),  # Epiphany, a holiday in Bavaria
        (date(2026, 7, 14), "FR", False),
        (date(2026, 7, 14), "US", True),
        (date(2026, 11, 26), "US", False),
        (date(2026, 12, 25), "", True),  # no calendar, no holidays
        (date(2026, 11, 27), "IR", False),  # a Friday
        (date(2026, 11, 29), "IR", True),  # a Sunday
        (date(2026, 11, 29), "", False),
    ],
)
def test_a_working_day_is_neither_weekend_nor_holiday_there(
    day: date, calendar: str, works: bool
) -> None:
    assert is_working_day(day, calendar) is works


def test_without_a_calendar_the_companys_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.ENV, "company_calendar", "FR")
    assert not is_working_day(date(2026, 7, 14), "")
    assert working_day_from(date(2026, 12, 25), "") == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("begun", "calendar", "ended"),
    [
        ("2026-11-23T09:00", "", "2026-11-25T09:00"),  # Monday to Wednesday
        ("2026-11-20T15:00", "", "2026-11-24T15:00"),  # Friday to Tuesday
        ("2026-11-21T15:00", "", "2026-11-25T00:00"),  # a Saturday counts from Monday
        ("2026-11-25T09:00", "US", "2026-11-30T09:00"),  # over Thanksgiving and a weekend
        ("2026-12-23T10:00", "DE", "2026-12-28T10:00"),  # over Christmas
    ],
)
def test_48_hours_count_on_working_days_only(begun: str, calendar: str, ended: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(begun).replace(tzinfo=zone)
    end = after_working_time(
        start, timedelta(hours=48), time_zone="Europe/Berlin", calendar=calendar
    )
    assert end.isoformat(timespec="minutes")[:16] == ended


def test_the_clock_on_the_wall_counts_when_summer_time_begins() -> None:
    end = after_working_time(
        datetime.fromisoformat("2026-03-27T13:00+00:00"),  # a Friday, 14:00 in Berlin
        timedelta(hours=24),
        time_zone="Europe/Berlin",
        calendar="",
    )
    assert end.isoformat() == "2026-03-30T14:00:00+02:00"
