"""Recording what happened. Delivery stands in `outbox.relay`."""

from typing import Any

from django.db import transaction

from outbox.models import Event


def record(
    kind: str, *, subject: str = "", payload: dict[str, Any] | None = None, by: int | None = None
) -> Event:
    """Record what happened, in the transaction of the change itself.

    `by` is the id of the person acting. Refuses to run outside a transaction, since an
    event that outlives a rolled-back change would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"record {kind!r} inside the transaction of the change that it tells of"
        )
    return Event.objects.create(kind=kind, subject=subject, payload=payload or {}, actor_id=by)
