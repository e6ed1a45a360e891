from django.db import migrations


class Migration(migrations.Migration):
    """Blocks are read and written whole: compressing them costs more than it saves."""

    dependencies = [("trends", "0001_block")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE trends_block ALTER COLUMN content SET STORAGE EXTERNAL",
            "ALTER TABLE trends_block ALTER COLUMN content SET STORAGE EXTENDED",
        )
    ]
