"""From recorded events to effects: fan-out into deliveries, then delivery by subscriber.

Fan-out and each batch are one transaction each. A worker killed in the middle leaves its
rows as they were, and the next one takes them: late, never lost, never twice. Several
relays may run at once: rows are claimed with FOR UPDATE SKIP LOCKED, and an event waits
while an earlier one of its subject is still owed to the same subscriber.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from outbox.models import Delivery, Event
from outbox.subscriptions import Registry, Subscription, registry

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
FAN_OUT_SIZE = 5_000
ERROR_LENGTH = 2_000
_FAN_OUT_LOCK = 0x0B0C

_FAN_OUT = """
    WITH fresh AS (
        SELECT id, kind FROM outbox_event WHERE relayed_at IS NULL
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ), owed AS (
        INSERT INTO outbox_delivery (event_id, subscriber, attempts, due_at, last_error)
        SELECT fresh.id, wanted.subscriber, 0, now(), ''
        FROM fresh JOIN unnest(%s::text[], %s::text[]) AS wanted(subscriber, kind)
            ON wanted.kind = fresh.kind
        ON CONFLICT DO NOTHING
    )
    UPDATE outbox_event SET relayed_at = now() FROM fresh WHERE outbox_event.id = fresh.id
"""

_DUE = """
    SELECT DISTINCT subscriber FROM outbox_delivery
    WHERE delivered_at IS NULL AND dead_at IS NULL AND due_at <= clock_timestamp()
"""

_CLAIM = """
    WITH locked AS (
        SELECT delivery.id, delivery.event_id, delivery.attempts, event.subject
        FROM outbox_delivery delivery JOIN outbox_event event ON event.id = delivery.event_id
        WHERE delivery.subscriber = %(subscriber)s
            AND delivery.delivered_at IS NULL AND delivery.dead_at IS NULL
            AND delivery.due_at <= clock_timestamp()
        ORDER BY delivery.event_id LIMIT %(size)s
        FOR UPDATE OF delivery SKIP LOCKED
    )
    SELECT locked.id, locked.event_id, locked.attempts, (
        SELECT max(earlier.due_at)
        FROM outbox_delivery earlier JOIN outbox_event event ON event.id = earlier.event_id
        WHERE locked.subject <> '' AND event.subject = locked.subject
            AND earlier.subscriber = %(subscriber)s
            AND earlier.delivered_at IS NULL AND earlier.dead_at IS NULL
            AND earlier.event_id < locked.event_id
            AND NOT EXISTS (SELECT FROM locked mine WHERE mine.id = earlier.id)
    ) FROM locked ORDER BY locked.event_id
"""


@dataclass(frozen=True)
class Claim:
    """One delivery whose row this transaction holds."""

    delivery_id: int
    attempts: int
    event: Event


def relay(*, subscriptions: Registry = registry) -> int:
    """Deliver all that is due; returns how many deliveries were made."""
    delivered = 0
    while True:
        relayed = fan_out(subscriptions=subscriptions)
        made = sum(_deliver_all(each) for each in _due(subscriptions))
        delivered += made
        if not relayed and not made:
            return delivered


def fan_out(*, subscriptions: Registry = registry) -> int:
    """Write a delivery for each subscriber of each new event; returns how many events.

    One relay at a time does it: two could show a later event of a subject before an
    earlier one. Another finds the lock taken and leaves the work to its holder.
    """
    pairs = subscriptions.wanted()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FAN_OUT_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        subscribers, kinds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        cursor.execute(_FAN_OUT, [FAN_OUT_SIZE, subscribers, kinds])
        return int(cursor.rowcount)


def deliver_batch(subscription: Subscription) -> int:
    """Claim one batch, run the subscriber and mark what it took, in one transaction.

    Returns how many deliveries were made or given a later date.
    """
    with transaction.atomic():
        claims, deferred = _claim(subscription)
        if not claims:
            return deferred
        settled = _Settled()
        _deliver(subscription, claims, settled)
        _mark(settled)
        return settled.count + deferred


def _due(subscriptions: Registry) -> Iterator[Subscription]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        names = {row[0] for row in cursor.fetchall()}
    return (each for each in subscriptions.all() if each.name in names)


def _deliver_all(subscription: Subscription) -> int:
    delivered = 0
    while made := deliver_batch(subscription):
        delivered += made
    return delivered


def _claim(subscription: Subscription) -> tuple[list[Claim], int]:
    """The deliveries whose turn it is, and how many were put off behind an earlier one."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"subscriber": subscription.name, "size": subscription.batch_size})
        rows = cursor.fetchall()
        waiting = [(row[0], row[3]) for row in rows if row[3] is not None]
        deferred = _put_off(waiting) if waiting else 0
    free = [row for row in rows if row[3] is None]
    events = Event.objects.in_bulk([row[1] for row in free])
    return [Claim(row[0], row[2], events[row[1]]) for row in free], deferred


def _put_off(waiting: list[tuple[int, object]]) -> int:
    """A blocked delivery falls due with the one that blocks it, so that it takes no room."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_delivery SET due_at = later.due_at
            FROM unnest(%s::bigint[], %s::timestamptz[]) AS later(id, due_at)
            WHERE outbox_delivery.id = later.id AND later.due_at > clock_timestamp()
            """,
            [[row[0] for row in waiting], [row[1] for row in waiting]],
        )
        return int(cursor.rowcount)


class _Settled:
    """What became of the claims of one batch."""

    def __init__(self) -> None:
        self.delivered: list[int] = []
        self.failed: list[tuple[Claim, str]] = []
        self.stuck_subjects: set[str] = set()

    @property
    def count(self) -> int:
        return len(self.delivered) + len(self.failed)

    def passes(self, claim: Claim) -> bool:
        return claim.event.subject == "" or claim.event.subject not in self.stuck_subjects


def _deliver(subscription: Subscription, claims: Sequence[Claim], settled: _Settled) -> None:
    """Deliver all, or halve the batch until the events that fail stand alone."""
    claims = [claim for claim in claims if settled.passes(claim)]
    if not claims:
        return
    try:
        with transaction.atomic():
            subscription.deliver([claim.event for claim in claims])
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(claims) > 1:
            half = len(claims) // 2
            _deliver(subscription, claims[:half], settled)
            _deliver(subscription, claims[half:], settled)
            return
        log.exception("%s failed on event %s", subscription.name, claims[0].event.pk)
        settled.failed.append((claims[0], f"{type(error).__name__}: {error}"))
        if claims[0].event.subject:
            settled.stuck_subjects.add(claims[0].event.subject)
    else:
        settled.delivered.extend(claim.delivery_id for claim in claims)


def _mark(settled: _Settled) -> None:
    with connection.cursor() as cursor:
        if settled.delivered:
            cursor.execute(
                "UPDATE outbox_delivery SET delivered_at = clock_timestamp(),"
                " attempts = attempts + 1 WHERE id = ANY(%s)",
                [settled.delivered],
            )
        for claim, error in settled.failed:
            _mark_failed(claim, error)


def _mark_failed(claim: Claim, error: str) -> None:
    attempts = claim.attempts + 1
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_delivery SET attempts = %s, last_error = %s,
                due_at = clock_timestamp() + %s::interval,
                dead_at = CASE WHEN %s THEN clock_timestamp() END
            WHERE id = %s
            """,
            [
                attempts,
                error[:ERROR_LENGTH].replace("\x00", ""),
                str(retry_after(attempts)),
                attempts >= MAX_ATTEMPTS,
                claim.delivery_id,
            ],
        )


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: 5 s, doubled each time, an hour at most."""
    return min(FIRST_RETRY * (1 << attempts - 1), LONGEST_RETRY)


def is_quiet() -> bool:
    """Whether nothing is waiting: no new event and no delivery that is not made or dead."""
    return not Event.objects.unrelayed().exists() and not Delivery.objects.pending().exists()
