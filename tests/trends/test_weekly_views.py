"""A saved view by weekly mail: once, at its hour, as its reader may see it, ended by one click."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notices.models import Letter
from notices.tasks import mail_letters, prune
from people.models import User
from tests.factories import UserFactory, closed_deal
from tests.notices.conftest import smtp  # noqa: F401
from tests.notices.smtp import MailServer
from trends.dashboard.subscribing import leaving_token, subscribe
from trends.dashboard.weekly import write_weekly_views
from trends.models import SavedView, ViewSubscription
from trends.services import rebuild
from trends.tasks import mail_views

SignedIn = Callable[[User], Client]
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # eight in Berlin
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reader() -> User:
    return UserFactory.create(
        full_name="Bea Berlin", email="bea@example.com", time_zone="Europe/Berlin"
    )


@pytest.fixture
def view(reader: User) -> SavedView:
    closed_deal(owner=reader, closing={"closed_on": date(2026, 11, 10)})
    rebuild()
    return SavedView.objects.create(
        owner=reader, name="My quarter", page="overview", params={"period": ["quarter"]}
    )


@pytest.fixture
def weekly(view: SavedView, reader: User) -> ViewSubscription:
    return subscribe(view, weekday=0, hour=8, by=reader)


def test_it_comes_once_with_its_picture_and_a_way_out(
    weekly: ViewSubscription,
    smtp: MailServer,  # noqa: F811
) -> None:
    for _ in range(2):
        mail_views()
        mail_letters()
    ((recipient, mail),) = smtp.received
    assert recipient == "bea@example.com"
    subject = str(make_header(decode_header(mail["Subject"])))
    assert subject == "My quarter: 1 Oct 2026 to 23 Nov 2026 · still running"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    parts = {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}
    assert payload(parts["image/png"])[1:4] == b"PNG"
    assert parts["image/png"]["Content-ID"] == "<picture>"
    html, text = (payload(parts[kind]).decode() for kind in ("text/html", "text/plain"))
    assert 'src="cid:picture"' in html
    assert "Lost deals: 1" in text
    opens = reverse("trends:view_open", args=[weekly.view_id])
    assert f"http://localhost:8000{opens}" in text


def payload(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body


@pytest.mark.parametrize(
    ("after", "written"), [(-HOUR, 0), (0 * HOUR, 1), (3 * HOUR, 1), (4 * HOUR, 0), (24 * HOUR, 0)]
)
def test_the_day_and_the_hour_are_those_where_the_person_is(
    weekly: ViewSubscription, after: timedelta, written: int
) -> None:
    assert write_weekly_views(at=MONDAY + after) == written


def test_next_week_it_comes_again(weekly: ViewSubscription) -> None:
    assert write_weekly_views(at=MONDAY) == 1
    assert write_weekly_views(at=MONDAY + HOUR) == 0
    assert write_weekly_views(at=MONDAY + timedelta(days=7)) == 1


def test_a_view_that_cannot_be_read_any_more_is_silent(
    view: SavedView, weekly: ViewSubscription, rep: User
) -> None:
    SavedView.objects.update(shared_at=timezone.now())
    rep.time_zone = "Europe/Berlin"
    rep.save()
    subscribe(view, weekday=0, hour=8, by=rep)
    SavedView.objects.update(shared_at=None)
    assert write_weekly_views(at=MONDAY) == 1
    assert list(Letter.objects.values_list("person", flat=True)) == [weekly.person_id]
    for changes in ({"page": "no-such-page"}, {"page": "overview", "params": {"region": ["Mars"]}}):
        Letter.objects.all().delete()
        SavedView.objects.update(**changes)
        assert write_weekly_views(at=MONDAY) == 0


def test_who_left_or_has_no_address_gets_none(weekly: ViewSubscription) -> None:
    User.objects.filter(pk=weekly.person_id).update(email=None)
    assert write_weekly_views(at=MONDAY) == 0
    User.objects.filter(pk=weekly.person_id).update(email="b@example.com", is_active=False)
    assert write_weekly_views(at=MONDAY) == 0


def test_one_click_ends_it_without_signing_in(weekly: ViewSubscription, client: Client) -> None:
    address = reverse("trends:view_leave", args=[leaving_token(weekly)])
    assert client.get(address).status_code == 200
    assert ViewSubscription.objects.exists()
    unsigned = Client(enforce_csrf_checks=True)
    assert unsigned.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not ViewSubscription.objects.exists()
    unknown = reverse("trends:view_leave", args=["17:forged"])
    used, forged = (client.post(each).content for each in (address, unknown))
    hidden = re.compile(rb'(nonce|value)="[^"]+"')
    assert hidden.sub(b"", used) == hidden.sub(b"", forged)


def test_a_person_asks_changes_and_ends_it_on_the_pages(
    view: SavedView, reader: User, signed_in: SignedIn
) -> None:
    client = signed_in(reader)
    address = reverse("trends:view_weekly", args=[view.pk])
    client.post(address, {"weekday": "4", "hour": "16"})
    assert ViewSubscription.objects.get().in_words == "Fridays at 16:00"
    assert "Fridays at 16:00" in client.get(reverse("trends:view_list")).content.decode()
    assert client.post(address, {"weekday": "9", "hour": "16"}).status_code == 422
    client.post(reverse("trends:view_weekly_end", args=[view.pk]))
    assert not ViewSubscription.objects.exists()


def test_what_a_letter_said_is_forgotten_once_it_was_sent(
    weekly: ViewSubscription,
    smtp: MailServer,  # noqa: F811
) -> None:
    mail_views()
    mail_letters()
    prune()
    letter = Letter.objects.get()
    assert (letter.text, letter.picture) == ("", None)
    assert letter.sent_at is not None
