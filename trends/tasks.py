"""Celery's entry points."""

from celery import shared_task
from django.utils import timezone

from trends import services
from trends.dashboard.weekly import write_weekly_views
from trends.participation.quality import measure_quality


@shared_task
def keep_tally() -> None:
    """Every minute: a first tally, or a rebuild after a changed layout or currency."""
    services.keep()


@shared_task
def measure_participation() -> None:
    """Every minute: measure the versions submitted since, a bounded number at once."""
    measure_quality()


@shared_task
def mail_views() -> None:
    """Every few minutes: the letters of saved views whose hour has come."""
    write_weekly_views(at=timezone.now())
