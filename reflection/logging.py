"""Logging by structlog: lines for people or JSON for machines, one configuration for all processes."""

from typing import Any

import structlog

# Celery tells of each task three times, and the sweep alone runs every few seconds.
CHATTY_LOGGERS = (
    "celery.app.trace",
    "celery.beat",
    "celery.worker.strategy",
    "django_structlog.celery.receivers",
)
SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, log_format: str, level: str) -> dict[str, Any]:
    """The standard library's loggers end in the same formatter as structlog's own."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": _rendering(log_format),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            # They would log the addresses of webhooks, which are secrets.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            **{name: {"level": _level_of_chatter(level)} for name in CHATTY_LOGGERS},
        },
    }


def _level_of_chatter(level: str) -> str:
    return {"DEBUG": "DEBUG", "INFO": "WARNING"}.get(level, level)


def _rendering(log_format: str) -> list[Any]:
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return [
            without_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    return [without_meta, plain]
