"""The tally as it is kept, one immutable block of columns per closing month, and what is measured
of each debrief's version."""

from django.db import models
from django.db.models.functions import Now

from debriefs.models import DebriefVersion
from trends.layout import LAYOUT


class BlockQuerySet(models.QuerySet["Block"]):
    def readable(self) -> "BlockQuerySet":
        """Those that this version of the code can read."""
        return self.filter(layout=LAYOUT)


class Block(models.Model):
    """Columns of one closing month, or the names that codes stand for.

    A block is never changed in place: a tally writes the next version over it, in one
    transaction, so that a reader who asks for the versions knows what to load again.
    Versions are drawn at random: a rolled-back or restored one can't meet its number twice.
    """

    name = models.CharField(
        max_length=20, primary_key=True, help_text="A month such as 2026-03, or labels, accounts."
    )
    version = models.BigIntegerField()
    layout = models.PositiveSmallIntegerField()
    deals = models.PositiveIntegerField(default=0, help_text="Rows of the deal grain.")
    content = models.BinaryField()
    built_at = models.DateTimeField(db_default=Now())

    objects = BlockQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.version}"


class TallyState(models.Model):
    """The one row that says what the blocks rest on and until when they are complete."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    basis = models.CharField(
        max_length=80, help_text="Layout, currency and decimals; another basis means a rebuild."
    )
    brought_up_to_date_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="trends_tallystate_one_row"),
        ]

    def __str__(self) -> str:
        return f"up to date at {self.brought_up_to_date_at}"


class VersionQuality(models.Model):
    """What the participation page counts of one submitted version. Derived; never changes."""

    version = models.OneToOneField(
        DebriefVersion, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    texts = models.PositiveSmallIntegerField(help_text="Answers with text, private ones apart.")
    one_word_texts = models.PositiveSmallIntegerField()
    ratings = models.PositiveSmallIntegerField()
    longest_run = models.PositiveSmallIntegerField(help_text="Equal ratings in a row, at most.")
    cites_other = models.BooleanField()
    cites_dont_know = models.BooleanField()
    cites_price = models.BooleanField()
    price_untested = models.BooleanField()

    class Meta:
        verbose_name_plural = "version qualities"

    def __str__(self) -> str:
        return f"quality of version {self.version_id}"
