"""The digest as a message of Slack, Teams or Mattermost, posted to a person's own webhook."""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from notices import services
from notices.models import Digest
from notices.queries import Line, Open, open_for
from notices.services import BegunElsewhere, HandingOver
from people.models import Channel
from people.validators import is_chat_address

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
FIRST_BYTE = "http11.send_request_headers.started"
REFUSED_FOR_NOW = {429, 503}
TEAMS_HOSTS = (".office.com", ".azure.com", ".powerplatform.com")


def send_chat_digests() -> int:
    """Post the chat digests that nobody else is posting; returns how many went out.

    Redirects are not followed: an address that was allowed leads nowhere else.
    """
    sent = 0
    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
        while batch := services.lease_digests(Channel.CHAT, at=timezone.now()):
            opened = open_for([digest.person for digest in batch], at=timezone.now())
            for digest in batch:
                sent += _post(digest, opened.get(digest.person_id), client)
    return sent


def _post(digest: Digest, listed: Open | None, client: httpx.Client) -> bool:
    address = digest.person.chat_webhook
    if listed is None or not digest.person.is_active or not is_chat_address(address):
        services.drop_digest(digest)
        return False
    handing_over = HandingOver(digest)

    def trace(event: str, _info: Any) -> None:
        if event == FIRST_BYTE:
            handing_over.begin()

    try:
        answer = client.post(
            address,
            json=message(listed, address=address),
            headers={"Idempotency-Key": str(digest.public_id)},
            extensions={"trace": trace},
        )
    except BegunElsewhere:
        return False
    except httpx.HTTPError as error:
        settle = services.doubt_digest if handing_over.has_begun else services.postpone_digest
        settle(digest, why=f"{type(error).__name__}: {error}")
        return False
    return _settle(digest, answer.status_code)


def _settle(digest: Digest, status: int) -> bool:
    if 200 <= status < 300:
        services.mark_sent(digest)
        return True
    log.warning("the chat of person %s answered %s", digest.person_id, status)
    why = f"the chat answered {status}"
    if status in REFUSED_FOR_NOW:
        services.postpone_digest(digest, why=why)
    elif status < 500:
        services.fail_digest(digest, why=why)
    else:
        services.doubt_digest(digest, why=why)
    return False


def message(listed: Open, *, address: str) -> dict[str, Any]:
    """What the chat behind this address takes; Mattermost takes what Slack does."""
    host = urlsplit(address).hostname or ""
    return _card(listed) if host.endswith(TEAMS_HOSTS) else {"text": _slack(listed)}


def _slack(listed: Open) -> str:
    lines = [f"• <{line.url}|{_plain(line.text)}>{_due(line)}" for line in listed.lines]
    return "\n".join([_head(listed), *lines, *_more(listed), f"<{_settings_url()}|Settings>"])


def _card(listed: Open) -> dict[str, Any]:
    lines = [f"- [{_unmarked(line.text)}]({line.url}){_due(line)}" for line in listed.lines]
    texts = [_head(listed), "\n".join(lines), *_more(listed), f"[Settings]({_settings_url()})"]
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True} for text in texts],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


def _head(listed: Open) -> str:
    waits = "1 thing waits" if listed.total == 1 else f"{listed.total} things wait"
    return f"{waits} for you."


def _due(line: Line) -> str:
    return f", {line.due}" if line.due else ""


def _more(listed: Open) -> list[str]:
    return [f"… and {listed.more} more."] if listed.more else []


def _settings_url() -> str:
    return f"{settings.ENV.base_url}{reverse('notices:reminders')}"


def _plain(text: str) -> str:
    """As Slack asks: three characters escaped; the bar would end the link's address."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("|", "¦")


def _unmarked(text: str) -> str:
    return re.sub(r"([\\\[\]()*_~`#|])", r"\\\1", text)
