"""Celery's entry points. Each may run twice, or never: the import's state says what is left."""

from celery import shared_task

from deals.imports.worker import work_on, work_on_all


@shared_task
def work_on_import(run_id: int) -> None:
    """A page asked for it."""
    work_on(run_id)


@shared_task
def resume_imports() -> None:
    """Each minute: imports that a killed worker or a lost message left behind."""
    work_on_all()
