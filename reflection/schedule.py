"""What runs by itself and how often. Each app adds its entry here; a test checks each task's name."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "clear expired sessions": {
        "task": "reflection.tasks.clear_expired_sessions",
        "schedule": crontab(hour=3, minute=10),
    },
}
