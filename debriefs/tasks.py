"""Celery's entry points. Each may run twice, or never: the rows say what is left to do."""

from celery import shared_task

from debriefs.services.proposals import keep_proposer


@shared_task
def learn_from_debriefs() -> None:
    """Each ten minutes: train what proposes reasons, where enough was debriefed since."""
    keep_proposer()
