"""One worker at an import at a time; when it dies, another goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, transaction

from deals.imports.engine import check_import, run_import
from deals.models import ImportRun, ImportState

log = structlog.get_logger(__name__)

_LOCKS = 0x1A90
PROGRESS_SECONDS = 600


def start_soon(run: ImportRun) -> None:
    """Ask a worker to begin once this is committed; without a broker the next sweep finds it."""
    from deals.tasks import work_on_import

    def ask() -> None:
        try:
            work_on_import.delay(run.pk)
        except work_on_import.OperationalError as error:
            log.warning("the broker took no import; the sweep will start it", error=str(error))

    transaction.on_commit(ask)


def work_on(run_id: int) -> None:
    """Check or carry out an import, whichever it waits for. Gone, done or taken: nothing to do."""
    with _only_one_at(run_id) as is_ours:
        run = ImportRun.objects.working().filter(pk=run_id).first() if is_ours else None
        if run is None:
            return
        work = check_import if run.state == ImportState.CHECKING else run_import
        try:
            work(run, progress=lambda done, total: remember_progress(run_id, done, total))
        except (InterfaceError, OperationalError):
            raise  # the database went away: the next sweep goes on
        except Exception:
            _stop(run_id)
            raise


def _stop(run_id: int) -> None:
    """A fault of ours would come back each minute: stop here, and say so."""
    why = "Something went wrong on our side; the administrator finds it in the log."
    ImportRun.objects.working().filter(pk=run_id).update(state=ImportState.FAILED, failure=why)


def work_on_all() -> None:
    for run_id in list(ImportRun.objects.working().values_list("pk", flat=True)):
        work_on(run_id)


def remember_progress(run_id: int, done: int, total: int) -> None:
    cache.set(_key(run_id), (done, total), PROGRESS_SECONDS)


def progress_of(run: ImportRun) -> tuple[int, int]:
    """Rows done and in all; of a check as far as it last said."""
    if run.state == ImportState.CHECKING:
        done, total = cache.get(_key(run.pk)) or (0, run.total)
        return done, total
    return run.cursor, run.total


def _key(run_id: int) -> str:
    return f"deals:import:{run_id}"


@contextmanager
def _only_one_at(run_id: int) -> Iterator[bool]:
    """A lock of the database's session: it goes when its worker does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, run_id])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, run_id])
