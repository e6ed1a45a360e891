"""The Celery application; its configuration is Django's settings with the prefix CELERY_."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reflection.settings")

app = Celery("reflection")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

CONSUMER_TIMEOUT_SECONDS = 30.0


def wait_longer_as_a_consumer(conf: Any, **_: Any) -> None:
    """Who publishes must fail fast; a worker that lost its patience would only connect again."""
    conf.broker_transport_options = {
        **conf.broker_transport_options,
        "socket_timeout": CONSUMER_TIMEOUT_SECONDS,
    }


def say_who_acts(**_: Any) -> None:
    """Changes that a task makes are noted as the task's."""
    import reflection.acting  # noqa: F401


celeryd_init.connect(wait_longer_as_a_consumer)
celeryd_init.connect(say_who_acts)
