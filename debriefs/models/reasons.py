"""The two-level list of loss reasons."""

from django.conf import settings
from django.db import models


class ReasonGroup(models.Model):
    """The upper level: what kind of reason it is."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ReasonKind(models.TextChoices):
    ORDINARY = "ordinary", "Ordinary"
    OTHER = "other", "Other"
    DONT_KNOW = "dont_know", "Don't know"


class LossReasonQuerySet(models.QuerySet["LossReason"]):
    def choosable(self) -> "LossReasonQuerySet":
        """Those that a new debrief may cite."""
        return self.filter(retired_at=None, merged_into=None)


class LossReason(models.Model):
    """A reason that a debrief can cite. "Other" and "don't know" must carry text."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    group = models.ForeignKey(ReasonGroup, on_delete=models.PROTECT, related_name="reasons")
    definition = models.TextField()
    example = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=ReasonKind, default=ReasonKind.ORDINARY)
    asks_price_checks = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A debrief that cites it is asked whether it truly was the price.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    review_on = models.DateField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_reasons"
    )

    objects = LossReasonQuerySet.as_manager()

    class Meta:
        ordering = ["group__position", "position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")),
                name="debriefs_lossreason_not_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ReasonKind.values), name="debriefs_lossreason_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_text(self) -> bool:
        return self.kind != ReasonKind.ORDINARY
