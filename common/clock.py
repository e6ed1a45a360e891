"""Today, as the company counts days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def company_today() -> date:
    """The calendar date now in the company's time zone, never the viewer's."""
    return company_day(timezone.now())


def company_day(moment: datetime) -> date:
    """The calendar date of a moment in the company's time zone."""
    return moment.astimezone(ZoneInfo(settings.ENV.company_time_zone)).date()
