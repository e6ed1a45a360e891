import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

# Young objects are looked through once so many have been made: one large page, not ten times in it.
MADE_BEFORE_A_LOOK = 20_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reflection.settings")
application = get_wsgi_application()

# What is loaded now lives as long as the process. The collector of cycles would go through all of
# it again and again, for a fifth of what a large page costs; and no first page waits for imports.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(MADE_BEFORE_A_LOOK)
