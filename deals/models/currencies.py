"""Currencies and the dated rates by which reports convert."""

from datetime import date

from django.db import models


class Currency(models.Model):
    """An ISO 4217 currency; `decimals` is how many its minor unit has (0, 2 or 3)."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=60)
    decimals = models.PositiveSmallIntegerField(default=2)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "currencies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z]{3}$"), name="deals_currency_code_iso"
            ),
            models.CheckConstraint(
                condition=models.Q(decimals__lte=3), name="deals_currency_decimals_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RateQuerySet(models.QuerySet["Rate"]):
    def in_force(self, day: date) -> "RateQuerySet":
        """The latest rate of each currency that began on or before `day`."""
        return self.filter(since__lte=day).order_by("currency_id", "-since").distinct("currency_id")


class Rate(models.Model):
    """From `since` on, one unit of `currency` is worth `rate` of the reporting currency."""

    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="rates")
    since = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    objects = RateQuerySet.as_manager()

    class Meta:
        ordering = ["currency", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "since"], name="deals_rate_once_a_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="deals_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.rate} since {self.since}"
