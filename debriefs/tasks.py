"""Celery's entry points. Each may run twice, or never: the rows say what is left to do."""

from celery import shared_task
from django.utils import timezone

from debriefs.services import reminders
from debriefs.services.proposals import keep_proposer


@shared_task
def learn_from_debriefs() -> None:
    """Each ten minutes: train what proposes reasons, where enough was debriefed since."""
    keep_proposer()


@shared_task
def keep_escalations() -> None:
    """Every few minutes: the managers' line of debriefs that are late for good."""
    reminders.keep_escalations(at=timezone.now())


@shared_task
def repair_reminders() -> None:
    """Daily: what an error left out of line."""
    reminders.repair_reminders()


@shared_task
def keep_reviews() -> None:
    """Hourly: the lines of loss reasons whose review has come due."""
    reminders.keep_reviews()
