"""Celery's entry points."""

from celery import shared_task

from trends import services


@shared_task
def keep_tally() -> None:
    """Every minute: a first tally, or a rebuild after a changed layout or currency."""
    services.keep()
