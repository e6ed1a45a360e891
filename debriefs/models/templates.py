"""Question templates. A published version is immutable; debriefs keep the one they used."""

from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from common.audit import audited
from deals.models import Currency, Outcome, Product
from people.models import Team


class QuestionTemplateQuerySet(models.QuerySet["QuestionTemplate"]):
    def in_order(self) -> "QuestionTemplateQuerySet":
        """As they are tried on a deal: the first that covers it asks; the default comes last."""
        return self.order_by("is_default", "position", "pk")


@audited()
class QuestionTemplate(models.Model):
    """A set of questions with a history of numbered versions. The default always applies."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = QuestionTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="debriefs_questiontemplate_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def published(self) -> "TemplateVersionQuerySet":
        return self.exclude(published_at=None).filter(retired_at=None)

    def ever_published(self) -> "TemplateVersionQuerySet":
        return self.exclude(published_at=None)

    def drafts(self) -> "TemplateVersionQuerySet":
        return self.filter(published_at=None)

    def with_scope(self) -> "TemplateVersionQuerySet":
        """With all that says which deals it asks."""
        return self.select_related("template").prefetch_related("products", "teams")


_PUBLISHED = pgtrigger.Q(old__published_at__isnull=False)
_WHAT_IT_ASKS = (
    *("template", "number", "definition", "outcomes"),
    *("amount_from", "amount_below", "amount_currency"),
)
_CHANGES_IT = reduce(
    or_,
    (pgtrigger.Q(**{f"old__{each}__df": pgtrigger.F(f"new__{each}")}) for each in _WHAT_IT_ASKS),
    pgtrigger.Q(new__published_at__isnull=True),
)


@audited()
class TemplateVersion(models.Model):
    """One version: a draft until it is published, and never changed after: triggers refuse it.

    `definition` is read through `debriefs.questions.TemplateDefinition`. The fields from
    `outcomes` to `teams` say which closed deals it asks (`debriefs.scopes`); what is empty
    narrows nothing.
    """

    template = models.ForeignKey(
        QuestionTemplate, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(
        default=0, help_text="Grows with each edit of a draft, so that a stale one is refused."
    )
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcomes = ArrayField(models.CharField(max_length=20, choices=Outcome), default=list)
    amount_from = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    amount_below = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    amount_currency = models.ForeignKey(
        Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    products = models.ManyToManyField(Product, related_name="+")
    teams = models.ManyToManyField(
        Team, related_name="+", help_text="Each with all teams below it."
    )

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "number"], name="debriefs_templateversion_number_once"
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=models.Q(retired_at=None, published_at__isnull=False),
                name="debriefs_templateversion_one_published",
            ),
            models.UniqueConstraint(
                fields=["template"],
                condition=models.Q(published_at=None),
                name="debriefs_templateversion_one_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(retired_at=None) | models.Q(published_at__isnull=False),
                name="debriefs_templateversion_retired_was_published",
            ),
            models.CheckConstraint(
                condition=models.Q(outcomes__contained_by=Outcome.values),
                name="debriefs_templateversion_outcomes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_from=None, amount_below=None, amount_currency=None)
                | models.Q(amount_currency__isnull=False)
                & (models.Q(amount_from__isnull=False) | models.Q(amount_below__isnull=False)),
                name="debriefs_templateversion_amount_has_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_from=None)
                | models.Q(amount_below=None)
                | models.Q(amount_from__lt=models.F("amount_below")),
                name="debriefs_templateversion_amounts_in_order",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_frozen",
                operation=pgtrigger.Update,
                condition=_PUBLISHED & _CHANGES_IT,
            ),
            pgtrigger.Protect(
                name="published_is_kept", operation=pgtrigger.Delete, condition=_PUBLISHED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} version {self.number}"


@audited(index="debriefs_templ_products_audit")
class TemplateProduct(TemplateVersion.products.through):  # type: ignore[misc, name-defined]
    """A product that a template's version asks about, for its audit."""

    class Meta:
        proxy = True


@audited(index="debriefs_templ_teams_audit")
class TemplateTeam(TemplateVersion.teams.through):  # type: ignore[misc, name-defined]
    """A team about whose deals a template's version asks, for its audit."""

    class Meta:
        proxy = True
