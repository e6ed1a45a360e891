"""Celery's entry points. Each may run twice, or never: the rows say what is left to do."""

import logging

from celery import shared_task

from playbook.services import repair_entries

log = logging.getLogger(__name__)


@shared_task
def repair() -> None:
    """Daily: entries that an event missed. Any at all is worth a line in the log."""
    written = repair_entries()
    if written:
        log.warning("%s playbook entries differed from their source and were repaired", written)
