"""The tally as it is kept, one immutable block of columns per closing month; what is measured of each
debrief's version; and what people keep beside the figures: saved views, arrangements, annotations."""

from django.db import models
from django.db.models.functions import Lower, Now

from common.periods import Period
from debriefs.models import DebriefVersion
from people.models import User
from trends.signals.models import Signal, SignalLook, SignalMute, SignalStep

__all__ = [
    "Block",
    "Signal",
    "SignalLook",
    "SignalMute",
    "SignalStep",
    "TallyState",
    "VersionQuality",
]


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


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, person: User) -> "SavedViewQuerySet":
        return self.filter(owner=person)

    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """A person's own, and to all of sales those that are shared."""
        own = models.Q(owner=user)
        return self.filter(own | models.Q(shared_at__isnull=False) if user.in_sales else own)


class SavedView(models.Model):
    """A page of the dashboard with its period, filters and readings, under a name.

    `params` are those of the page's address. It holds no figures: whoever opens it reads
    them with their own rights.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    page = models.CharField(max_length=40, help_text="The slug of the page.")
    subject = models.CharField(
        max_length=40, blank=True, help_text="The id of what the page is about, if it is."
    )
    params = models.JSONField(default=dict)
    shared_at = models.DateTimeField(null=True, help_text="Since when all of sales may open it.")
    created_at = models.DateTimeField(db_default=Now())

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="trends_savedview_named_once"),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(page=""), name="trends_savedview_named"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ViewSubscriptionQuerySet(models.QuerySet["ViewSubscription"]):
    def sendable(self) -> "ViewSubscriptionQuerySet":
        """Of those who are in and have an address."""
        return self.filter(person__is_active=True).exclude(person__email=None)

    def wishes(self, view: SavedView, person: User) -> dict[str, int]:
        """The day and hour that this person chose for this view; empty before."""
        found = self.filter(view=view, person=person).values("weekday", "hour").first()
        return {"weekday": found["weekday"], "hour": found["hour"]} if found else {}


class ViewSubscription(models.Model):
    """A person has a saved view mailed each week, on a day and at an hour where they are."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="subscriptions")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="view_subscriptions")
    weekday = models.PositiveSmallIntegerField(help_text="Monday is 0.")
    hour = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    objects = ViewSubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["view", "person"], name="trends_viewsubscription_once"),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, hour__lte=23),
                name="trends_viewsubscription_hour_of_a_week",
            ),
        ]

    def __str__(self) -> str:
        return f"view {self.view_id} to {self.person_id}, {self.in_words}"

    @property
    def in_words(self) -> str:
        return f"{WEEKDAYS[self.weekday]}s at {self.hour}:00"


class Arrangement(models.Model):
    """Which widgets a person wants on their overview, in their order."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="arrangement")
    widgets = models.JSONField(default=list, help_text="The keys of the widgets, in order.")

    def __str__(self) -> str:
        return f"the overview of {self.person}"


class AnnotationKind(models.TextChoices):
    """What happened. `ACTION` is for what came out of a finished action."""

    PRICE = "price", "Price change"
    LAUNCH = "launch", "Launch"
    CAMPAIGN = "campaign", "Campaign"
    ORGANISATION = "organisation", "Change of the organisation"
    COMPETITOR = "competitor", "Move of a competitor"
    ACTION = "action", "Action finished"
    OTHER = "other", "Event"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def within(self, period: Period) -> "AnnotationQuerySet":
        return self.filter(day__range=(period.since, period.until))


class Annotation(models.Model):
    """Something that happened on a day, marked on the time axis of every chart.

    `origin` names what it came from, such as "action:12", so that it comes from it once.
    """

    day = models.DateField(db_index=True)
    kind = models.CharField(max_length=12, choices=AnnotationKind)
    words = models.CharField(max_length=200)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="annotations"
    )
    origin = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AnnotationKind.values), name="trends_annotation_kind"
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="trends_annotation_words"),
            models.UniqueConstraint(
                fields=["origin"],
                condition=~models.Q(origin=""),
                name="trends_annotation_once_per_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.words}"
