"""What the tests of reminders stand on: a Monday at nine in the morning, a notice, a mail server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from notices.services import Due, keep_notices
from people.models import User
from tests.notices.smtp import MailServer, mail_server

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KIND = "tests.waiting"
Tell = Callable[..., None]


@pytest.fixture
def tell(db: None) -> Tell:
    """Write a notice for a person, open for a month from the Sunday before."""

    def write(person: User, subject: str = "deal:1", **changes: object) -> None:
        due = {
            "person_id": person.pk,
            "subject": subject,
            "text": f"Debrief {subject}",
            "path": f"/debriefs/{subject}/",
            "shown_from": MONDAY - timedelta(days=1),
            "shown_until": MONDAY + timedelta(days=30),
            **changes,
        }
        keep_notices(KIND, about=[subject], dues=[Due(**due)])  # type: ignore[arg-type]

    return write


@pytest.fixture
def smtp(settings: Settings) -> Iterator[MailServer]:
    """A real mail server on loopback, and the settings that lead to it."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "notices.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
