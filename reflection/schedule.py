"""What runs by itself and how often. Each app adds its entry here; a test checks each task's name."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver what a kick missed": {
        "task": "outbox.tasks.sweep",
        "schedule": 3.0,
        "options": {"expires": 3.0},
    },
    "keep the tally": {
        "task": "trends.tasks.keep_tally",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "measure new debriefs": {
        "task": "trends.tasks.measure_participation",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "look for signals": {
        "task": "trends.tasks.look_for_signals",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "forget delivered events": {
        "task": "outbox.tasks.prune",
        "schedule": crontab(hour=3, minute=20),
    },
    "go on with imports": {
        "task": "deals.tasks.resume_imports",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "mail the digests of this hour": {
        "task": "notices.tasks.mail_digests",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "post the digests of this hour": {
        "task": "notices.tasks.chat_digests",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "write the weekly views of this hour": {
        "task": "trends.tasks.mail_views",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "mail the letters of this hour": {
        "task": "notices.tasks.mail_letters",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "tell managers of late debriefs": {
        "task": "debriefs.tasks.keep_escalations",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "tell owners of reviews of loss reasons": {
        "task": "debriefs.tasks.keep_reviews",
        "schedule": crontab(minute=1),
    },
    "repair the reminders of debriefs": {
        "task": "debriefs.tasks.repair_reminders",
        "schedule": crontab(hour=3, minute=50),
    },
    "forget old digests": {
        "task": "notices.tasks.prune",
        "schedule": crontab(hour=3, minute=40),
    },
    "repair the playbook's entries": {
        "task": "playbook.tasks.repair",
        "schedule": crontab(hour=3, minute=30),
    },
    "learn from debriefs": {
        "task": "debriefs.tasks.learn_from_debriefs",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "clear expired sessions": {
        "task": "reflection.tasks.clear_expired_sessions",
        "schedule": crontab(hour=3, minute=10),
    },
}
