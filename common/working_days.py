"""Working days of a place: without its weekends and its public holidays.

A calendar is a country's code ("FR"), with a region where holidays differ ("DE-BY"); "" means
the company's, and if that is not set either, any Monday to Friday. Holidays come from the
library `holidays`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@cache
def countries() -> Mapping[str, str]:
    """The code and the English name of each country whose holidays are known, by name."""
    from holidays import list_supported_countries
    from holidays.registry import COUNTRIES

    supported = list_supported_countries(include_aliases=False)
    names = {code: _in_words(name) for name, code, *_ in COUNTRIES.values() if code in supported}
    return dict(sorted(names.items(), key=lambda entry: entry[1]))


@cache
def is_calendar(code: str) -> bool:
    """Whether `code` is a country, or a country and a region of it, whose holidays are known."""
    from holidays import list_supported_countries

    country, _, region = code.partition("-")
    regions = list_supported_countries(include_aliases=False).get(country)
    return regions is not None and ("-" not in code or region in regions)


def is_working_day(day: date, calendar: str) -> bool:
    return day not in _days_off(calendar or settings.ENV.company_calendar, day.year)


def working_day_from(day: date, calendar: str) -> date:
    """`day`, or the first working day after it."""
    while not is_working_day(day, calendar):
        day += _ONE_DAY
    return day


def after_working_time(
    start: datetime, span: timedelta, *, time_zone: str, calendar: str
) -> datetime:
    """The moment after `span`, of which only working days count, midnight to midnight there.

    48 hours from Friday at 15:00 end on Tuesday at 15:00. A span begun on a day off counts from
    the midnight that ends it. Hours are those of the clock on the wall, so that a change to
    summer time moves nothing.
    """
    zone = ZoneInfo(time_zone)
    clock = start.astimezone(zone).replace(tzinfo=None)
    if not is_working_day(clock.date(), calendar):
        clock = datetime.combine(working_day_from(clock.date(), calendar), time())
    while (left := datetime.combine(clock.date() + _ONE_DAY, time()) - clock) < span:
        span -= left
        clock = datetime.combine(working_day_from(clock.date() + _ONE_DAY, calendar), time())
    return (clock + span).replace(tzinfo=zone)


@cache
def _days_off(calendar: str, year: int) -> frozenset[date]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    if not calendar:
        return frozenset(day for day in days if day.weekday() >= _SATURDAY)
    from holidays import country_holidays

    country, _, region = calendar.partition("-")
    known = country_holidays(country, subdiv=region or None, years=year)
    return frozenset(day for day in days if not known.is_working_day(day))


def _in_words(name: str) -> str:
    """`TrinidadAndTobago` as people write it."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r"\b(And|Of|The)\b", lambda word: word[0].lower(), words)
