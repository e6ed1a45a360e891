"""Who asked for a second view: empty on every request so far, which closings opened."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("debriefs", "0010_runner_up_basis"),
    ]

    operations = [
        migrations.AddField(
            model_name="debriefrequest",
            name="asked_by",
            field=models.ForeignKey(
                help_text="Who wants a second view; empty where the closing itself asks its owner.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
