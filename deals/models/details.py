"""What stands on a deal beside its facts: a CRM's other columns, and where sources disagree."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from deals.models.deals import Deal


class DealAttribute(models.Model):
    """Another column that a CRM brings, kept as written."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="attributes")
    key = models.CharField(max_length=80)
    value = models.CharField(max_length=250)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "key"], name="deals_dealattribute_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class DealConflictQuerySet(models.QuerySet["DealConflict"]):
    def unresolved(self) -> "DealConflictQuerySet":
        return self.filter(resolved_at=None)


class DealConflict(models.Model):
    """An import said otherwise than a person had: the person's value stands until resolved."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="conflicts")
    field = models.CharField(max_length=40)
    ours = models.CharField(max_length=250, blank=True, help_text="As shown to a person.")
    theirs = models.CharField(max_length=250, blank=True, help_text="As shown to a person.")
    value = models.JSONField(
        null=True, blank=True, help_text="Theirs as it would be stored: an id, a date, a list."
    )
    source = models.CharField(max_length=60)
    found_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = DealConflictQuerySet.as_manager()

    class Meta:
        ordering = ["deal", "field"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "field"],
                condition=models.Q(resolved_at=None),
                name="deals_dealconflict_one_open_per_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of deal {self.deal_id}"
