"""SMTP that says when a mail can no longer be taken back: just before the line that ends it.

A server has a mail once it has read that line, and not before (RFC 5321, 4.1.1.4).
"""

import smtplib
from collections.abc import Callable
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage

END_OF_MAIL = b".\r\n"


class Mail(EmailMultiAlternatives):
    """A mail with `before_the_end`, called once when all but its last line has gone out.

    What it raises breaks off the line, so that the server never has the mail.
    """

    def __init__(self, *args: Any, before_the_end: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before_the_end = before_the_end


def _nothing() -> None:
    """For mails of which nobody wants to know."""


class _Line(smtplib.SMTP):
    """`before_the_end` is that of the mail that is going out."""

    before_the_end: Callable[[], None] = staticmethod(_nothing)
    _is_in_mail = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self._is_in_mail = True
        try:
            return super().data(msg)
        except BaseException:
            self.close()
            raise
        finally:
            self._is_in_mail = False

    def send(self, s: Any) -> None:
        if self._is_in_mail and isinstance(s, bytes) and s.endswith(b"\r\n" + END_OF_MAIL):
            super().send(s.removesuffix(END_OF_MAIL))
            self.before_the_end()
            s = END_OF_MAIL
        super().send(s)


class _EncryptedLine(_Line, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


class Backend(EmailBackend):
    """Django's own backend for SMTP, for such mails."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _EncryptedLine if self.use_ssl else _Line

    def _send(self, email_message: EmailMessage) -> bool:
        if isinstance(self.connection, _Line):
            self.connection.before_the_end = getattr(email_message, "before_the_end", _nothing)
        return bool(super()._send(email_message))  # type: ignore[misc]  # unknown to the stubs
