"""The product's own settings over a throw-away data directory; nothing of the caller's environment.

The name of the directory is chosen here, before Django reads its settings, and inherited by the
workers of pytest-xdist: one cluster serves them all.
"""

import os
import tempfile
import uuid
from pathlib import Path

from reflection.environment import Environment

HOME_VARIABLE = "REFLECTION_TEST_HOME"


def _choose_home() -> str:
    name = f"reflection-test-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return str(Path(tempfile.gettempdir()) / name)


for _name in Environment.model_fields:
    os.environ.pop(_name.upper(), None)
os.environ["SECRET_KEY"] = "a key of the tests, which signs nothing that anyone trusts"
os.environ["DATA_DIR"] = os.environ.setdefault(HOME_VARIABLE, _choose_home())

from reflection.embedded.layout import Layout
from reflection.embedded.valkey import broker_url
from reflection.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]
BROKER_LAYOUT = Layout(
    Path(os.environ["DATA_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "single")
)
CELERY_BROKER_URL = broker_url(BROKER_LAYOUT)
# A statement that the planner misjudged, or that waits for a lock for ever, fails and names itself.
DATABASES["default"]["OPTIONS"] = {"options": "-c statement_timeout=90s"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
