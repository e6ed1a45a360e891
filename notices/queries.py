"""What a digest and the page of reminders say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateformat import format as date_format

from notices.models import Digest, Notice
from people.models import User

LONGEST = 25


@dataclass(frozen=True)
class Line:
    """One open thing; `due` is when, in words and in the reader's own time zone."""

    text: str
    path: str
    due: str

    @property
    def url(self) -> str:
        return f"{settings.ENV.base_url}{self.path}"


@dataclass(frozen=True)
class Open:
    """The most urgent of what is open for one person, and how much there is in all."""

    lines: list[Line]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.lines)

    @property
    def headline(self) -> str:
        """The subject of a mail."""
        rest = self.total - 1
        return self.lines[0].text + (f", and {rest} more" if rest else "")


def open_for(people: Iterable[User], *, at: datetime) -> dict[int, Open]:
    """What is open for each of them, by person id, in one query; nobody has an empty list."""
    by_id = {person.pk: person for person in people}
    found: dict[int, list[Line]] = {}
    for notice in Notice.objects.open(at=at).filter(person__in=by_id).by_urgency():
        found.setdefault(notice.person_id, []).append(_line(notice, by_id, at))
    return {key: Open(lines[:LONGEST], len(lines)) for key, lines in found.items()}


def _line(notice: Notice, people: dict[int, User], at: datetime) -> Line:
    due = ""
    if notice.due_at is not None:
        local = notice.due_at.astimezone(ZoneInfo(people[notice.person_id].time_zone))
        verb = "was due" if notice.due_at < at else "due"
        due = f"{verb} {date_format(local, 'l j F, H:i')}"
    return Line(text=notice.text, path=notice.path, due=due)


@dataclass(frozen=True)
class Reminders:
    """The page. `last` is in the person's own time zone, None before the first digest."""

    open: Open
    last: str
    last_went_wrong: bool


def reminders_of(person: User, *, at: datetime) -> Reminders:
    """What is open and what became of the last digest, in two queries."""
    opened = open_for([person], at=at).get(person.pk, Open([], 0))
    digest = Digest.objects.filter(person=person).order_by("-day").first()
    if digest is None:
        return Reminders(opened, "", last_went_wrong=False)
    zone = ZoneInfo(person.time_zone)
    at_their_hour = date_format((digest.sent_at or digest.due_at).astimezone(zone), "l j F, H:i")
    return Reminders(opened, at_their_hour, last_went_wrong=digest.went_wrong(at=at))


def told_since(kind: str) -> dict[int, datetime]:
    """From when on each person's notice of a kind that tells one thing each is listed, while it stands."""
    standing = Notice.objects.filter(kind=kind, ended_at=None)
    return dict(standing.values_list("person", "shown_from"))
