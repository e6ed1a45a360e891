from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

from common.working_days import is_calendar


@cache
def known_time_zones() -> frozenset[str]:
    """Read from the disk once: there are hundreds of files."""
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    if value not in known_time_zones():
        raise ValidationError(f"“{value}” is not a time zone such as Europe/Paris.")


def validate_calendar(value: str) -> None:
    if not is_calendar(value):
        raise ValidationError(f"“{value}” is not a country or region such as DE or DE-BY.")
