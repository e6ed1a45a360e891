from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class DebriefsConfig(AppConfig):
    name = "debriefs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_defaults, sender=self)


def _install_defaults(**kwargs: Any) -> None:
    from debriefs.models import LossReason
    from debriefs.services.defaults import install_defaults

    if LossReason._meta.db_table in connections[kwargs["using"]].introspection.table_names():
        install_defaults()
