from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class DealsConfig(AppConfig):
    name = "deals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_defaults, sender=self)


def _install_defaults(**kwargs: Any) -> None:
    """At the end of a migration or a flush, where the newest tables stand."""
    from deals.models import Stage
    from deals.services.defaults import install_defaults

    with connections[kwargs["using"]].cursor() as cursor:
        introspection = connections[kwargs["using"]].introspection
        if Stage._meta.db_table not in introspection.table_names(cursor):
            return
        columns = introspection.get_table_description(cursor, Stage._meta.db_table)
    if {field.column for field in Stage._meta.fields} <= {column.name for column in columns}:
        install_defaults()
