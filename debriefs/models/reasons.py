"""The two-level list of loss reasons, and its history."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from common.audit import audited

LONGEST_NAME = 80
BEFORE_THE_SPLIT = " (before the split)"


class ReasonGroupQuerySet(models.QuerySet["ReasonGroup"]):
    def standing(self) -> "ReasonGroupQuerySet":
        """Those to which a reason may belong."""
        return self.filter(retired_at=None)


@audited()
class ReasonGroup(models.Model):
    """The upper level: what kind of reason it is."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=LONGEST_NAME)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ReasonGroupQuerySet.as_manager()

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
        return self.filter(retired_at=None, merged_into=None, split_at=None)

    def ordinary(self) -> "LossReasonQuerySet":
        """Those that say what it was, unlike “other” and “don't know”."""
        return self.filter(kind=ReasonKind.ORDINARY)

    def due_for_review(self, *, on: date) -> "LossReasonQuerySet":
        """Choosable ones whose review date has come."""
        return self.choosable().filter(review_on__lte=on)


@audited()
class LossReason(models.Model):
    """A reason that a debrief can cite. "Other" and "don't know" must carry text.

    Name, group, merge, split and retirement are those of today, worked out from the
    changes that stand (`debriefs.reading`); a split one's name says so.
    """

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=LONGEST_NAME + len(BEFORE_THE_SPLIT))
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
    split_at = models.DateTimeField(null=True, blank=True)
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

    @property
    def is_choosable(self) -> bool:
        return self.retired_at is None and self.merged_into_id is None and self.split_at is None


class ChangeKind(models.TextChoices):
    """What can happen to a reason, or (the first four and the last) to a group."""

    ADDED = "added", "Added"
    RENAMED = "renamed", "Renamed"
    RETIRED = "retired", "Retired"
    ORDERED = "ordered", "Put in another place"
    MOVED = "moved", "Moved"
    MERGED = "merged", "Merged"
    SPLIT = "split", "Split"
    EDITED = "edited", "Described anew"


# Those that can be taken back; what is described or ordered is described or ordered again.
REVERSIBLE = (
    ChangeKind.RENAMED,
    ChangeKind.RETIRED,
    ChangeKind.MOVED,
    ChangeKind.MERGED,
    ChangeKind.SPLIT,
)


class ReasonChangeQuerySet(models.QuerySet["ReasonChange"]):
    def in_force(self) -> "ReasonChangeQuerySet":
        """Those not taken back, in the order in which they took effect."""
        return self.filter(taken_back_at=None).order_by("since", "pk")


@audited()
class ReasonChange(models.Model):
    """One change of the list: what, from which day, by whom.

    What was before is kept where the reading of a citation depends on it: the first change
    ever made tells how a reason first stood.
    """

    reason = models.ForeignKey(
        LossReason, null=True, on_delete=models.CASCADE, related_name="changes"
    )
    of_group = models.ForeignKey(
        ReasonGroup, null=True, on_delete=models.CASCADE, related_name="changes"
    )
    kind = models.CharField(max_length=10, choices=ChangeKind)
    since = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name_before = models.CharField(max_length=LONGEST_NAME, blank=True)
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    group_before = models.ForeignKey(
        ReasonGroup, null=True, on_delete=models.PROTECT, related_name="+"
    )
    group = models.ForeignKey(ReasonGroup, null=True, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(
        LossReason, null=True, on_delete=models.PROTECT, related_name="merges_into_it"
    )
    parts = models.ManyToManyField(LossReason, related_name="splits_into_it")
    details = models.JSONField(
        default=dict, help_text="What was described anew: {field: [before, after]}."
    )

    objects = ReasonChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason=None, of_group__isnull=False)
                | models.Q(reason__isnull=False, of_group=None),
                name="debriefs_reasonchange_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ChangeKind.values), name="debriefs_reasonchange_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=ChangeKind.RENAMED)
                | ~models.Q(name="") & ~models.Q(name_before=""),
                name="debriefs_reasonchange_renamed_has_names",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=ChangeKind.MOVED)
                | models.Q(group__isnull=False, group_before__isnull=False),
                name="debriefs_reasonchange_moved_has_groups",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=ChangeKind.MERGED) | models.Q(into__isnull=False),
                name="debriefs_reasonchange_merged_has_target",
            ),
            models.CheckConstraint(
                condition=models.Q(into=None) | ~models.Q(into=models.F("reason")),
                name="debriefs_reasonchange_not_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None) | models.Q(kind__in=REVERSIBLE),
                name="debriefs_reasonchange_reversible",
            ),
            models.UniqueConstraint(
                fields=["reason", "kind"],
                condition=models.Q(
                    kind__in=[ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.RETIRED],
                    taken_back_at=None,
                ),
                name="debriefs_reasonchange_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.since}"

    @property
    def is_reversible(self) -> bool:
        return self.taken_back_at is None and self.kind in REVERSIBLE
