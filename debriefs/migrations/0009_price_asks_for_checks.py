from typing import Any

from django.db import migrations


def ask_of_price(apps: Any, _editor: Any) -> None:
    reasons = apps.get_model("debriefs", "LossReason")
    reasons.objects.filter(key="price").update(asks_price_checks=True)


class Migration(migrations.Migration):
    """Debriefs that stand already were never asked, so none of their reasons is marked."""

    dependencies = [
        ('debriefs', '0008_price_checks'),
    ]

    operations = [
        migrations.RunPython(ask_of_price, migrations.RunPython.noop),
    ]
