"""The product's settings with one more address: an empty page for a person who is signed in."""

from reflection.settings import *

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES = [
    {**TEMPLATES[0], "DIRS": [BASE_DIR / "templates", BASE_DIR / "benchmarks" / "templates"]}
]
MIDDLEWARE = [*MIDDLEWARE, "benchmarks.counting.CountStatementsMiddleware"]
LOGGING["root"]["level"] = "WARNING"
