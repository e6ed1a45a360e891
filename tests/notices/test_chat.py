"""The digest by chat, over real HTTP: what is posted, where it may go, and how it fails."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django import Settings

from notices.chat import message
from notices.models import Digest
from notices.queries import open_for
from notices.tasks import chat_digests, mail_digests
from people.models import Channel, User
from people.services import change_person
from people.validators import validate_chat_address
from tests.notices.chat import Chat, chat_server
from tests.notices.conftest import MONDAY, Tell

SLACK = "https://hooks.slack.com/services/T0/B0/x"


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def chat(rep: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    """A chat that the rep gets their digest by."""
    with chat_server() as server:
        monkeypatch.setattr(settings.ENV, "chat_hosts", [server.origin])
        User.objects.filter(pk=rep.pk).update(
            channel=Channel.CHAT, chat_webhook=f"{server.origin}/hook"
        )
        yield server


def outcome() -> tuple[bool, bool, bool]:
    """Whether the only digest was begun, sent, failed."""
    digest = Digest.objects.get()
    return digest.begun_at is not None, digest.sent_at is not None, digest.failed_at is not None


def test_it_is_posted_once_with_a_link_for_each_thing(rep: User, tell: Tell, chat: Chat) -> None:
    tell(rep, text="Debrief “A <b> & C|D”", due_at=MONDAY + timedelta(hours=30))
    chat_digests()
    chat_digests()
    mail_digests()
    ((key, body),) = chat.received
    assert key == str(Digest.objects.get().public_id)
    assert body == {
        "text": "1 thing waits for you.\n"
        "• <http://localhost:8000/debriefs/deal:1/|Debrief “A &lt;b&gt; &amp; C¦D”>,"
        " due Tuesday 24 November, 14:00\n"
        "<http://localhost:8000/reminders/|Settings>"
    }
    assert outcome() == (True, True, False)


def test_teams_takes_a_card(rep: User, tell: Tell) -> None:
    tell(rep, text="Debrief “[A](http://x)”")
    listed = open_for([rep], at=MONDAY)[rep.pk]
    body = message(listed, address="https://acme.webhook.office.com/x")
    card = body["attachments"][0]["content"]
    assert [block["text"] for block in card["body"]] == [
        "1 thing waits for you.",
        "- [Debrief “\\[A\\]\\(http://x\\)”](http://localhost:8000/debriefs/deal:1/)",
        "[Settings](http://localhost:8000/reminders/)",
    ]


@pytest.mark.parametrize(
    ("status", "expected", "posts"),
    [
        (429, (True, True, False), 2),  # refused for now: again, and taken
        (503, (True, True, False), 2),
        (404, (True, False, True), 1),  # the webhook is gone
        (302, (True, False, True), 1),  # led elsewhere: not followed
        (500, (True, False, False), 1),  # it may have arrived
        (0, (True, False, False), 1),  # broken off
    ],
)
def test_only_what_certainly_did_not_arrive_is_posted_again(
    rep: User, tell: Tell, chat: Chat, monday: time_machine.Traveller,
    status: int, expected: tuple[bool, bool, bool], posts: int,
) -> None:  # fmt: skip
    tell(rep)
    chat.status = status
    chat_digests()
    chat.status = 200
    monday.move_to(MONDAY + timedelta(minutes=2))
    chat_digests()
    assert (outcome(), len(chat.received)) == (expected, posts)


def test_a_chat_that_is_away_gets_it_later(
    rep: User, tell: Tell, chat: Chat, settings: Settings, monday: time_machine.Traveller
) -> None:
    tell(rep)
    settings.ENV.chat_hosts.append("http://127.0.0.1:1")
    User.objects.filter(pk=rep.pk).update(chat_webhook="http://127.0.0.1:1/hook")
    chat_digests()
    assert outcome() == (False, False, False)
    User.objects.filter(pk=rep.pk).update(chat_webhook=f"{chat.origin}/hook")
    monday.move_to(MONDAY + timedelta(minutes=2))
    chat_digests()
    assert len(chat.received) == 1


def test_an_address_that_is_no_longer_allowed_gets_nothing(
    rep: User, tell: Tell, chat: Chat, settings: Settings
) -> None:
    tell(rep)
    settings.ENV.chat_hosts.clear()
    chat_digests()
    assert chat.received == []


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (SLACK, True),
        ("https://acme.webhook.office.com/webhookb2/x", True),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/x", True),
        ("http://hooks.slack.com/services/x", False),
        ("https://hooks.slack.com:8443/x", False),
        ("https://hooks.slack.com@169.254.169.254/x", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://evilwebhook.office.com/x", False),
        ("https://127.0.0.1/x", False),
        ("http://localhost:8000/x", False),
        ("file:///etc/passwd", False),
        ("nonsense", False),
    ],
)
def test_a_webhook_leads_only_where_the_instance_allows(address: str, allowed: bool) -> None:
    if allowed:
        validate_chat_address(address)
        return
    with pytest.raises(ValidationError):
        validate_chat_address(address)


def test_without_an_address_the_digest_comes_by_mail(rep: User, admin: User) -> None:
    change_person(rep, by=admin, chat_webhook=SLACK)
    change_person(rep, by=rep, channel="chat")
    change_person(rep, by=admin, chat_webhook="")
    rep.refresh_from_db()
    assert rep.channel == "mail"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=rep.pk).update(channel="chat")
