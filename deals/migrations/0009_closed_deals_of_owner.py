"""A person's worklist looks through the closed deals that they own, and through no more than a thousand."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("deals", "0008_find_deals_by_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("is_open", False)),
                fields=["owner", "-id"],
                name="deals_deal_closed_of_owner",
            ),
        ),
    ]
