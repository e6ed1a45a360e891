"""A real worker killed in the middle of a tally, a broker that stops: late, never lost, never twice."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import IO

import psycopg2
import pytest
from django.db import connection

from deals.models import Closing
from debriefs.models import Debrief
from debriefs.services.drafts import begin_debrief
from debriefs.services.submission import submit_debrief
from outbox.models import Delivery
from outbox.relay import is_quiet
from people.models import User
from reflection.embedded.valkey import Valkey, broker_url, cache_url
from reflection.environment import PROJECT_ROOT
from tests.debriefs.submissions import quick
from tests.factories import UserFactory, closed_deal
from tests.instances import clean_environment, wait_for
from tests.settings import BROKER_LAYOUT
from trends import services
from trends.check import check
from trends.engine import run
from trends.query import TrendQuery

SUBMISSIONS = 200


class Worker:
    """`celery worker --beat` on the test's own database and broker."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.home / "worker.log").open("ab") as log:
            self.process = self._spawn(log)

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        database = connection.settings_dict
        url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app", "reflection", "worker", "--beat"),
                *("--pool", "threads", "--concurrency", "2"),
                *("--schedule", str(self.home / f"beat-{uuid.uuid4().hex}")),
                *("--without-gossip", "--without-mingle"),
            ],
            cwd=PROJECT_ROOT,
            env=clean_environment(
                DATA_DIR=str(self.home),
                DATABASE_URL=url,
                BROKER_URL=broker_url(BROKER_LAYOUT),
                CACHE_URL=cache_url(BROKER_LAYOUT),
            ),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    made = Worker(tmp_path)
    yield made
    made.kill()


def submit(closing: Closing, author: User) -> float:
    """Submit a debrief; returns the seconds it took."""
    debrief = begin_debrief(closing, author=author)
    begun = time.monotonic()
    submit_debrief(debrief, quick(), submission_id=uuid.uuid4(), by=author)
    return time.monotonic() - begun


def is_tallying() -> bool:
    """Whether some transaction waits for the tally's lock, its events claimed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def debriefed() -> int:
    return run(TrendQuery(), None).coverage.debriefed


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_tally_and_a_stopped_broker_lose_nothing(
    valkey: Valkey, worker: Worker
) -> None:
    author = UserFactory.create()
    closings = [closed_deal(owner=author) for _ in range(SUBMISSIONS)]
    services.rebuild()
    worker.start()

    held = psycopg2.connect(_dsn())
    held.autocommit = True
    held.cursor().execute("SELECT pg_advisory_lock(%s)", [services.LOCK])
    for closing in closings[:100]:
        submit(closing, author)
    assert wait_for(is_tallying, timeout=60), "the worker never came to the tally"
    worker.kill()
    assert debriefed() == 0
    held.close()

    valkey.stop()
    assert median(submit(closing, author) for closing in closings[100:]) < 0.5
    valkey.start()
    worker.start()

    assert wait_for(is_quiet, timeout=120), "deliveries are still owed"
    assert Debrief.objects.submitted().count() == SUBMISSIONS
    assert debriefed() == SUBMISSIONS
    assert not Delivery.objects.dead().exists()
    assert check().differences == []


def _dsn() -> str:
    database = connection.settings_dict
    return f"host={database['HOST']} user={database['USER']} dbname={database['NAME']}"
