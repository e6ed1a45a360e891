"""Celery's entry points. Each may run twice, or never: the rows say what is left to do."""

from celery import shared_task

from outbox import kick, relay, services


@shared_task
def relay_now() -> None:
    """A commit asked for it."""
    kick.taken()
    relay.relay()


@shared_task
def sweep() -> None:
    """Every few seconds: what a kick missed, and retries that fall due."""
    relay.relay()


@shared_task
def prune() -> None:
    """Daily: forget what everybody has long taken."""
    services.prune_events()
