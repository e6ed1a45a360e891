"""Requests: a closing waits for somebody's debrief."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from deals.models import Closing
from people.access import people_below
from people.models import User


class DebriefRequestQuerySet(models.QuerySet["DebriefRequest"]):
    def open(self) -> "DebriefRequestQuerySet":
        """Neither done nor dismissed, of a closing that still stands."""
        return self.filter(done_at=None, dismissed_at=None, closing__reopened_at=None)

    def of(self, person: User) -> "DebriefRequestQuerySet":
        return self.filter(person=person)

    def of_people_below(self, manager: User) -> "DebriefRequestQuerySet":
        return self.filter(person__in=people_below(manager)).exclude(person=manager)

    def reminding(self, *, at: datetime) -> "DebriefRequestQuerySet":
        """Open ones whose reminders have not ended by themselves."""
        return self.open().filter(reminded_until__gt=at)

    def escalated(self, *, at: datetime) -> "DebriefRequestQuerySet":
        """Late for good; a second view that somebody asked for is between the two of them."""
        return self.reminding(at=at).filter(escalates_at__lte=at, asked_by=None)

    def awake(self, *, at: datetime) -> "DebriefRequestQuerySet":
        return self.exclude(snoozed_until__gt=at)

    def ended_by(self, closing_id: int, *, author_id: int) -> "DebriefRequestQuerySet":
        """Those that this author's debrief answers: the author's own, and what they handed over.

        Who passed a request on and writes all the same leaves nothing to wait for: the owner's
        debrief counts, else the first. A second view that somebody asked for is wanted still.
        """
        passed_on = RequestHandover.objects.filter(
            request=models.OuterRef("pk"), from_person=author_id
        )
        return self.filter(
            models.Q(person=author_id)
            | models.Q(models.Exists(passed_on), asked_by=None, dismissed_at=None),
            closing=closing_id,
            done_at=None,
        )

    def with_handover(self) -> "DebriefRequestQuerySet":
        """Each with `handed_from` and `handed_because` of the last time it changed hands, or None."""
        last = RequestHandover.objects.filter(request=models.OuterRef("pk")).order_by("-pk")
        return self.annotate(
            handed_from=models.Subquery(last.values("from_person__full_name")[:1]),
            handed_because=models.Subquery(last.values("because")[:1]),
        )


class DebriefRequest(models.Model):
    """A closing waits for this person's debrief: its owner's, or one that somebody asked for.

    The person's manager hears of it at `escalates_at`, and nobody after `reminded_until`.
    """

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="requests")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="debrief_requests"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who wants a second view; empty where the closing itself asks its owner.",
    )
    requested_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    escalates_at = models.DateTimeField(null=True)
    reminded_until = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_because = models.TextField(blank=True)

    objects = DebriefRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "person"], name="debriefs_debriefrequest_once"
            ),
            models.CheckConstraint(
                condition=models.Q(dismissed_at=None) | ~models.Q(dismissed_because=""),
                name="debriefs_debriefrequest_dismissed_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(snoozed_until=None)
                | models.Q(escalates_at__isnull=False, escalates_at__gte=models.F("snoozed_until")),
                name="debriefs_debriefrequest_snoozed_until_escalation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "due_at"],
                condition=models.Q(done_at=None, dismissed_at=None),
                name="debriefs_request_open",
            ),
            models.Index(
                fields=["escalates_at"],
                condition=models.Q(done_at=None, dismissed_at=None),
                name="debriefs_request_escalating",
            ),
        ]

    def __str__(self) -> str:
        return f"request to {self.person_id} for closing {self.closing_id}"


class RequestHandover(models.Model):
    """A request changed hands: who had it, who has it, and why. Never changed or removed."""

    request = models.ForeignKey(DebriefRequest, on_delete=models.CASCADE, related_name="handovers")
    from_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    because = models.TextField()
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    handed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(because=""), name="debriefs_requesthandover_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.request_id} from {self.from_person_id} to {self.to_person_id}"
