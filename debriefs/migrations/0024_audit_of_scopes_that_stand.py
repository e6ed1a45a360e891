from typing import Any

from django.db import migrations

AUDITED = ("TemplateProduct", "TemplateTeam")


def note_what_stands(apps: Any, schema_editor: Any) -> None:
    """One event for each product and team that a template is narrowed to today."""
    quote = schema_editor.quote_name
    for name in AUDITED:
        table = apps.get_model("debriefs", name)._meta.db_table
        event = apps.get_model("debriefs", f"{name}Event")._meta
        kept = [f.column for f in event.concrete_fields if not f.name.startswith("pgh_")]
        columns = ", ".join(quote(column) for column in kept)
        schema_editor.execute(
            f"INSERT INTO {quote(event.db_table)}"  # noqa: S608
            f" (pgh_created_at, pgh_label, pgh_obj_id, {columns})"
            f" SELECT now(), 'standing', id, {columns} FROM {quote(table)}"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("debriefs", "0023_audit_of_scopes"),
    ]

    operations = [
        migrations.RunPython(note_what_stands, migrations.RunPython.noop),
    ]
