"""Codes for two free texts of a debrief: the need we couldn't meet, what the rival did better."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now

from debriefs.models.debriefs import DebriefVersion

LONGEST_CODE = 80


class CodedText(models.TextChoices):
    """Which text of a debrief; each has a list of its own."""

    UNMET_NEED = "unmet_need", "Unmet needs"
    RIVAL_STRENGTH = "rival_strength", "Strengths of rivals"

    @property
    def column(self) -> str:
        """The column of a version that holds the text."""
        return "rival_better" if self is CodedText.RIVAL_STRENGTH else self.value


class TextCodeQuerySet(models.QuerySet["TextCode"]):
    def of(self, text: CodedText) -> "TextCodeQuerySet":
        return self.filter(of_text=text)

    def standing(self) -> "TextCodeQuerySet":
        """Those that a text can be given."""
        return self.filter(merged_into=None)


class TextCode(models.Model):
    """One entry of a list. A merged one stays, so that what was coded keeps what it was."""

    of_text = models.CharField(max_length=15, choices=CodedText)
    name = models.CharField(max_length=LONGEST_CODE)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_codes"
    )

    objects = TextCodeQuerySet.as_manager()

    class Meta:
        ordering = ["of_text", "name"]
        constraints = [
            models.UniqueConstraint("of_text", Lower("name"), name="debriefs_textcode_listed_once"),
            models.CheckConstraint(
                condition=models.Q(of_text__in=CodedText.values), name="debriefs_textcode_of_text"
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")),
                name="debriefs_textcode_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def today(self) -> "TextCode":
        """The code that stands for this one after merges."""
        code = self
        while code.merged_into is not None:
            code = code.merged_into
        return code


class TextCodingQuerySet(models.QuerySet["TextCoding"]):
    def in_force(self) -> "TextCodingQuerySet":
        return self.filter(taken_back_at=None)


class TextCoding(models.Model):
    """Somebody says what a version's text amounts to. Earlier ones are kept, taken back."""

    version = models.ForeignKey(DebriefVersion, on_delete=models.CASCADE, related_name="codings")
    of_text = models.CharField(max_length=15, choices=CodedText)
    code = models.ForeignKey(TextCode, on_delete=models.PROTECT, related_name="codings")
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TextCodingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "of_text"],
                condition=models.Q(taken_back_at=None),
                name="debriefs_textcoding_one_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(of_text__in=CodedText.values),
                name="debriefs_textcoding_of_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_text} of version {self.version_id} is {self.code_id}"
