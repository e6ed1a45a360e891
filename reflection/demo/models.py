"""What makes an instance a demo: people whose password everybody may know."""

from django.conf import settings
from django.db import models


class DemoLogin(models.Model):
    """A made-up person with whose password the sign-in page invites. No row, no demo."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    label = models.CharField(max_length=80)
    password = models.CharField(max_length=40, help_text="In plain text: it is shown to anybody.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label
