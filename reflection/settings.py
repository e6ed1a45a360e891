"""Django settings, all read through the typed environment."""

from reflection.embedded import valkey
from reflection.embedded.layout import Layout
from reflection.embedded.postgres import DATABASE, USER
from reflection.environment import (
    PROJECT_ROOT,
    database_from,
    mail_from_url,
    read_environment,
    secret_key_of,
)

ENV = read_environment()
EMBEDDED_LAYOUT = Layout(ENV.data_dir)
EMBEDDED_DATABASE = ENV.has_embedded_database

BASE_DIR = PROJECT_ROOT
DEBUG = False
SECRET_KEY = secret_key_of(ENV)
ALLOWED_HOSTS = ENV.known_hosts

INSTALLED_APPS = [
    "reflection",
    "playbook",
    "trends",
    "debriefs",
    "deals",
    "people",
    "outbox",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "reflection.urls"
WSGI_APPLICATION = "reflection.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reflection.navigation.frame",
            ],
        },
    }
]

EMBEDDED_DATABASE_ADDRESS = {
    "NAME": DATABASE,
    "USER": USER,
    "HOST": str(EMBEDDED_LAYOUT.sockets),
}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **(database_from(ENV.database_url) if ENV.database_url else EMBEDDED_DATABASE_ADDRESS),
    }
}

CELERY_BROKER_URL = ENV.broker_url or valkey.broker_url(EMBEDDED_LAYOUT)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_REDIRECT_URL = "/"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
