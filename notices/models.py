"""What is due for whom, and the one digest a day that tells them of it."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from people.models import Channel, User

LATEST = timedelta(hours=4)
MAX_ATTEMPTS = 5


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, person: User) -> "NoticeQuerySet":
        return self.filter(person=person)

    def open(self, *, at: datetime) -> "NoticeQuerySet":
        """Those that a digest sent at that moment would list."""
        return self.filter(ended_at=None, shown_from__lte=at, shown_until__gt=at)

    def by_urgency(self) -> "NoticeQuerySet":
        return self.order_by(models.F("due_at").asc(nulls_last=True), "pk")


class Notice(models.Model):
    """One thing that waits for one person, as the app that wrote it tells it.

    An app knows its notices by kind and subject; writing one again changes it. It is listed
    from `shown_from` until `shown_until`, which ends reminders by itself, or until the app
    ends it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=60, help_text="Such as debriefs.requested.")
    subject = models.CharField(max_length=80, help_text="Such as closing:12.")
    text = models.CharField(max_length=300)
    path = models.CharField(max_length=300, help_text="Where one does it, within this instance.")
    due_at = models.DateTimeField(null=True)
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "subject"], name="notices_notice_once"
            ),
            models.CheckConstraint(
                condition=models.Q(path__startswith="/"), name="notices_notice_path_within"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "shown_from"],
                condition=models.Q(ended_at=None),
                name="notices_notice_open",
            ),
            models.Index(fields=["kind", "subject"], name="notices_notice_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} for {self.person_id}"


class Sendable(models.Model):
    """Something that is handed over once, to one person, at its hour or up to four hours late.

    `leased_until` is until when one worker has it; after that another takes it. `begun_at` is
    set, and committed, just before the byte without which the mail server or the chat hasn't
    got it: from then on nobody sends it again unless it is refused, since whether it arrived
    can't be known until the answer, upon which `sent_at` is set.
    """

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="Known outside: Message-ID, idempotency key."
    )
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def went_wrong(self, *, at: datetime) -> bool:
        """Whether it did not arrive, or nobody knows, and no worker is about to send it."""
        is_on_its_way = self.failed_at is None and self.leased_until > at
        return self.sent_at is None and not is_on_its_way


def _to_send(rows: Any, at: datetime) -> Any:
    """Not yet handed over, leased by nobody, and not too late for their hour."""
    return rows.filter(
        begun_at=None,
        failed_at=None,
        leased_until__lte=at,
        due_at__gt=at - LATEST,
        attempts__lt=MAX_ATTEMPTS,
    )


class DigestQuerySet(models.QuerySet["Digest"]):
    def to_send(self, *, at: datetime) -> "DigestQuerySet":
        found: DigestQuerySet = _to_send(self, at)
        return found


class Digest(Sendable):
    """One person's digest of one local day: there is never a second. Due at the hour they chose."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests"
    )
    day = models.DateField(help_text="Where the person is.")
    due_at = models.DateTimeField(help_text="The hour that the person chose, on that day.")
    channel = models.CharField(max_length=4, choices=Channel)

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="notices_digest_one_a_day"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(begun_at__isnull=False),
                name="notices_digest_sent_was_begun",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(failed_at=None),
                name="notices_digest_sent_or_failed",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=[Channel.MAIL, Channel.CHAT]),
                name="notices_digest_channel_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(begun_at=None, failed_at=None),
                name="notices_digest_to_send",
            ),
        ]

    def __str__(self) -> str:
        return f"digest of {self.person_id} on {self.day}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def to_send(self, *, at: datetime) -> "LetterQuerySet":
        found: LetterQuerySet = _to_send(self, at)
        return found


class Letter(Sendable):
    """A mail of its own that an app wrote for one person, such as a saved view each week.

    `key` says what it is of, so that it is written once. What it says is forgotten once it
    was handed over.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters"
    )
    key = models.CharField(
        max_length=120, unique=True, help_text="Such as trends.view:12:2026-W48."
    )
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    picture = models.BinaryField(null=True, help_text="A PNG that the HTML shows as cid:picture.")
    leave_path = models.CharField(
        max_length=300,
        help_text="Where one click ends letters like this one, within this instance.",
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(begun_at__isnull=False),
                name="notices_letter_sent_was_begun",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(failed_at=None),
                name="notices_letter_sent_or_failed",
            ),
            models.CheckConstraint(
                condition=models.Q(leave_path__startswith="/"), name="notices_letter_leave_within"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(begun_at=None, failed_at=None),
                name="notices_letter_to_send",
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.key} to {self.person_id}"
