"""Imports: the files as they came, how they are read, how far they are, and what was found."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from people.models import User


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Waiting for its columns"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Waiting for your go-ahead"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Stopped"
    DISCARDED = "discarded", "Discarded"


WORKING = (ImportState.CHECKING, ImportState.RUNNING)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> "ImportRunQuerySet":
        """Managers and admins import, and see each other's imports."""
        return self if user.is_manager or user.is_admin else self.none()

    def working(self) -> "ImportRunQuerySet":
        """Those that a worker is at, or should be."""
        return self.filter(state__in=WORKING)

    def newest_first(self) -> "ImportRunQuerySet":
        return self.select_related("started_by").order_by("-pk")


class ImportRun(models.Model):
    """One import. `cursor` counts the rows of the deals file that are through."""

    source = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict, help_text="deals.imports.mapping.Mapping as JSON.")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty for one that a command started.",
    )
    total = models.PositiveIntegerField(default=0)
    cursor = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0, help_text="Rows with a name to review.")
    contested = models.PositiveIntegerField(default=0, help_text="Rows that contradict a person.")
    findings = models.JSONField(default=dict, help_text="deals.imports.findings.Findings as JSON.")
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ImportState.values), name="deals_importrun_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_working(self) -> bool:
        return self.state in WORKING


class FileKind(models.TextChoices):
    DEALS = "deals", "Deals"
    ACCOUNTS = "accounts", "Accounts"
    PRODUCTS = "products", "Products"
    TEAMS = "teams", "People and teams"


class ImportFile(models.Model):
    """One file of an import, kept in the database so that web and worker share no disk."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=FileKind, default=FileKind.DEALS)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    headers = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind"], name="deals_importfile_kind_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportPart(models.Model):
    """A piece of a file, small enough to be held in memory."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="deals_importpart_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of file {self.file_id}"


class NoteKind(models.TextChoices):
    REJECTED = "rejected", "Rejected"
    READ_AS = "read_as", "Read as"


class ImportNoteQuerySet(models.QuerySet["ImportNote"]):
    def rejections(self) -> "ImportNoteQuerySet":
        return self.filter(kind=NoteKind.REJECTED)


class ImportNote(models.Model):
    """What is to say about one row: why it was rejected, or how odd values were read."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=NoteKind)
    file = models.CharField(max_length=200)
    row = models.PositiveIntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    field = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)
    remedy = models.CharField(max_length=300, blank=True)

    objects = ImportNoteQuerySet.as_manager()

    class Meta:
        ordering = ["run", "row", "pk"]
        indexes = [
            models.Index(fields=["run", "kind", "row"], name="deals_importnote_in_order"),
        ]

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"
