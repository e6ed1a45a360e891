"""Debriefs: one per closing and author, every submitted version kept."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Length, Now

from common.bulk import CopyingQuerySet
from common.clock import company_today
from deals.models import Closing, Stage
from debriefs.models.requests import DebriefRequest
from debriefs.models.templates import TemplateVersion
from people.models import Membership, User

TEXT_LIMIT = 20_000

models.TextField.register_lookup(Length)


class Audience(models.TextChoices):
    """Who may read an answer."""

    PRIVATE = "private", "You and your coach"
    SALES = "sales", "Sales"
    COMPANY = "company", "The whole company"


class Rating(models.TextChoices):
    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"
    DOES_NOT_APPLY = "does_not_apply", "Does not apply"
    DONT_KNOW = "dont_know", "Don't know"


class RunnerUpBasis(models.TextChoices):
    """What says that we were the runner-up."""

    BUYER_WROTE = "buyer_wrote", "The buyer wrote it"
    SCORE_SHEET = "score_sheet", "Their score sheet"
    CALL = "call", "They said so in a call"


def closings_owed_by(user: User) -> models.QuerySet[Any, Any]:
    """The ids of closings on which `user` has begun or is asked, and has not submitted.

    What others submitted on them is kept from `user`, so that each says what they think by
    themselves. Submitting ends it, as does dismissing the request or discarding the draft.
    """
    begun = Debrief.objects.filter(author=user.pk, current_version=None).values("closing")
    asked = DebriefRequest.objects.open().filter(person=user.pk).values("closing")
    return begun.union(asked)


def kept_from(user: User) -> models.Q:
    """Parts of versions of others on the closings that `user` owes a debrief."""
    owed = models.Q(version__debrief__closing__in=closings_owed_by(user))
    return owed & ~models.Q(version__debrief__author=user.pk)


def _may_be_read_by(user: User) -> models.Q:
    """Rows with an `audience` and a `version` that `user` may read.

    A private one is read by its author and the author's coach: the one set on the person,
    else the manager of their team today. Nothing of a closing that `user` still owes.
    """
    if user.is_partner:
        return models.Q(audience=Audience.COMPANY)
    team = Membership.objects.on(company_today()).filter(team__manager=user).values("user")
    coached = models.Q(version__debrief__author__coach=user) | models.Q(
        version__debrief__author__coach=None, version__debrief__author__in=team
    )
    shared = ~models.Q(audience=Audience.PRIVATE)
    return (shared | models.Q(version__debrief__author=user.pk) | coached) & ~kept_from(user)


class DebriefQuerySet(models.QuerySet["Debrief"]):
    def visible_to(self, user: User) -> "DebriefQuerySet":
        """Submitted ones for all of sales; for a partner those with an answer for the company.

        Nobody sees what another has begun and not submitted, nor another's debrief of a
        closing before their own (`closings_owed_by`).
        """
        if user.is_partner:
            shared = Answer.objects.visible_to(user).filter(
                version=models.OuterRef("current_version")
            )
            return self.submitted().filter(models.Exists(shared))
        submitted = ~models.Q(current_version=None)
        owed = models.Q(closing__in=closings_owed_by(user))
        return self.filter(models.Q(author=user.pk) | (submitted & ~owed))

    def withheld_from(self, user: User) -> "DebriefQuerySet":
        """Submitted ones of others that `user` sees once their own is submitted or declined."""
        if user.is_partner:
            return self.none()
        return self.submitted().filter(closing__in=closings_owed_by(user)).exclude(author=user.pk)

    def of(self, author: User) -> "DebriefQuerySet":
        return self.filter(author=author)

    def drafts(self) -> "DebriefQuerySet":
        """Begun, and not submitted yet."""
        return self.filter(current_version=None)

    def submitted(self) -> "DebriefQuerySet":
        return self.exclude(current_version=None)

    def counting(self) -> "DebriefQuerySet":
        """The one debrief of each closing that the tally counts.

        The deal owner's, else the first submitted; the others serve comparison only.
        """
        first = (
            Debrief.objects.submitted()
            .filter(closing=models.OuterRef("closing"))
            .order_by(
                models.Case(
                    models.When(author=models.F("closing__deal__owner"), then=0), default=1
                ),
                "submitted_at",
                "pk",
            )
        )
        return self.submitted().filter(pk=models.Subquery(first.values("pk")[:1]))


class Debrief(models.Model):
    """What one author says of one closing. A draft until a version is submitted."""

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="debriefs")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="debriefs"
    )
    template_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, related_name="debriefs"
    )
    begun_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, help_text="When it was first submitted.")
    current_version = models.OneToOneField(
        "DebriefVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    amendable_until = models.DateTimeField(
        null=True, help_text="Set on the first submission, and again when a manager reopens it."
    )

    objects = DebriefQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "author"], name="debriefs_debrief_once_per_author"
            ),
            models.CheckConstraint(
                condition=models.Q(submitted_at=None, current_version=None)
                | models.Q(submitted_at__isnull=False, current_version__isnull=False),
                name="debriefs_debrief_submitted_has_version",
            ),
        ]
        indexes = [
            models.Index(
                fields=["author"],
                condition=models.Q(current_version=None),
                name="debriefs_debrief_begun",
            ),
        ]

    def __str__(self) -> str:
        return f"debrief of closing {self.closing_id} by {self.author_id}"


class Draft(models.Model):
    """What is being typed, changed under a row lock.

    `fields` is {name: [value, revision, writer]}; the writer is one open page. `sequences`
    keeps the number of each writer's last post, so that a delayed one is known as late.
    `active_seconds` adds up the time between saves, long pauses left out.
    """

    debrief = models.OneToOneField(Debrief, on_delete=models.CASCADE, related_name="draft")
    fields = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    sequences = models.JSONField(default=dict)
    active_seconds = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"draft of {self.debrief_id} at revision {self.revision}"

    @property
    def values(self) -> dict[str, str]:
        return {name: value for name, (value, _, _) in self.fields.items()}


class DebriefVersion(models.Model):
    """One submitted version. Immutable; the debrief's `current_version` counts.

    `facts` freezes the deal's facts at submission, so that a reader sees those it was
    written on and what has changed since.
    """

    debrief = models.ForeignKey(Debrief, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    submission_id = models.UUIDField(
        unique=True, default=uuid.uuid4, help_text="The client's: twice sent is once kept."
    )
    submitted_at = models.DateTimeField(db_default=Now())
    facts = models.JSONField(default=dict)
    was_runner_up = models.BooleanField(null=True)
    runner_up_basis = models.CharField(
        max_length=12, choices=RunnerUpBasis, blank=True, db_default=""
    )
    runner_up_evidence = models.TextField(blank=True)
    missed_sign = models.TextField(
        blank=True, db_default="", help_text="Which sign we missed, and when it showed."
    )
    missed_sign_stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unmet_need = models.TextField(
        blank=True, db_default="", help_text="The client's need that we couldn't meet."
    )
    rival_better = models.TextField(
        blank=True, db_default="", help_text="What the rival did better."
    )
    idea = models.TextField(blank=True, db_default="", help_text="What we could try.")
    seconds_to_fill = models.PositiveIntegerField(null=True)
    left_out = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="Keys of what was answered and not submitted, since its path doesn't ask it.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["debrief", "number"], name="debriefs_debriefversion_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    runner_up_evidence__length__lte=TEXT_LIMIT,
                    missed_sign__length__lte=TEXT_LIMIT,
                    unmet_need__length__lte=TEXT_LIMIT,
                    rival_better__length__lte=TEXT_LIMIT,
                    idea__length__lte=TEXT_LIMIT,
                ),
                name="debriefs_debriefversion_length",
            ),
            models.CheckConstraint(
                condition=models.Q(runner_up_basis="")
                | models.Q(
                    runner_up_basis__in=RunnerUpBasis.values,
                    was_runner_up__isnull=False,
                    was_runner_up=True,
                ),
                name="debriefs_debriefversion_runner_up",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.debrief_id}"


class AnswerQuerySet(CopyingQuerySet["Answer"]):
    def visible_to(self, user: User) -> "AnswerQuerySet":
        return self.filter(_may_be_read_by(user))


class Answer(models.Model):
    """The answer to one question: a quick rating, free text, or both."""

    version = models.ForeignKey(DebriefVersion, on_delete=models.CASCADE, related_name="answers")
    key = models.SlugField(max_length=60)
    rating = models.CharField(max_length=15, choices=Rating, blank=True)
    value = models.JSONField(
        null=True,
        help_text="Of kinds other than ratings and texts: a number, an option's key, several keys"
        " in a list, a date such as 2026-03-31, a decimal number as a string.",
    )
    text = models.TextField(blank=True)
    audience = models.CharField(max_length=8, choices=Audience)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="debriefs_answer_once"),
            models.CheckConstraint(
                condition=models.Q(rating__in=["", *Rating.values]), name="debriefs_answer_rating"
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=Audience.values), name="debriefs_answer_audience"
            ),
            models.CheckConstraint(
                condition=models.Q(text__length__lte=TEXT_LIMIT), name="debriefs_answer_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of version {self.version_id}"


class FactorScoreQuerySet(CopyingQuerySet["FactorScore"]):
    def visible_to(self, user: User) -> "FactorScoreQuerySet":
        return self.filter(_may_be_read_by(user))


class FactorScore(models.Model):
    """How much one factor hurt (-2) or helped (+2) us."""

    version = models.ForeignKey(DebriefVersion, on_delete=models.CASCADE, related_name="factors")
    key = models.SlugField(max_length=60)
    score = models.SmallIntegerField(null=True)
    note = models.TextField(blank=True)
    audience = models.CharField(max_length=8, choices=Audience)

    objects = FactorScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="debriefs_factorscore_once"),
            models.CheckConstraint(
                condition=models.Q(audience__in=Audience.values),
                name="debriefs_factorscore_audience",
            ),
            models.CheckConstraint(
                condition=models.Q(note__length__lte=TEXT_LIMIT),
                name="debriefs_factorscore_length",
            ),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__range=(-2, 2)),
                name="debriefs_factorscore_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.score}"
