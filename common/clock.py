"""Today, as the company counts days."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def company_today() -> date:
    """The calendar date now in the company's time zone, never the viewer's."""
    return timezone.now().astimezone(ZoneInfo(settings.ENV.company_time_zone)).date()
