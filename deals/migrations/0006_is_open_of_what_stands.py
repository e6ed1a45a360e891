"""Tell of the deals that are open by now, which are few, some thousand ids at a time."""

from typing import Any

from django.db import migrations

IDS_AT_A_TIME = 50_000
TELL = """
UPDATE deals_deal deal SET is_open = true
WHERE deal.id >= %(first)s AND deal.id < %(next)s AND NOT deal.is_open AND NOT EXISTS (
    SELECT FROM deals_closing closing
    WHERE closing.deal_id = deal.id AND closing.reopened_at IS NULL
)
"""


def tell_of_open_deals(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM deals_deal")
        first, last = cursor.fetchone()
        while first is not None and first <= last:
            cursor.execute(TELL, {"first": first, "next": first + IDS_AT_A_TIME})
            first += IDS_AT_A_TIME


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0005_is_open")]

    operations = [migrations.RunPython(tell_of_open_deals, migrations.RunPython.noop)]
