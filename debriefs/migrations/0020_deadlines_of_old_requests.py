from django.db import migrations

# Five working days are a week, whatever the day of the week; reminders end two weeks later.
# Holidays don't matter here: what is left open by now is long past them.
FILL = """
UPDATE debriefs_debriefrequest
SET escalates_at = COALESCE(escalates_at, due_at + interval '7 days'),
    reminded_until = COALESCE(
        reminded_until, COALESCE(escalates_at, due_at + interval '7 days') + interval '14 days'
    )
WHERE escalates_at IS NULL OR reminded_until IS NULL
"""


class Migration(migrations.Migration):
    """Requests that were made before there were escalations get theirs, and an end of reminders."""

    dependencies = [
        ("debriefs", "0019_left_out"),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
