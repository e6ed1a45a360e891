"""What a person has begun is asked on every read of debriefs: an index of the few that are open."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("debriefs", "0011_request_asked_by")]

    operations = [
        AddIndexConcurrently(
            model_name="debrief",
            index=models.Index(
                condition=models.Q(("current_version", None)),
                fields=["author"],
                name="debriefs_debrief_begun",
            ),
        ),
    ]
