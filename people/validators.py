from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError

from common.working_days import is_calendar


@cache
def known_time_zones() -> frozenset[str]:
    """Read from the disk once: there are hundreds of files."""
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    if value not in known_time_zones():
        raise ValidationError(f"“{value}” is not a time zone such as Europe/Paris.")


def validate_calendar(value: str) -> None:
    if not is_calendar(value):
        raise ValidationError(f"“{value}” is not a country or region such as DE or DE-BY.")


def is_chat_address(value: str) -> bool:
    """Whether `CHAT_HOSTS` lets a webhook point there: nothing else of the network is reachable."""
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        return False
    if parts.username or not parts.hostname:
        return False
    hosts = settings.ENV.chat_hosts
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    is_plain = parts.scheme == "https" and port in (None, 443)
    below = any(host.startswith(".") and parts.hostname.endswith(host) for host in hosts)
    return is_plain and (parts.hostname in hosts or below)


def validate_chat_address(value: str) -> None:
    if not is_chat_address(value):
        raise ValidationError(
            "This is no webhook of a chat that this instance may post to (see CHAT_HOSTS)."
        )
