"""The digest as a mail, and the sending of it, outside any transaction."""

import logging
import smtplib
from collections.abc import Callable
from email.mime.image import MIMEImage
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from notices import services
from notices.models import Digest, Letter
from notices.queries import Open, open_for
from notices.services import BegunElsewhere, HandingOver
from notices.smtp import Backend, Mail
from people.models import Channel

log = logging.getLogger(__name__)

NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


def is_mail_on() -> bool:
    return bool(settings.EMAIL_BACKEND != NO_MAIL)


def send_mail_digests() -> int:
    """Send the mail digests that nobody else is sending; returns how many went out.

    Each hundred costs three statements, and two for each mail. When the server can't be
    reached, the rest waits for a later round.
    """
    sent = 0
    connection = get_connection()
    try:
        while batch := services.lease_digests(Channel.MAIL, at=timezone.now()):
            opened = open_for([digest.person for digest in batch], at=timezone.now())
            for place, digest in enumerate(batch):
                if why := _unreachable(connection):
                    for left in batch[place:]:
                        services.postpone_digest(left, why=why)
                    return sent
                sent += _send(digest, opened.get(digest.person_id), connection)
    finally:
        _close(connection)
    return sent


def _unreachable(connection: BaseEmailBackend) -> str:
    """Why the server can't be reached, or ""; connects where that isn't done yet."""
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _send(digest: Digest, listed: Open | None, connection: BaseEmailBackend) -> bool:
    if listed is None or not digest.person.is_active or not digest.person.email:
        services.drop_digest(digest)
        return False
    return _hand_over(
        digest, lambda begin: letter(digest, listed, before_the_end=begin), connection
    )


def send_letters() -> int:
    """Send the letters that apps have written and whose hour has come; returns how many went out."""
    sent = 0
    connection = get_connection()
    try:
        while batch := services.lease_letters(at=timezone.now()):
            for place, written in enumerate(batch):
                if why := _unreachable(connection):
                    for left in batch[place:]:
                        services.postpone_digest(left, why=why)
                    return sent
                sent += _send_letter(written, connection)
    finally:
        _close(connection)
    return sent


def _send_letter(written: Letter, connection: BaseEmailBackend) -> bool:
    if not written.person.is_active or not written.person.email or not written.text:
        services.drop_digest(written)
        return False
    return _hand_over(written, lambda begin: letter_mail(written, before_the_end=begin), connection)


def _hand_over(
    digest: Digest | Letter,
    written: Callable[[Callable[[], None]], Mail],
    connection: BaseEmailBackend,
) -> bool:
    handing_over = HandingOver(digest)
    message = written(handing_over.begin)
    try:
        if not isinstance(connection, Backend):
            handing_over.begin()
        connection.send_messages([message])
    except BegunElsewhere:
        _close(connection)
        return False
    except (OSError, smtplib.SMTPException) as error:
        _close(connection)
        log.warning("%s was not sent: %s", digest, error)
        outcome = _outcome_of(error, has_begun=handing_over.has_begun)
        outcome(digest, why=f"{type(error).__name__}: {error}")
        return False
    services.mark_sent(digest)
    return True


def _outcome_of(error: Exception, *, has_begun: bool) -> Callable[..., None]:
    """Refused for now, refused for good, or broken off: once begun nobody knows what became of it."""
    codes: list[int] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    if not codes:
        return services.doubt_digest if has_begun else services.postpone_digest
    for_now = all(400 <= code < 500 for code in codes)
    return services.postpone_digest if for_now else services.fail_digest


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        log.debug("the mail server hung up first", exc_info=True)


def letter(digest: Digest, listed: Open, *, before_the_end: Callable[[], None]) -> Mail:
    """Text and HTML with a link for each thing. Its Message-ID is the same whenever it is made."""
    settings_url = f"{settings.ENV.base_url}{reverse('notices:reminders')}"
    context = {
        "open": listed,
        "name": digest.person.get_short_name(),
        "company": settings.ENV.company_name,
        "settings_url": settings_url,
    }
    message = Mail(
        subject=listed.headline,
        body=render_to_string("notices/digest.txt", context),
        to=[digest.person.email or ""],
        headers={
            "Message-ID": f"<{digest.public_id}@{urlsplit(settings.ENV.base_url).hostname}>",
            "List-Unsubscribe": f"<{settings_url}>",
            "Auto-Submitted": "auto-generated",
        },
        before_the_end=before_the_end,
    )
    message.attach_alternative(render_to_string("notices/digest.html", context), "text/html")
    return message


def letter_mail(written: Letter, *, before_the_end: Callable[[], None]) -> Mail:
    """Text, and HTML with the picture within; one click ends letters like it (RFC 8058)."""
    leave = f"{settings.ENV.base_url}{written.leave_path}"
    message = Mail(
        subject=written.subject,
        body=written.text,
        to=[written.person.email or ""],
        headers={
            "Message-ID": f"<{written.public_id}@{urlsplit(settings.ENV.base_url).hostname}>",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        before_the_end=before_the_end,
    )
    message.attach_alternative(written.html, "text/html")
    if written.picture is not None:
        picture = MIMEImage(bytes(written.picture), "png")
        picture.add_header("Content-ID", "<picture>")
        picture.add_header("Content-Disposition", "inline", filename="view.png")
        message.attach(picture)
    return message
