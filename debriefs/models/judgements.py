"""What others make of an author's reasons; what the author cited is never changed."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from debriefs.models.debriefs import DebriefVersion
from debriefs.models.reasons import LossReason, ReasonChange


class RecodingQuerySet(models.QuerySet["Recoding"]):
    def in_force(self) -> "RecodingQuerySet":
        return self.filter(taken_back_at=None)

    def triaged(self) -> "RecodingQuerySet":
        """Those that say what an “other” or “don't know” was."""
        return self.filter(split=None)

    def after_split(self) -> "RecodingQuerySet":
        """Those that give a citation of a split reason one of the parts."""
        return self.exclude(split=None)


class Recoding(models.Model):
    """In this version, `reason` stands for `into`.

    After a split (`split` is the change) it says which part was meant, and counts in
    today's list. Without one it is a triage of “other” or “don't know”, and counts in the
    confirmed judgement. Earlier ones are kept, taken back.
    """

    version = models.ForeignKey(DebriefVersion, on_delete=models.CASCADE, related_name="recodings")
    reason = models.ForeignKey(LossReason, on_delete=models.PROTECT, related_name="recodings")
    into = models.ForeignKey(LossReason, on_delete=models.PROTECT, related_name="recoded_into_it")
    split = models.ForeignKey(
        ReasonChange, null=True, on_delete=models.CASCADE, related_name="recodings"
    )
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = RecodingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "reason"],
                condition=models.Q(taken_back_at=None, split=None),
                name="debriefs_recoding_triaged_once",
            ),
            models.UniqueConstraint(
                fields=["version", "reason"],
                condition=models.Q(taken_back_at=None, split__isnull=False),
                name="debriefs_recoding_after_split_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(into=models.F("reason")),
                name="debriefs_recoding_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} of version {self.version_id} is {self.into_id}"


class ReasonJudgementQuerySet(models.QuerySet["ReasonJudgement"]):
    def in_force(self) -> "ReasonJudgementQuerySet":
        return self.filter(withdrawn_at=None)


class ReasonJudgement(models.Model):
    """A manager above the author confirms the reasons of a version, or changes them.

    One is in force per version; earlier ones are kept, withdrawn.
    """

    version = models.ForeignKey(DebriefVersion, on_delete=models.CASCADE, related_name="judgements")
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField(db_default=Now())
    agrees = models.BooleanField(help_text="The manager's reasons are the author's.")
    note = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ReasonJudgementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=models.Q(withdrawn_at=None),
                name="debriefs_reasonjudgement_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"judgement of version {self.version_id}"


class JudgedReason(models.Model):
    """A reason that the manager's judgement names, ranked."""

    judgement = models.ForeignKey(ReasonJudgement, on_delete=models.CASCADE, related_name="reasons")
    rank = models.PositiveSmallIntegerField(help_text="1 is the primary reason.")
    reason = models.ForeignKey(LossReason, on_delete=models.PROTECT, related_name="judged")

    class Meta:
        ordering = ["judgement", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["judgement", "rank"], name="debriefs_judgedreason_rank"
            ),
            models.UniqueConstraint(
                fields=["judgement", "reason"], name="debriefs_judgedreason_once"
            ),
            models.CheckConstraint(
                condition=models.Q(rank__range=(1, 3)), name="debriefs_judgedreason_at_most_three"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.reason_id}"
