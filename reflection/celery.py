"""The Celery application; its configuration is Django's settings with the prefix CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reflection.settings")

app = Celery("reflection")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
