"""Names that deals bear: accounts, competitors, products and stages.

A name that nobody has listed yet comes in as written, as an entry without `reviewed_at`.
One decision on that entry (keep it, or merge it into another) resolves every row that
bears the name, now and in later imports, because rows point to the entry and readers
follow `merged_into`.
"""

from typing import TYPE_CHECKING, Self, TypeVar, cast

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper

Entry = TypeVar("Entry", bound="CatalogueEntry")


class CatalogueQuerySet(models.QuerySet[Entry]):
    def awaiting_review(self) -> Self:
        """Names as written that nobody has decided on."""
        return self.filter(reviewed_at=None, merged_into=None)

    def standing(self) -> Self:
        """Entries that were not merged into another."""
        return self.filter(merged_into=None)

    def listed(self) -> Self:
        """Names that somebody has decided on and that stand by themselves."""
        return self.exclude(reviewed_at=None).filter(merged_into=None)

    def same_as(self, entry_id: int) -> Self:
        """The entry and all that were merged into it: the names under which it goes."""
        return self.filter(models.Q(pk=entry_id) | models.Q(merged_into=entry_id))


class CatalogueEntry(models.Model):
    name = models.CharField(max_length=200)
    name_key = models.CharField(
        max_length=200,
        editable=False,
        help_text="common.text.name_key(name); two entries never share one.",
    )
    created_at = models.DateTimeField(db_default=Now())
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_entries",
        help_text="Always an entry that stands: one step leads to the name of today.",
    )
    brought = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        editable=False,
        help_text="Ids of entries that came along when this one was merged, to take back.",
    )
    proposed = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The listed entry whose name is nearest, for a person to confirm.",
    )
    proposal_score = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Likeness of the two names, 0 to 100."
    )

    if TYPE_CHECKING:
        merged_into_id: int | None
        proposed_id: int | None

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name_key"], name="%(app_label)s_%(class)s_name"),
            models.CheckConstraint(
                condition=~models.Q(name_key=""), name="%(app_label)s_%(class)s_named"
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")),
                name="%(app_label)s_%(class)s_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reviewed(self) -> bool:
        return self.reviewed_at is not None

    @property
    def today(self) -> Self:
        """The entry by today's list: the one it was merged into, or itself."""
        return cast(Self, self.merged_into) if self.merged_into_id else self

    @property
    def today_id(self) -> int:
        return self.merged_into_id or self.pk


class AccountQuerySet(CatalogueQuerySet["Account"]):
    pass


class Account(CatalogueEntry):
    """A client company. Facts are as known today."""

    country = models.CharField(max_length=80, blank=True)
    industry = models.CharField(max_length=80, blank=True)
    segment = models.CharField(max_length=80, blank=True, help_text="The company's size class.")
    employees = models.PositiveIntegerField(null=True, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="subsidiaries"
    )
    provenance = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        editable=False,
        help_text="Facts that a person entered, by name; an import leaves them alone.",
    )

    objects = AccountQuerySet.as_manager()

    class Meta(CatalogueEntry.Meta):
        indexes = [
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="deals_account_name_letters")
        ]


class CompetitorQuerySet(CatalogueQuerySet["Competitor"]):
    pass


class Competitor(CatalogueEntry):
    """A rival met in deals."""

    objects = CompetitorQuerySet.as_manager()


class ProductQuerySet(CatalogueQuerySet["Product"]):
    pass


class Product(CatalogueEntry):
    """What we sell."""

    series = models.CharField(max_length=80, blank=True)

    objects = ProductQuerySet.as_manager()


class StageQuerySet(CatalogueQuerySet["Stage"]):
    pass


class Stage(CatalogueEntry):
    """A step of the sales process, in the order of `position`. The list is the admin's."""

    position = models.PositiveSmallIntegerField(default=0)

    objects = StageQuerySet.as_manager()

    class Meta(CatalogueEntry.Meta):
        ordering = ["position", "name"]
