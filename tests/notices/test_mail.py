"""The mail itself, over real SMTP, and what becomes of it when server or worker fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from notices.mail import send_mail_digests
from notices.models import Digest, Notice
from notices.services import HandingOver, claim_digests
from notices.tasks import mail_digests
from people.models import Channel, User
from reflection.environment import PROJECT_ROOT
from tests.factories import UserFactory
from tests.instances import clean_environment
from tests.notices.conftest import MONDAY, Tell
from tests.notices.smtp import MailServer


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def outcome() -> tuple[bool, bool, bool, str]:
    """Whether the only digest was begun, sent, failed, and its last error."""
    digest = Digest.objects.get()
    return (
        digest.begun_at is not None,
        digest.sent_at is not None,
        digest.failed_at is not None,
        digest.last_error,
    )


def written(part: Message) -> str:
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def test_a_mail_has_text_and_html_with_a_link_for_each_thing(
    rep: User, tell: Tell, smtp: MailServer
) -> None:
    tell(rep, text="Debrief “Harbour & Sons”", due_at=MONDAY + timedelta(hours=30))
    mail_digests()
    ((recipient, mail),) = smtp.received
    text, html = (written(part) for part in mail.walk() if not part.is_multipart())
    assert recipient == "rep@example.com"
    assert mail["Message-ID"] == f"<{Digest.objects.get().public_id}@localhost>"
    assert mail["List-Unsubscribe"] == "<http://localhost:8000/reminders/>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text.splitlines()[:6] == [
        "Hello Rita,",
        "",
        "one thing waits for you.",
        "",
        "* Debrief “Harbour & Sons”",
        "  due Tuesday 24 November, 14:00",
    ]
    assert "  http://localhost:8000/debriefs/deal:1/" in text
    assert 'href="http://localhost:8000/debriefs/deal:1/"' in html
    assert "Debrief “Harbour &amp; Sons”" in html
    assert outcome() == (True, True, False, "")


def test_the_task_run_twice_sends_once(rep: User, tell: Tell, smtp: MailServer) -> None:
    tell(rep)
    mail_digests()
    mail_digests()
    assert smtp.recipients == ["rep@example.com"]


def test_without_a_mail_server_no_digest_is_made(rep: User, tell: Tell, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    tell(rep)
    mail_digests()
    assert Digest.objects.count() == 0


def test_refused_for_now_comes_again_and_for_good_does_not(
    rep: User, tell: Tell, smtp: MailServer, monday: time_machine.Traveller
) -> None:
    tell(rep)
    smtp.replies["rep@example.com"] = "451 try later"
    mail_digests()
    assert outcome()[:3] == (False, False, False)
    monday.move_to(MONDAY + timedelta(minutes=2))
    smtp.replies["rep@example.com"] = "550 no such mailbox"
    mail_digests()
    assert outcome()[:3] == (False, False, True)
    smtp.replies.clear()
    monday.move_to(MONDAY + timedelta(hours=1))
    mail_digests()
    assert smtp.received == []


def test_a_server_that_is_away_delays_all_and_is_asked_once(
    rep: User, teammate: User, tell: Tell, smtp: MailServer, settings: Settings,
    monday: time_machine.Traveller,
) -> None:  # fmt: skip
    tell(rep)
    tell(teammate, "deal:2")
    settings.EMAIL_PORT = 1
    mail_digests()
    assert set(Digest.objects.values_list("attempts", "begun_at")) == {(1, None)}
    settings.EMAIL_PORT = smtp.port
    monday.move_to(MONDAY + timedelta(minutes=2))
    mail_digests()
    assert sorted(smtp.recipients) == ["rep@example.com", "teammate@example.com"]


def test_a_line_that_breaks_off_while_sending_is_not_tried_again(
    rep: User, tell: Tell, smtp: MailServer, monday: time_machine.Traveller
) -> None:
    """It may have arrived: rather none than two."""

    def hang_up(_recipient: str) -> None:
        raise ConnectionAbortedError

    tell(rep)
    smtp.after_accepting = hang_up
    mail_digests()
    assert outcome()[:3] == (True, False, False)
    assert "Disconnected" in outcome()[3]
    monday.move_to(MONDAY + timedelta(hours=1))
    mail_digests()
    assert smtp.recipients == ["rep@example.com"]


def test_what_ended_meanwhile_is_not_sent(rep: User, tell: Tell, smtp: MailServer) -> None:
    tell(rep)
    claim_digests(channels=[Channel.MAIL], at=MONDAY)
    Notice.objects.update(ended_at=MONDAY)
    assert send_mail_digests() == 0
    assert (smtp.received, Digest.objects.count()) == ([], 0)


@pytest.mark.parametrize("people", [1, 3])
def test_a_round_costs_two_statements_for_each_mail_and_no_more(
    tell: Tell, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n, person in enumerate(UserFactory.create_batch(people)):
        tell(person, f"deal:{n}")
    # claim 2; lease 2 in a savepoint of 2, once full and once empty without the update; what is open
    with django_assert_num_queries(2 + 4 + 1 + 2 * people + 3):
        mail_digests()


class Killed(BaseException):
    """What a killed worker looks like from inside: nothing after it runs."""


def die(*_args: object, **_kwargs: object) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("step", "mails"),
    [
        ("notices.services.lease_digests", 1),
        ("notices.smtp.Backend.send_messages", 1),
        ("notices.services.digests.begin_digest", 1),
        ("notices.services.HandingOver.begin", 1),
        ("notices.services.mark_sent", 1),
    ],
)
def test_a_worker_killed_at_any_step_loses_none_and_sends_none_twice(
    rep: User, tell: Tell, smtp: MailServer, monday: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch, step: str, mails: int,
) -> None:  # fmt: skip
    tell(rep)
    with monkeypatch.context() as patch:
        patch.setattr(step, die)
        with pytest.raises(Killed):
            mail_digests()
    for minutes in (1, 11, 60):
        monday.move_to(MONDAY + timedelta(minutes=minutes))
        mail_digests()
    assert len(smtp.received) == mails


def test_one_killed_before_the_answer_is_not_sent_again(
    rep: User, tell: Tell, smtp: MailServer, monday: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """All went out; whether it was taken nobody knows. Here it was not: lost for the day."""
    begin = HandingOver.begin

    def begin_and_die(handing_over: HandingOver) -> None:
        begin(handing_over)
        raise Killed

    tell(rep)
    with monkeypatch.context() as patch:
        patch.setattr(HandingOver, "begin", begin_and_die)
        with pytest.raises(Killed):
            mail_digests()
    monday.move_to(MONDAY + timedelta(minutes=60))
    mail_digests()
    assert (smtp.received, outcome()[:3]) == ([], (True, False, False))


def test_a_worker_slower_than_its_lease_hangs_up_before_the_end(
    rep: User, tell: Tell, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(rep)
    monkeypatch.setattr("notices.services.digests.begin_digest", lambda _digest: False)
    mail_digests()
    assert (smtp.received, outcome()[1]) == ([], False)


def test_a_line_that_breaks_before_the_end_is_tried_again(
    rep: User, tell: Tell, smtp: MailServer, monday: time_machine.Traveller
) -> None:
    tell(rep)
    smtp.hangs_up_at = "DATA"
    mail_digests()
    assert outcome()[:3] == (False, False, False)
    smtp.hangs_up_at = ""
    monday.move_to(MONDAY + timedelta(minutes=2))
    mail_digests()
    assert smtp.recipients == ["rep@example.com"]


LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
WORKER = """
import django; django.setup()
from notices.mail import send_mail_digests
send_mail_digests()
"""


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_killed_between_two_mails_sends_none_twice(
    tell: Tell, smtp: MailServer, tmp_path: Path
) -> None:
    """The mail server kills the worker as it takes the third mail of five."""
    people = UserFactory.create_batch(5)
    for n, person in enumerate(people):
        tell(person, f"deal:{n}", shown_from=LONG_AGO, shown_until=FAR_AHEAD)
    claim_digests(channels=[Channel.MAIL], at=MONDAY)
    Digest.objects.update(due_at=FAR_AHEAD, leased_until=LONG_AGO)
    worker = _worker(tmp_path, smtp)

    def kill_at_the_third(_recipient: str) -> None:
        if len(smtp.received) == 3:
            os.kill(worker.pid, signal.SIGKILL)

    smtp.after_accepting = kill_at_the_third
    assert worker.wait(timeout=60) == -signal.SIGKILL
    smtp.after_accepting = lambda _recipient: None
    Digest.objects.update(leased_until=LONG_AGO)
    send_mail_digests()
    assert sorted(smtp.recipients) == sorted(str(person.email) for person in people)
    assert Digest.objects.filter(sent_at=None).count() == 1


def _worker(home: Path, smtp: MailServer) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=PROJECT_ROOT,
        env=clean_environment(
            DJANGO_SETTINGS_MODULE="reflection.settings",
            DATA_DIR=str(home),
            DATABASE_URL=f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
            MAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
        ),
    )


def test_the_letter_is_the_same_whenever_it_is_made(
    rep: User, tell: Tell, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    tell(rep)
    mail_digests()
    first = mailoutbox[0]
    Digest.objects.update(begun_at=None, sent_at=None, leased_until=MONDAY)
    send_mail_digests()
    assert mailoutbox[1].message()["Message-ID"] == first.message()["Message-ID"]
