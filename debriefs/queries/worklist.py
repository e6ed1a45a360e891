"""“Your debriefs”: what waits, what was begun, what can still be changed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from deals.models import Closing, Outcome
from debriefs.models import Debrief, DebriefRequest
from debriefs.queries.work import money
from people.access import people_below
from people.models import User

LONGEST = 25
_CLOSING_OF_REQUEST = ("closing__deal__account__merged_into", "asked_by")


@dataclass(frozen=True)
class Item:
    """One closed deal on a list of work.

    `person` is named on a manager's list only; `asked_by` where somebody wants a second view.
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
    """The work of one person, oldest due first, in five queries and two more for managers."""
    return Worklist(
        waiting=_waiting(user),
        drafts=_drafts(user),
        undone=_undone(user),
        amendable=_amendable(user),
        teams=_of_teams(user) if user.is_manager else None,
    )


def next_waiting(user: User, *, after: int) -> Item | None:
    """The request that is due next, other than of the closing `after`."""
    request = (
        DebriefRequest.objects.of(user)
        .open()
        .exclude(closing=after)
        .order_by("due_at", "pk")
        .select_related(*_CLOSING_OF_REQUEST)
        .first()
    )
    return _requested(request) if request else None


def _waiting(user: User) -> Some:
    requests = DebriefRequest.objects.of(user).open().exclude(closing__debriefs__author=user)
    rows = list(requests.select_related(*_CLOSING_OF_REQUEST).order_by("due_at", "pk"))
    return Some([_requested(row) for row in rows[:LONGEST]], len(rows))


def _of_teams(user: User) -> Some:
    requests = (
        DebriefRequest.objects.open().filter(person__in=people_below(user)).exclude(person=user)
    )
    rows = list(requests.select_related("person", *_CLOSING_OF_REQUEST).order_by("due_at", "pk"))
    return Some([_requested(row, named=True) for row in rows[:LONGEST]], len(rows))


def _drafts(user: User) -> list[Item]:
    begun = (
        Debrief.objects.of(user)
        .exclude(draft=None)
        .select_related("draft", "closing__deal__account__merged_into")
        .order_by("-draft__saved_at")
    )
    return [_item(d.closing, debrief_id=d.pk, at=d.draft.saved_at) for d in begun]


def _undone(user: User) -> Some:
    closings = (
        Closing.objects.current()
        .filter(deal__owner=user)
        .exclude(debriefs__author=user)
        .exclude(requests__person=user)
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
    return [_item(d.closing, debrief_id=d.pk, at=d.amendable_until) for d in open_ones]


def _requested(request: DebriefRequest, *, named: bool = False) -> Item:
    return _item(
        request.closing,
        due_at=request.due_at,
        is_overdue=request.due_at < timezone.now(),
        request_id=request.pk,
        person=str(request.person) if named else "",
        asked_by=str(request.asked_by) if request.asked_by else "",
    )


def _item(
    closing: Closing,
    *,
    due_at: datetime | None = None,
    is_overdue: bool = False,
    request_id: int | None = None,
    debrief_id: int | None = None,
    at: datetime | None = None,
    person: str = "",
    asked_by: str = "",
) -> Item:
    account = closing.deal.account
    return Item(
        closing_id=closing.pk,
        deal=closing.deal.name,
        account=account.today.name if account else "",
        outcome=closing.outcome,
        outcome_label=Outcome(closing.outcome).label,
        amount=money(closing.known_amount, closing.currency_id or ""),
        closed_on=closing.closed_on,
        due_at=due_at,
        is_overdue=is_overdue,
        request_id=request_id,
        debrief_id=debrief_id,
        at=at,
        person=person,
        asked_by=asked_by,
    )
