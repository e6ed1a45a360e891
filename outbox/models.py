"""What happened, and who has yet to hear of it.

An event row is written in the transaction of the change itself, so that neither can
stand without the other; deliveries say which subscriber has taken which event.
"""

import uuid

from django.db import models
from django.db.models.functions import Now


class EventQuerySet(models.QuerySet["Event"]):
    def unrelayed(self) -> "EventQuerySet":
        return self.filter(relayed_at=None)


class Event(models.Model):
    """One thing that happened. Immutable but for `relayed_at`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(
        max_length=80,
        blank=True,
        help_text="Events of one subject, such as deal:12, are delivered in order.",
    )
    payload = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True, help_text="The person acting, a plain id.")
    recorded_at = models.DateTimeField(db_default=Now())
    relayed_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(kind=""), name="outbox_event_has_kind"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(relayed_at=None), name="outbox_event_unrelayed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def pending(self) -> "DeliveryQuerySet":
        return self.filter(delivered_at=None, dead_at=None)

    def dead(self) -> "DeliveryQuerySet":
        return self.exclude(dead_at=None)


class Delivery(models.Model):
    """What one subscriber owes one event; `delivered_at` is set with its effect."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=80)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "event"], name="outbox_delivery_once_per_subscriber"
            ),
            models.CheckConstraint(
                condition=models.Q(delivered_at=None) | models.Q(dead_at=None),
                name="outbox_delivery_delivered_or_dead",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subscriber", "event"],
                condition=models.Q(delivered_at=None, dead_at=None),
                name="outbox_delivery_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} of event {self.event_id}"
