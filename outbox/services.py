"""Recording what happened, replaying what died, forgetting what is done."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from outbox.kick import kick_on_commit
from outbox.models import Delivery, Event

KEEP_DELIVERED = timedelta(days=30)
PRUNE_CHUNK = 10_000

_PRUNE = """
    WITH doomed AS (
        SELECT event.id FROM outbox_event event
        WHERE event.relayed_at < now() - %s::interval AND NOT EXISTS (
            SELECT FROM outbox_delivery owed
            WHERE owed.event_id = event.id AND owed.delivered_at IS NULL
        )
        ORDER BY event.id LIMIT %s FOR UPDATE OF event SKIP LOCKED
    ), made AS (
        DELETE FROM outbox_delivery USING doomed WHERE outbox_delivery.event_id = doomed.id
    )
    DELETE FROM outbox_event USING doomed WHERE outbox_event.id = doomed.id
"""


def record(
    kind: str, *, subject: str = "", payload: dict[str, Any] | None = None, by: int | None = None
) -> Event:
    """Record what happened, in the transaction of the change itself: one statement.

    `by` is the id of the person acting. Refuses to run outside a transaction, since an
    event that outlives a rolled-back change would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"record {kind!r} inside the transaction of the change that it tells of"
        )
    kick_on_commit()
    return Event.objects.create(kind=kind, subject=subject, payload=payload or {}, actor_id=by)


@transaction.atomic
def replay(delivery_ids: Iterable[int]) -> int:
    """Give dead deliveries a fresh set of attempts; returns how many were dead."""
    revived = (
        Delivery.objects.dead()
        .filter(pk__in=list(delivery_ids))
        .update(dead_at=None, attempts=0, due_at=Now())
    )
    kick_on_commit()
    return revived


def prune_events() -> int:
    """Delete events that every subscriber took more than 30 days ago; returns how many.

    Events with a dead delivery stay until somebody replays them.
    """
    pruned = 0
    while chunk := _prune_chunk():
        pruned += chunk
    return pruned


@transaction.atomic
def _prune_chunk() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [str(KEEP_DELIVERED), PRUNE_CHUNK])
        return int(cursor.rowcount)


def replay_all() -> int:
    """Give every dead delivery a fresh set of attempts; returns how many there were."""
    return replay(Delivery.objects.dead().values_list("pk", flat=True))
