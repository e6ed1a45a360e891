from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION reflection (COPY = english);
ALTER TEXT SEARCH CONFIGURATION reflection
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""
# Word lists and excerpts leave the row and facts stay in it, so that reading facts reads little.
NARROW_ROWS = """
ALTER TABLE playbook_playbookentry
    SET (toast_tuple_target = 256),
    ALTER COLUMN competitor_ids SET STORAGE MAIN,
    ALTER COLUMN reason_ids SET STORAGE MAIN,
    ALTER COLUMN outcome SET STORAGE MAIN,
    ALTER COLUMN industry SET STORAGE MAIN,
    ALTER COLUMN segment SET STORAGE MAIN,
    ALTER COLUMN country SET STORAGE MAIN;
"""
WIDE_ROWS = """
ALTER TABLE playbook_playbookentry
    RESET (toast_tuple_target),
    ALTER COLUMN competitor_ids SET STORAGE DEFAULT,
    ALTER COLUMN reason_ids SET STORAGE DEFAULT,
    ALTER COLUMN outcome SET STORAGE DEFAULT,
    ALTER COLUMN industry SET STORAGE DEFAULT,
    ALTER COLUMN segment SET STORAGE DEFAULT,
    ALTER COLUMN country SET STORAGE DEFAULT;
"""


class Migration(migrations.Migration):
    """English words without accents, as the configuration `reflection`."""

    dependencies = [("playbook", "0001_initial")]

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION reflection"),
        migrations.RunSQL(NARROW_ROWS, WIDE_ROWS),
    ]
