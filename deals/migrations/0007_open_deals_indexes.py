"""The lists of open deals read these two, and nothing of the closed ones."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("deals", "0006_is_open_of_what_stands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("is_open", True)), fields=["-id"], name="deals_deal_open_newest"
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("is_open", True)),
                fields=["owner", "-id"],
                name="deals_deal_open_of_owner",
            ),
        ),
    ]
