"""Celery's entry points."""

from celery import shared_task

from trends import services
from trends.participation.quality import measure_quality


@shared_task
def keep_tally() -> None:
    """Every minute: a first tally, or a rebuild after a changed layout or currency."""
    services.keep()


@shared_task
def measure_participation() -> None:
    """Every minute: measure the versions submitted since, a bounded number at once."""
    measure_quality()
