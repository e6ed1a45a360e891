"""What proposes reasons: weights learned from this instance's own debriefs."""

from django.db import models
from django.db.models.functions import Now

from debriefs.proposals.coded import LAYOUT


class ReasonProposerQuerySet(models.QuerySet["ReasonProposer"]):
    def standing(self) -> "ReasonProposerQuerySet":
        """The latest first, of those that this version of the code can read."""
        return self.filter(layout=LAYOUT).order_by("-pk")


class ReasonProposer(models.Model):
    """One training. Its content is never changed; the next training takes its place.

    `threshold` is the confidence from which reasons are proposed; without one nothing is.
    `proposed` and `right` count the deals of the cross-validation above it.
    """

    content_hash = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of what it was trained on."
    )
    layout = models.PositiveSmallIntegerField()
    weights = models.BinaryField(help_text="An .npz file of plain arrays, read without pickle.")
    debriefs = models.PositiveIntegerField(help_text="Debriefed deals that it was trained on.")
    newest_version = models.BigIntegerField(
        help_text="The latest submission when it was last compared."
    )
    threshold = models.FloatField(null=True)
    proposed = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    trained_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(
        db_default=Now(), help_text="When it was last compared with all that is coded."
    )

    objects = ReasonProposerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold=None) | models.Q(threshold__gt=0, threshold__lte=1),
                name="debriefs_reasonproposer_threshold",
            ),
            models.CheckConstraint(
                condition=models.Q(right__lte=models.F("proposed")),
                name="debriefs_reasonproposer_right_of_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"trained on {self.debriefs} debriefs"
