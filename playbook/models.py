"""The playbook's index: one row per submitted debrief, kept by `playbook.services`.

Every column is derived, so the table can be emptied and rebuilt at any time.
"""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Coalesce

from deals.models import Account, Closing, Competitor, Deal, Outcome, Product, Stage
from debriefs.models import Debrief, closings_owed_by
from people.models import Team, User

Owed = frozenset[int]

STANDING = models.Q(counts=True, is_current=True)


class PlaybookEntryQuerySet(models.QuerySet["PlaybookEntry"]):
    def visible_to(self, user: User, *, owed: Owed | None = None) -> "PlaybookEntryQuerySet":
        """Sales sees every debrief but those of closings on which they owe their own first
        (`closings_owed_by`); a partner those that say something to the company.

        `owed` are the ids of those closings where the caller has read them already.
        """
        if user.is_partner:
            return self.filter(open_to_company=True)
        if owed is None:
            return self.exclude(closing__in=closings_owed_by(user))
        return self.exclude(closing__in=owed) if owed else self.all()

    def withheld_by(self, owed: Owed) -> "PlaybookEntryQuerySet":
        """Debriefs that somebody in sales sees once theirs of these closings are submitted or
        declined."""
        return self.filter(closing__in=owed)

    def standing(self) -> "PlaybookEntryQuerySet":
        """The debriefs that the trends count: one per deal's current closing."""
        return self.filter(STANDING)

    def lost(self) -> "PlaybookEntryQuerySet":
        return self.exclude(outcome=Outcome.WON)

    def closed_between(self, since: date | None, until: date | None) -> "PlaybookEntryQuerySet":
        """Bounds are inclusive; None is open."""
        entries = self
        if since:
            entries = entries.filter(closed_on__gte=since)
        if until:
            entries = entries.filter(closed_on__lte=until)
        return entries

    def citing(self, reason_id: int) -> "PlaybookEntryQuerySet":
        return self.filter(reason_ids__contains=[reason_id])

    def untested(self) -> "PlaybookEntryQuerySet":
        """Those with a reason whose price checks were not passed."""
        return self.exclude(untested_ids=[])

    def meeting(self, competitor_id: int) -> "PlaybookEntryQuerySet":
        return self.filter(competitor_ids__contains=[competitor_id])


class PlaybookEntry(models.Model):
    """What is listed, sorted, counted and searched of one debrief.

    Facts are today's: merged names point to the entry they were merged into, reasons are
    those of today's list in the author's order, the team is the owner's on `closed_on`.
    Private answers are in no column.
    """

    debrief = models.OneToOneField(
        Debrief, primary_key=True, on_delete=models.CASCADE, related_name="playbook_entry"
    )
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="+")
    counts = models.BooleanField(help_text="The closing's debrief that the tally counts.")
    is_current = models.BooleanField(help_text="The deal was not opened again.")
    open_to_company = models.BooleanField(help_text="Partners find something to read in it.")
    closed_on = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    product = models.ForeignKey(
        Product, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    stage = models.ForeignKey(
        Stage, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        Team, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    winner = models.ForeignKey(Competitor, null=True, on_delete=models.SET_NULL, related_name="+")
    industry = models.CharField(max_length=80, blank=True)
    segment = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=80, blank=True)
    competitor_ids = ArrayField(models.BigIntegerField(), help_text="Those met, by id.")
    reason_ids = ArrayField(models.BigIntegerField(), help_text="Those cited, primary first.")
    untested_ids = ArrayField(
        models.BigIntegerField(),
        db_default=[],
        help_text="Those of the reasons whose price checks were not passed.",
    )
    amount_minor = models.BigIntegerField(
        null=True, help_text="Minor units of the reporting currency; null is unknown."
    )
    amount_rank = models.GeneratedField(
        expression=Coalesce("amount_minor", -1),
        output_field=models.BigIntegerField(),
        db_persist=True,
        help_text="Sorts unknown amounts below all others.",
    )
    company_excerpt = models.CharField(max_length=300, blank=True)
    sales_excerpt = models.CharField(max_length=300, blank=True)
    company_words = SearchVectorField(help_text="Facts and what the whole company may read.")
    sales_words = SearchVectorField(help_text="The same and what sales may read.")

    objects = PlaybookEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "playbook entries"
        indexes = [
            models.Index(fields=["-closed_on", "-debrief"], name="playbook_entry_latest"),
            *[
                models.Index(
                    fields=[*fields, "-debrief"],
                    condition=STANDING,
                    name=f"playbook_standing_{name}",
                )
                for name, fields in {
                    "latest": ["-closed_on"],
                    "amount": ["-amount_rank"],
                    "outcome": ["outcome", "-closed_on"],
                    "account": ["account", "-closed_on"],
                    "product": ["product", "-closed_on"],
                    "stage": ["stage", "-closed_on"],
                    "team": ["team", "-closed_on"],
                    "segment": ["segment", "-closed_on"],
                    "industry": ["industry", "-closed_on"],
                }.items()
            ],
            GinIndex(fields=["competitor_ids"], name="playbook_entry_competitors"),
            GinIndex(fields=["reason_ids"], name="playbook_entry_reasons"),
            models.Index(
                fields=["-closed_on", "-debrief"],
                condition=~models.Q(untested_ids=[]),
                name="playbook_entry_untested",
            ),
            GinIndex(fields=["company_words"], name="playbook_entry_company_words"),
            GinIndex(fields=["sales_words"], name="playbook_entry_sales_words"),
        ]

    def __str__(self) -> str:
        return f"entry of debrief {self.debrief_id}"
