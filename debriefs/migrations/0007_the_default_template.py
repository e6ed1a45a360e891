from django.db import migrations


def mark(apps, _schema_editor):
    """The template that every instance began with is the one that always applies."""
    apps.get_model("debriefs", "QuestionTemplate").objects.filter(key="debrief").update(
        is_default=True
    )


class Migration(migrations.Migration):

    dependencies = [
        ("debriefs", "0006_template_scopes_and_drafts"),
    ]

    operations = [
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
