"""Wake the relay right after a commit, through the broker, at no cost to the request.

A thread of its own publishes, so a broker that is down or hangs never holds up nor fails
the request. What a kick misses the sweep finds within seconds.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction

log = logging.getLogger(__name__)

QUEUED_KEY = "outbox:kick-queued"
QUEUED_SECONDS = 30
PAUSE_AFTER_FAILURE = 5.0


class Kicker:
    """Publishes at most one kick at a time; after a failure it leaves the broker alone a while."""

    def __init__(self, publish: Callable[[], None]) -> None:
        self._publish = publish
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._retry_at = 0.0

    def kick(self) -> None:
        """Ask for a relay soon. Returns at once and raises nothing."""
        if time.monotonic() < self._retry_at:
            return
        self._ensure_thread()
        self._wanted.set()

    def _ensure_thread(self) -> None:
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._wanted = threading.Event()
            thread = threading.Thread(target=self._serve, name="outbox-kick", daemon=True)
            thread.start()
            self._pid = os.getpid()

    def _serve(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            self._try()

    def _try(self) -> None:
        try:
            self._publish()
        except Exception as error:
            self._retry_at = time.monotonic() + PAUSE_AFTER_FAILURE
            log.warning("the broker took no kick (%s); the sweep will deliver", error)


def publish() -> None:
    """Put one relay message on the broker unless one is already waiting there."""
    from outbox.tasks import relay_now

    if not cache.add(QUEUED_KEY, 1, timeout=QUEUED_SECONDS):
        return
    try:
        relay_now.apply_async(retry=False, expires=QUEUED_SECONDS)
    except Exception:
        cache.delete(QUEUED_KEY)
        raise


kicker = Kicker(publish)


def kick() -> None:
    """Wake the relay; called after a commit."""
    kicker.kick()


def kick_on_commit() -> None:
    """Wake the relay when the running transaction commits."""
    transaction.on_commit(kick, robust=True)


def taken() -> None:
    """A relay begins: what is committed from now on needs a kick of its own."""
    cache.delete(QUEUED_KEY)
