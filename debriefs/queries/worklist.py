"""“Your debriefs”: what waits, what was begun, what can still be changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from deals.models import Closing, Outcome
from debriefs.deadlines import SnoozeDays, snooze_days
from debriefs.models import Debrief, DebriefRequest
from debriefs.models.requests import DebriefRequestQuerySet
from debriefs.queries.work import money
from people.models import User

LONGEST = 25
_CLOSING_OF_REQUEST = ("person", "asked_by", "closing__deal__account__merged_into")


@dataclass(frozen=True)
class Item:
    """One closed deal on a list of work.

    `person` is named on a manager's list only; `asked_by` where somebody wants a second view.
    Of a request: `snoozed_until` while it is put off, `snooze` the days until which it may be,
    `is_escalated` once it waits long, `handed_from` who had it before and why.
    """

    closing_id: int
    deal: str
    account: str
    outcome: str
    outcome_label: str
    amount: str
    closed_on: date
    due_at: datetime | None = None
    is_overdue: bool = False
    request_id: int | None = None
    debrief_id: int | None = None
    at: datetime | None = None
    person: str = ""
    asked_by: str = ""
    snoozed_until: date | None = None
    snooze: SnoozeDays | None = None
    is_escalated: bool = False
    handed_from: str = ""
    handed_because: str = ""


@dataclass(frozen=True)
class Some:
    """The first items of a list, and how many there are in all."""

    items: list[Item]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.items)


@dataclass(frozen=True)
class Worklist:
    """Everything on the page. `teams` is there for those who manage people."""

    waiting: Some
    drafts: list[Item]
    undone: Some
    amendable: list[Item]
    teams: Some | None

    @property
    def is_empty(self) -> bool:
        return not (self.waiting.items or self.drafts or self.undone.items or self.amendable)


def worklist_of(user: User) -> Worklist:
    """The work of one person, oldest due first, in five queries and two more for managers.

    What was put off comes after the rest.
    """
    author = Debrief.objects.of(user).filter(closing=OuterRef("closing"))
    asked = DebriefRequest.objects.of(user).open().annotate(has_begun=Exists(author))
    items = {item.closing_id: (row.has_begun, item) for row, item in _requested(asked)}
    waiting = [item for has_begun, item in items.values() if not has_begun]
    waiting.sort(key=lambda item: item.snoozed_until is not None)
    return Worklist(
        waiting=Some(waiting[:LONGEST], len(waiting)),
        drafts=_drafts(user, {key: item for key, (_, item) in items.items()}),
        undone=_undone(user),
        amendable=_amendable(user),
        teams=_of_teams(user) if user.is_manager else None,
    )


def next_waiting(user: User, *, after: int) -> Item | None:
    """The request that is due next and not put off, other than of the closing `after`."""
    requests = DebriefRequest.objects.of(user).open().awake(at=timezone.now())
    found = _requested(requests.exclude(closing=after), most=1)
    return found[0][1] if found else None


def _of_teams(user: User) -> Some:
    found = _requested(DebriefRequest.objects.open().of_people_below(user))
    items = [replace(item, person=str(row.person), snooze=None) for row, item in found]
    return Some(items[:LONGEST], len(items))


def _drafts(user: User, asked: Mapping[int, Item]) -> list[Item]:
    begun = (
        Debrief.objects.of(user)
        .exclude(draft=None)
        .select_related("draft", "closing__deal__account__merged_into")
        .order_by("-draft__saved_at")
    )
    return [
        replace(asked.get(d.closing_id) or _item(d.closing), debrief_id=d.pk, at=d.draft.saved_at)
        for d in begun
    ]


def _undone(user: User) -> Some:
    closings = (
        Closing.objects.current()
        .filter(deal__owner=user)
        .exclude(debriefs__author=user)
        .exclude(requests__person=user)
        .exclude(requests__handovers__from_person=user)
        .select_related("deal__account__merged_into")
        .order_by("-closed_on", "-pk")
    )
    return Some([_item(closing) for closing in closings[:LONGEST]], closings.count())


def _amendable(user: User) -> list[Item]:
    open_ones = (
        Debrief.objects.of(user)
        .filter(amendable_until__gt=timezone.now(), draft=None)
        .select_related("closing__deal__account__merged_into")
        .order_by(F("amendable_until"))
    )
    return [replace(_item(d.closing), debrief_id=d.pk, at=d.amendable_until) for d in open_ones]


def _requested(
    requests: DebriefRequestQuerySet, *, most: int | None = None
) -> list[tuple[Any, Item]]:
    """The rows, oldest due first, each with its item."""
    now = timezone.now()
    rows = requests.with_handover().select_related(*_CLOSING_OF_REQUEST)
    return [(row, _item_of(row, now)) for row in rows.order_by("due_at", "pk")[:most]]


def _item_of(request: Any, now: datetime) -> Item:
    zone = request.person.time_zone
    snoozed = request.snoozed_until
    return replace(
        _item(request.closing),
        due_at=request.due_at,
        is_overdue=request.due_at < now,
        request_id=request.pk,
        asked_by=str(request.asked_by) if request.asked_by else "",
        snoozed_until=snoozed.astimezone(ZoneInfo(zone)).date()
        if snoozed and snoozed > now
        else None,
        snooze=snooze_days(request.escalates_at, time_zone=zone, at=now),
        is_escalated=request.escalates_at is not None and request.escalates_at <= now,
        handed_from=request.handed_from or "",
        handed_because=request.handed_because or "",
    )


def _item(closing: Closing) -> Item:
    account = closing.deal.account
    return Item(
        closing_id=closing.pk,
        deal=closing.deal.name,
        account=account.today.name if account else "",
        outcome=closing.outcome,
        outcome_label=Outcome(closing.outcome).label,
        amount=money(closing.known_amount, closing.currency_id or ""),
        closed_on=closing.closed_on,
    )
