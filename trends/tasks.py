"""Celery's entry points."""

from celery import shared_task
from django.utils import timezone

from common.clock import company_today
from trends import services
from trends.dashboard.weekly import write_weekly_views
from trends.participation.quality import measure_quality
from trends.signals import services as signals


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


@shared_task
def look_for_signals() -> None:
    """Every few minutes: look at a tally that wasn't looked at today, and forget old looks."""
    signals.look_for_signals()
    signals.prune_looks(today=company_today())
