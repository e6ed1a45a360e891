"""Question templates. A published version is immutable; debriefs keep the one they used."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class QuestionTemplate(models.Model):
    """A set of questions with a history of numbered versions."""

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def published(self) -> "TemplateVersionQuerySet":
        return self.exclude(published_at=None).filter(retired_at=None)


class TemplateVersion(models.Model):
    """One version. `definition` is read through `debriefs.questions.TemplateDefinition`."""

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
        ]

    def __str__(self) -> str:
        return f"{self.template_id} version {self.number}"
