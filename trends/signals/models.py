"""Signals as they were told, what people make of them, and the looks that found them."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from trends.signals.quarters import MOST_QUARTERS, rounded

TEXT_LIMIT = 2_000


class SignalKind(models.TextChoices):
    LEVEL = "level", "Change of level"
    DRIFT = "drift", "Steady drift"
    NEW = "new", "New"
    STANDS_OUT = "stands_out", "Stands out"


class Direction(models.IntegerChoices):
    UP = 1, "Up"
    DOWN = -1, "Down"


class SignalState(models.TextChoices):
    NEW = "new", "New"
    WATCHED = "watched", "Watched"
    EXPLAINED = "explained", "Explained"
    ACTED_ON = "acted_on", "Acted on"
    OVER = "over", "Over"


class Ended(models.TextChoices):
    BACK = "back", "It is back to where it was"
    SETTLED = "settled", "It has stayed so for a year and a half: this is the level now"
    GONE = "gone", "What it was about is merged, renamed or no longer counted"


class SignalQuerySet(models.QuerySet["Signal"]):
    def standing(self) -> "SignalQuerySet":
        return self.exclude(state=SignalState.OVER)

    def over(self) -> "SignalQuerySet":
        return self.filter(state=SignalState.OVER)

    def latest_first(self) -> "SignalQuerySet":
        """New ones before those that somebody took up, then by the day they were told."""
        return self.order_by(
            models.Case(models.When(state=SignalState.NEW, then=0), default=1),
            "-raised_on",
            "strength",
            "pk",
        )


class Signal(models.Model):
    """One change beyond chance, told once.

    `series` names what changed (`trends.signals.series`); at most one signal of a series is not
    over, which is what keeps a change from being told every night. Figures are those of the day
    it was told: `hits` of `deals` since `onset`, and before it in `weeks_before` weeks.
    """

    series = models.CharField(max_length=300)
    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=200, help_text="The id that a filter takes.")
    name = models.CharField(max_length=200)
    within_dimension = models.CharField(max_length=20, blank=True)
    within_value = models.CharField(max_length=200, blank=True)
    within_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=SignalKind)
    direction = models.SmallIntegerField(choices=Direction)
    onset = models.DateField(help_text="The Monday from which it looks different.")
    seen_until = models.DateField(help_text="The last day that was looked at.")
    hits = models.PositiveIntegerField()
    deals = models.PositiveIntegerField()
    hits_before = models.PositiveIntegerField()
    deals_before = models.PositiveIntegerField()
    weeks_before = models.PositiveSmallIntegerField()
    strength = models.FloatField(help_text="Score over the level of its family: 1 is just enough.")
    p_value = models.FloatField()
    once_in_quarters = models.FloatField(
        help_text="How rarely chance alone would do this to this series."
    )
    any_once_in_quarters = models.FloatField(
        help_text="How rarely chance would show any signal as strong, where nothing changes."
    )
    series_watched = models.PositiveIntegerField()
    likewise = models.JSONField(
        default=list, help_text="What changed with it and is not told apart, in words."
    )
    sentence = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=SignalState, default=SignalState.NEW)
    raised_on = models.DateField()
    raised_at = models.DateTimeField(db_default=Now())
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=10, choices=Ended, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series"],
                condition=~models.Q(state="over"),
                name="trends_signal_one_standing",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=SignalKind.values), name="trends_signal_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SignalState.values), name="trends_signal_state"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=[1, -1]), name="trends_signal_direction"
            ),
            models.CheckConstraint(
                condition=models.Q(state="over") ^ models.Q(ended_on=None),
                name="trends_signal_over_has_end",
            ),
        ]
        indexes = [models.Index(fields=["state", "-raised_on"], name="trends_signal_state_day")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def any_quarters(self) -> str:
        """How many quarters pass, on average, until chance shows any signal as strong."""
        return rounded(min(self.any_once_in_quarters, MOST_QUARTERS))

    @property
    def is_over(self) -> bool:
        return self.state == SignalState.OVER


class SignalStep(models.Model):
    """What became of a signal: who set which state when, and why. The job has no person."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=SignalState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=SignalState.values), name="trends_signalstep_state"
            ),
            models.CheckConstraint(
                condition=models.Q(note__length__lte=TEXT_LIMIT), name="trends_signalstep_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} of signal {self.signal_id}"


class SignalLook(models.Model):
    """That a day's tally was looked at: the same day and the same blocks are looked at once."""

    day = models.DateField()
    tally = models.CharField(max_length=64, help_text="Of which versions of the blocks.")
    looked_at = models.DateTimeField(db_default=Now())
    series = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "tally"], name="trends_signallook_once"),
        ]

    def __str__(self) -> str:
        return f"look of {self.day}"


class SignalMute(models.Model):
    """Somebody who would be told of signals and doesn't want to be."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    muted_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.person_id} is not told of signals"
