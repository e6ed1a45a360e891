"""Deals are found by letters in any case: indexes of what the search compares, in place of one that it can't use."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0007_open_deals_indexes")]

    operations = [
        RemoveIndexConcurrently(model_name="deal", name="deals_deal_name_trigram"),
        AddIndexConcurrently(
            model_name="deal",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), "gin_trgm_ops"
                ),
                name="deals_deal_name_letters",
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                django.db.models.functions.text.Upper("external_id"),
                name="deals_deal_external_id_upper",
            ),
        ),
        AddIndexConcurrently(
            model_name="account",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), "gin_trgm_ops"
                ),
                name="deals_account_name_letters",
            ),
        ),
    ]
