"""Deals and their closings: each fact stands once, with where it came from."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper

from deals.models.catalogue import Account, Competitor, Product, Stage
from deals.models.currencies import Currency
from people.access import people_below
from people.models import User

# Trigrams know no shorter words, but for the beginning of one.
LETTERS_OF_AN_INDEX = 3


class Outcome(models.TextChoices):
    """How a deal closed. Lost is every outcome but won; an open deal has none."""

    WON = "won", "Won"
    LOST_TO_COMPETITOR = "lost_to_competitor", "Lost to a competitor"
    NO_DECISION = "no_decision", "No decision"
    KEPT_IN_HOUSE = "kept_in_house", "Kept in-house"
    POSTPONED = "postponed", "Postponed"
    DISQUALIFIED = "disqualified", "Disqualified"
    LOST_UNSPECIFIED = "lost_unspecified", "Lost, not specified"

    @property
    def is_lost(self) -> bool:
        return self != Outcome.WON


def _matching(words: str) -> list[models.Q]:
    named = {"name__icontains" if len(words) >= LETTERS_OF_AN_INDEX else "name__istartswith": words}
    return [
        models.Q(**named),
        models.Q(external_id__iexact=words),
        models.Q(account__in=Account.objects.filter(**named)),
    ]


class DealQuerySet(models.QuerySet["Deal"]):
    def closed(self) -> "DealQuerySet":
        return self.filter(is_open=False)

    def open(self) -> "DealQuerySet":
        return self.filter(is_open=True)

    def open_to(self, user: User) -> "DealQuerySet":
        """Open deals that `user` may see, who are those that may edit them: `visible_to` of
        open ones, in words that an index knows."""
        return self.open().editable_by(user)

    def lost(self) -> "DealQuerySet":
        return self.filter(models.Exists(Closing.objects.of_outer_deal().lost()))

    def won(self) -> "DealQuerySet":
        return self.filter(models.Exists(Closing.objects.of_outer_deal().won()))

    def owned_by(self, user: User) -> "DealQuerySet":
        return self.filter(owner=user)

    def for_account(self, account_id: int) -> "DealQuerySet":
        """Deals of the account under any of its names."""
        return self.filter(models.Q(account=account_id) | models.Q(account__merged_into=account_id))

    def for_product(self, product_id: int) -> "DealQuerySet":
        """Deals of the product under any of its names."""
        return self.filter(models.Q(product=product_id) | models.Q(product__merged_into=product_id))

    def meeting(self, competitor_id: int) -> "DealQuerySet":
        """Deals in which the competitor was met, under any of its names."""
        met = DealCompetitor.objects.filter(
            competitor__in=Competitor.objects.same_as(competitor_id), deal=models.OuterRef("pk")
        )
        return self.filter(models.Exists(met))

    def matching(self, words: str) -> "DealQuerySet":
        """Deals whose name or account contains `words`, or whose id in the CRM they are.

        Fewer than three letters are looked for at the beginning of a name: no index knows
        them elsewhere.
        """
        return self.filter(models.Q(*_matching(words), _connector=models.Q.OR))

    def ids_matching(self, words: str, *, most: int) -> list[int] | None:
        """The ids of those, each way of matching by its own index; None for more than `most`."""
        ways = [self.filter(way).values_list("pk")[: most + 1] for way in _matching(words)]
        found = [row[0] for row in ways[0].union(*ways[1:])[: most + 1]]
        return found if len(found) <= most else None

    def with_facts(self) -> "DealQuerySet":
        """Everything that a line about a deal shows, in one query."""
        return self.select_related(
            "owner", "account__merged_into", "product__merged_into", "stage__merged_into"
        )

    def for_lines(self) -> "DealQuerySet":
        """What a line of a list shows, names apart (`deals.queries.names_today`)."""
        return self.defer("notes", "provenance")

    def visible_to(self, user: User) -> "DealQuerySet":
        """What `user` may see of single deals.

        All of sales sees every closed deal; an open one its owner, the managers above
        the owner and admins. A partner sees no deal by this rule: what is open to them
        goes by the audience of its debriefs (`debriefs.access`).
        """
        if user.is_partner:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(models.Q(is_open=False) | self._theirs(user))

    def editable_by(self, user: User) -> "DealQuerySet":
        """Reps edit their own deals, managers their teams', admins all."""
        if user.is_partner:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(self._theirs(user))

    def _theirs(self, user: User) -> models.Q:
        return models.Q(owner=user) | models.Q(owner__in=people_below(user))


class Deal(models.Model):
    """A sales opportunity, identified by the system it came from and its id there."""

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=250)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="deals"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deals",
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="deals"
    )
    competitors = models.ManyToManyField(
        Competitor, through="DealCompetitor", related_name="deals", help_text="Those met."
    )
    stage = models.ForeignKey(
        Stage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where an open deal stands; a closing keeps the stage at which it closed.",
    )
    opened_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(
        max_digits=18,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Expected while open; what it closed at stands on the closing.",
    )
    currency = models.ForeignKey(
        Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    notes = models.TextField(blank=True, help_text="What the CRM says of it, as imported.")
    provenance = models.JSONField(
        default=dict,
        help_text="Field name to source: import:ID, api or person:ID, for facts and closing.",
    )
    is_open = models.BooleanField(
        default=True,
        db_default=True,
        editable=False,
        help_text="No closing stands. Triggers keep it so (migration 0005): read it, never set it.",
    )
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    objects = DealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="deals_deal_external_id_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=0),
                name="deals_deal_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | ~models.Q(currency=None),
                name="deals_deal_amount_has_currency",
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="deals_deal_name_letters"),
            models.Index(Upper("external_id"), name="deals_deal_external_id_upper"),
            models.Index(
                fields=["-id"], condition=models.Q(is_open=True), name="deals_deal_open_newest"
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=models.Q(is_open=True),
                name="deals_deal_open_of_owner",
            ),
            models.Index(
                fields=["owner", "-id"],
                condition=models.Q(is_open=False),
                name="deals_deal_closed_of_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClosingQuerySet(models.QuerySet["Closing"]):
    def current(self) -> "ClosingQuerySet":
        """Those that stand: the deal was not opened again."""
        return self.filter(reopened_at=None)

    def of_outer_deal(self) -> "ClosingQuerySet":
        """The current closing of the deal of an outer query."""
        return self.current().filter(deal=models.OuterRef("pk"))

    def lost(self) -> "ClosingQuerySet":
        return self.exclude(outcome=Outcome.WON)

    def won(self) -> "ClosingQuerySet":
        return self.filter(outcome=Outcome.WON)

    def closed_between(self, since: date, until: date) -> "ClosingQuerySet":
        return self.filter(closed_on__gte=since, closed_on__lte=until)

    def visible_to(self, user: User) -> "ClosingQuerySet":
        """All of sales sees every closed deal; a closing that was opened again goes with its deal."""
        return self.filter(deal__in=Deal.objects.visible_to(user))

    def with_facts(self) -> "ClosingQuerySet":
        """Everything that a line about a closed deal shows, in one query."""
        return self.select_related(
            "deal__owner",
            "deal__account__merged_into",
            "deal__product__merged_into",
            "stage__merged_into",
            "winner__merged_into",
        )

    def for_lines(self) -> "ClosingQuerySet":
        """What a line of a list shows, names apart (`deals.queries.names_today`)."""
        return self.select_related("deal").defer("deal__notes", "deal__provenance")


class Closing(models.Model):
    """One closing of a deal. A deal can close, reopen and close again."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="closings")
    number = models.PositiveSmallIntegerField(default=1)
    closed_on = models.DateField(help_text="A date in the company's time zone.")
    outcome = models.CharField(max_length=20, choices=Outcome)
    stage = models.ForeignKey(
        Stage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The stage at which it closed.",
    )
    winner = models.ForeignKey(
        Competitor, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.DecimalField(
        max_digits=18,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="On a lost deal 0 means unknown, on a won one 0.",
    )
    currency = models.ForeignKey(
        Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    reopened_at = models.DateTimeField(null=True, blank=True)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        ordering = ["deal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "number"], name="deals_closing_number_once"),
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(reopened_at=None),
                name="deals_closing_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="deals_closing_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(winner=None) | ~models.Q(outcome=Outcome.WON),
                name="deals_closing_winner_only_when_lost",
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=0),
                name="deals_closing_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | ~models.Q(currency=None),
                name="deals_closing_amount_has_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on__gte=date(1990, 1, 1)),
                name="deals_closing_date_believable",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-closed_on", "-id"],
                condition=models.Q(reopened_at=None),
                name="deals_closing_current_latest",
            ),
        ]

    def __str__(self) -> str:
        return f"closing {self.number} of deal {self.deal_id}"

    @property
    def is_lost(self) -> bool:
        return self.outcome != Outcome.WON

    @property
    def known_amount(self) -> Decimal | None:
        """What it closed at; 0 on a lost deal says nothing."""
        return None if self.is_lost and not self.amount else self.amount


class DealCompetitor(models.Model):
    """A competitor met in a deal."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="meetings")
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="meetings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "competitor"], name="deals_dealcompetitor_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competitor_id} met in {self.deal_id}"
