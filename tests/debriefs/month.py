"""A month of closings, debriefs, snoozes and deaths for 300 people, and who should hear of what.

What should happen is worked out here from intervals and the library `holidays` alone, without
a table or a function of the product.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import time_machine
from django.core.mail import EmailMessage
from holidays import HolidayBase, country_holidays

from deals.models import Closing, Deal, Outcome
from debriefs.models import DebriefRequest
from debriefs.services.reminders import keep_reminders
from debriefs.services.requests import (
    dismiss_request,
    hand_over_request,
    open_requests,
    snooze_request,
)
from debriefs.tasks import keep_escalations
from notices.smtp import Backend
from notices.tasks import mail_digests
from people.models import Channel, Membership, Role, Team, User

PLACES = [
    ("America/Toronto", "CA"),
    ("Europe/London", "GB"),
    ("Europe/Berlin", "DE-BY"),
    ("Asia/Tokyo", "JP"),
    ("Australia/Sydney", "AU"),
]
PEOPLE, TEAMS, CLOSINGS = 300, 10, 600
# Summer time begins in Europe and ends in Sydney; Easter, and a holiday in Japan only.
BEGIN, END = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC)
TICK = timedelta(hours=1)
LATEST = timedelta(hours=4)
DigestKey = tuple[int, date]


class Killed(BaseException):
    """What a killed worker looks like from inside: nothing after it runs."""


class Postman(Backend):
    """Notes each mail; dies at a chance before a mail goes out, before its end, or after that.

    `in_doubt` are the mails at which it died after their end and before the server had them.
    """

    sent: ClassVar[list[tuple[datetime, str, str]]] = []
    in_doubt: ClassVar[list[tuple[datetime, str]]] = []
    deaths: ClassVar[float] = 0.0
    chance: ClassVar[random.Random] = random.Random(4)

    def open(self) -> bool:
        self._perhaps_die()
        return True

    def send_messages(self, messages: Any) -> int:
        self._perhaps_die()
        for message in messages:
            message.before_the_end()
            self._perhaps_die_in_doubt(message)
            self._note(message)
        self._perhaps_die()
        return len(messages)

    def close(self) -> None:
        """Nothing is open."""

    def _perhaps_die_in_doubt(self, message: EmailMessage) -> None:
        try:
            self._perhaps_die()
        except Killed:
            Postman.in_doubt.append((datetime.now(UTC), message.to[0]))
            raise

    def _note(self, message: EmailMessage) -> None:
        mail = (datetime.now(UTC), message.to[0], str(message.message()["Message-ID"]))
        Postman.sent.append(mail)

    def _perhaps_die(self) -> None:
        if self.chance.random() < self.deaths:
            raise Killed


@dataclass
class Waiting:
    """From when until when one person had one thing open."""

    since: datetime
    until: datetime


@dataclass
class Month:
    """`waiting` is what each person had open, by id: the truth that digests are held against."""

    rng: random.Random
    people: dict[int, User] = field(default_factory=dict)
    waiting: dict[int, list[Waiting]] = field(default_factory=dict)
    killed_at: list[datetime] = field(default_factory=list)
    late: dict[int, Waiting] = field(default_factory=dict)
    running: dict[int, Waiting] = field(default_factory=dict)
    managers: dict[int, int] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)

    def populate(self) -> None:
        """Ten teams of thirty in five places; some want no digest, some have left."""
        made = User.objects.bulk_create(self._person(n) for n in range(PEOPLE))
        self.people = {person.pk: person for person in made}
        leads = made[:TEAMS]
        teams = Team.objects.bulk_create(
            Team(name=f"Team {n}", manager=lead) for n, lead in enumerate(leads)
        )
        Membership.objects.bulk_create(
            Membership(user=person, team=teams[n % TEAMS], since=date(2020, 1, 1))
            for n, person in enumerate(made)
        )
        self.managers = {
            person.pk: leads[n % TEAMS].pk for n, person in enumerate(made) if n >= TEAMS
        }

    def _person(self, n: int) -> User:
        time_zone, calendar = PLACES[n % len(PLACES)]
        return User(
            username=f"p{n}",
            full_name=f"Person {n}",
            email=f"p{n}@example.com",
            role=Role.MANAGER if n < TEAMS else Role.REP,
            time_zone=time_zone,
            calendar=calendar,
            digest_hour=self.rng.choice([6, 7, 8, 8, 8, 9, 14, 17]),
            channel=Channel.NONE if n % 29 == 28 else Channel.MAIL,
        )

    def run(self) -> None:
        """An hour at a time: what people do, the managers' line, the digests."""
        agenda = self._agenda()
        with time_machine.travel(BEGIN, tick=False) as clock:
            for tick in range(int((END - BEGIN) / TICK)):
                now = BEGIN + tick * TICK
                clock.move_to(now)
                self._carry_out(agenda.pop(now, []), now)
                if tick % 4 == 0:
                    keep_escalations()
                    self._note_escalations(now)
                try:
                    mail_digests()
                except Killed:
                    self.killed_at.append(now)

    def _agenda(self) -> dict[datetime, list[tuple[str, int]]]:
        """When each deal closes, and what becomes of its request some days later."""
        owners = list(self.people.values())
        deals = Deal.objects.bulk_create(
            Deal(source="crm", external_id=str(n), name=f"Deal {n}", owner=self.rng.choice(owners))
            for n in range(CLOSINGS)
        )
        ticks = int((END - BEGIN) / TICK)
        closed_at = [BEGIN + self.rng.randrange(ticks) * TICK for _ in deals]
        closings = Closing.objects.bulk_create(
            Closing(deal=deal, closed_on=at.date(), outcome=Outcome.NO_DECISION, recorded_at=at)
            for deal, at in zip(deals, closed_at, strict=True)
        )
        agenda: dict[datetime, list[tuple[str, int]]] = {}
        for closing, at in zip(closings, closed_at, strict=True):
            agenda.setdefault(at, []).append(("open", closing.pk))
            later = at
            for step in self._fate():
                later += self.rng.randrange(1, 100) * TICK
                agenda.setdefault(later, []).append((step, closing.pk))
        return agenda

    def _fate(self) -> list[str]:
        kinds = [
            ["done"],
            ["snooze", "done"],
            ["hand over", "done"],
            ["dismiss"],
            ["hand over"],
            [],
        ]
        return self.rng.choices(kinds, weights=[60, 10, 5, 8, 5, 12])[0]

    def _carry_out(self, steps: list[tuple[str, int]], now: datetime) -> None:
        opened = [closing for step, closing in steps if step == "open"]
        if opened:
            open_requests(opened)
            for request in DebriefRequest.objects.filter(closing__in=opened):
                self._begin(request, now)
        for step, closing in steps:
            if step != "open":
                self._change(DebriefRequest.objects.get(closing=closing), step, now)

    def _change(self, request: DebriefRequest, step: str, now: datetime) -> None:
        person = self.people[request.person_id]
        if step == "done":
            DebriefRequest.objects.filter(pk=request.pk).update(done_at=now)
            keep_reminders([request.closing_id])
            self._end(request, now)
            self.late.pop(request.pk, None)
        elif step == "dismiss":
            dismiss_request(request, because="Nothing to learn.", by=person)
            self._end(request, now)
            self.late.pop(request.pk, None)
        elif step == "snooze":
            self._snooze(request, person, now)
        else:
            self._hand_over(request, person, now)

    def _snooze(self, request: DebriefRequest, person: User, now: datetime) -> None:
        zone = ZoneInfo(person.time_zone)
        until = now.astimezone(zone).date() + timedelta(days=self.rng.randint(1, 5))
        begins = datetime.combine(until, time(), tzinfo=zone)
        assert request.escalates_at is not None
        if begins <= request.escalates_at:
            snooze_request(request, until=until, by=person)
            self._end(request, now)
            self._begin(request, begins)

    def _hand_over(self, request: DebriefRequest, person: User, now: datetime) -> None:
        to = self.rng.choice([each for each in self.people.values() if each.pk != person.pk])
        self._end(request, now)
        self._begin(hand_over_request(request, to=to, because="Theirs.", by=person), now)

    def _begin(self, request: DebriefRequest, since: datetime) -> None:
        assert request.reminded_until is not None
        assert request.escalates_at is not None
        span = Waiting(since, request.reminded_until)
        self.running[request.pk] = span
        self.waiting.setdefault(request.person_id, []).append(span)
        self.late[request.pk] = Waiting(request.escalates_at, request.reminded_until)
        self.asked[request.pk] = request.person_id

    def _end(self, request: DebriefRequest, now: datetime) -> None:
        span = self.running[request.pk]
        span.until = min(span.until, now)

    def _note_escalations(self, now: datetime) -> None:
        """The line stands from one round of the job to the next."""
        late = {
            self.managers[self.asked[request]]
            for request, span in self.late.items()
            if span.since <= now < span.until and self.asked[request] in self.managers
        }
        for manager in late:
            self.waiting.setdefault(manager, []).append(Waiting(now, now + 4 * TICK))

    def key_of(self, at: datetime, address: str) -> DigestKey:
        """Whose digest a mail is, and of which local day."""
        person = self.by_address[address]
        return person.pk, at.astimezone(ZoneInfo(person.time_zone)).date()

    @cached_property
    def by_address(self) -> dict[str, User]:
        return {str(person.email): person for person in self.people.values()}

    def waits(self, person: int, at: datetime) -> bool:
        """Whether anything was open for this person then."""
        return any(span.since <= at < span.until for span in self.waiting.get(person, []))

    def expected(self) -> dict[DigestKey, datetime]:
        """Who should get a digest of which local day, and at which moment."""
        calendars = {code: _calendar(code) for _, code in PLACES}
        found = {}
        for person in self.people.values():
            if person.channel == Channel.MAIL:
                for day, at in _hours_of(person, calendars[person.calendar]):
                    if self.waits(person.pk, at):
                        found[person.pk, day] = at
        return found


def _calendar(code: str) -> HolidayBase:
    country, _, region = code.partition("-")
    return country_holidays(country, subdiv=region or None, years=2026)


def _hours_of(person: User, calendar: HolidayBase) -> Iterator[tuple[date, datetime]]:
    """The hour that a person chose, on each of their working days of the month."""
    zone = ZoneInfo(person.time_zone)
    day = date(2026, 3, 19)
    while day <= END.date():
        at = datetime.combine(day, time(person.digest_hour), tzinfo=zone)
        if BEGIN <= at < END and day not in calendar and day.weekday() < 5:
            yield day, at
        day += timedelta(days=1)
