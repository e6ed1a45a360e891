"""What the page of dead deliveries shows."""

from dataclasses import dataclass
from datetime import datetime

from outbox.models import Delivery

PAGE_SIZE = 50


@dataclass(frozen=True)
class DeadLetter:
    """A delivery that failed for the last time."""

    id: int
    subscriber: str
    kind: str
    subject: str
    recorded_at: datetime
    dead_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True)
class DeadLetterPage:
    """`count` is of all dead ones, `waiting` of those that will be tried again by themselves."""

    rows: list[DeadLetter]
    count: int
    waiting: int
    before: int | None


def dead_letters(*, before: int | None = None) -> DeadLetterPage:
    """The dead deliveries, latest first, from below the id `before`."""
    dead = Delivery.objects.dead()
    chosen = dead.filter(pk__lt=before) if before else dead
    found = list(chosen.select_related("event").order_by("-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return DeadLetterPage(
        rows=[_row(delivery) for delivery in shown],
        count=dead.count(),
        waiting=Delivery.objects.pending().filter(attempts__gt=0).count(),
        before=shown[-1].pk if len(found) > PAGE_SIZE else None,
    )


def _row(delivery: Delivery) -> DeadLetter:
    assert delivery.dead_at is not None
    return DeadLetter(
        id=delivery.pk,
        subscriber=delivery.subscriber,
        kind=delivery.event.kind,
        subject=delivery.event.subject,
        recorded_at=delivery.event.recorded_at,
        dead_at=delivery.dead_at,
        attempts=delivery.attempts,
        error=delivery.last_error,
    )
