"""The reasons that authors cite, with how they know and what they asked about a price."""

from django.db import models

from common.bulk import CopyingQuerySet
from debriefs.models.debriefs import TEXT_LIMIT, DebriefVersion, kept_from
from debriefs.models.reasons import LossReason
from people.models import User


class Basis(models.TextChoices):
    """How we know a reason."""

    BUYER_SAID = "buyer_said", "The buyer said it"
    INFERRED = "inferred", "We infer it"
    GUESS = "guess", "A guess"


class CheckAnswer(models.TextChoices):
    """The answer to one of the three checks of a price reason."""

    YES = "yes", "Yes"
    NO = "no", "No"
    DONT_KNOW = "dont_know", "Don't know"


class CitedReasonQuerySet(CopyingQuerySet["CitedReason"]):
    def visible_to(self, user: User) -> "CitedReasonQuerySet":
        """Reasons and the words beside them are for sales; a partner sees them in aggregates."""
        return self.none() if user.is_partner else self.exclude(kept_from(user))

    def untested(self) -> "CitedReasonQuerySet":
        """Price, by the author's word, without having passed the checks that were asked."""
        return self.filter(is_untested=True)


# The rule of `debriefs.price` as the database knows it.
_PASSES_PRICE_CHECKS = models.Q(
    gap_percent__isnull=False, budget_owner_met=CheckAnswer.YES, won_at_equal_price=CheckAnswer.YES
)


class CitedReason(models.Model):
    """A reason that the author cites, ranked; on a won deal, what worked against us."""

    version = models.ForeignKey(DebriefVersion, on_delete=models.CASCADE, related_name="reasons")
    rank = models.PositiveSmallIntegerField(help_text="1 is the primary reason.")
    reason = models.ForeignKey(LossReason, on_delete=models.PROTECT, related_name="citations")
    basis = models.CharField(max_length=10, choices=Basis)
    quote = models.TextField(blank=True, help_text="The buyer's own words.")
    text = models.TextField(blank=True, help_text="What it was, for “other” and “don't know”.")
    gap_known = models.CharField(
        max_length=9,
        choices=CheckAnswer,
        blank=True,
        db_default="",
        help_text="Did we know how much dearer we were?",
    )
    gap_percent = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="How much dearer we were, in percent of the other offer.",
    )
    budget_owner_met = models.CharField(
        max_length=9,
        choices=CheckAnswer,
        blank=True,
        db_default="",
        help_text="Did we meet who owns the budget?",
    )
    won_at_equal_price = models.CharField(
        max_length=9,
        choices=CheckAnswer,
        blank=True,
        db_default="",
        help_text="Would we have won at an equal price?",
    )
    is_untested = models.BooleanField(
        db_default=False,
        default=False,
        help_text="The price checks were asked for and not passed; see `debriefs.price`.",
    )

    objects = CitedReasonQuerySet.as_manager()

    class Meta:
        ordering = ["version", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["version", "rank"], name="debriefs_citedreason_rank"),
            models.UniqueConstraint(fields=["version", "reason"], name="debriefs_citedreason_once"),
            models.CheckConstraint(
                condition=models.Q(rank__range=(1, 3)), name="debriefs_citedreason_at_most_three"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=Basis.values), name="debriefs_citedreason_basis"
            ),
            models.CheckConstraint(
                condition=models.Q(quote__length__lte=TEXT_LIMIT, text__length__lte=TEXT_LIMIT),
                name="debriefs_citedreason_length",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    gap_known__in=["", *CheckAnswer.values],
                    budget_owner_met__in=["", *CheckAnswer.values],
                    won_at_equal_price__in=["", *CheckAnswer.values],
                ),
                name="debriefs_citedreason_checks",
            ),
            models.CheckConstraint(
                condition=models.Q(gap_percent=None)
                | models.Q(gap_percent__gt=0, gap_known=CheckAnswer.YES),
                name="debriefs_citedreason_gap",
            ),
            models.CheckConstraint(
                condition=models.Q(is_untested=False) | ~_PASSES_PRICE_CHECKS,
                name="debriefs_citedreason_untested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.reason_id}"
