"""“Your debriefs”: what waits, what was begun, what can still be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from deals.models import Closing, Outcome
from debriefs.deadlines import SnoozeDays, snooze_days
from debriefs.models import Debrief, DebriefRequest
from debriefs.models.requests import DebriefRequestQuerySet
from debriefs.queries.work import money
from people.models import User

LONGEST = 25
# One more is looked at, which says that there are more.
COUNTED_AT_MOST = 1_000
_CLOSING_OF_REQUEST = ("person", "asked_by", "closing__deal__account__merged_into")

# By hand, so that the person's deals come first and their closings by their ids: the database would
# go through all closings from the latest on, until enough of them are the person's.
_UNDONE = """
WITH own AS MATERIALIZED (
    SELECT id FROM deals_deal WHERE owner_id = %(person)s AND NOT is_open
    ORDER BY id DESC LIMIT %(looked_at)s
), undone AS MATERIALIZED (
    SELECT closing.id, closing.closed_on
    FROM own CROSS JOIN LATERAL (
        SELECT id, closed_on FROM deals_closing
        WHERE deal_id = own.id AND reopened_at IS NULL LIMIT 1
    ) closing
    WHERE NOT EXISTS (
        SELECT FROM debriefs_debrief WHERE closing_id = closing.id AND author_id = %(person)s
    ) AND NOT EXISTS (
        SELECT FROM debriefs_debriefrequest request
        LEFT JOIN debriefs_requesthandover handover
            ON handover.request_id = request.id AND handover.from_person_id = %(person)s
        WHERE request.closing_id = closing.id
            AND (request.person_id = %(person)s OR handover.id IS NOT NULL)
    )
)
SELECT closing.id, deal.name,
    coalesce((
        SELECT coalesce(today.name, written.name) FROM deals_account written
        LEFT JOIN deals_account today ON today.id = written.merged_into_id
        WHERE written.id = deal.account_id
    ), ''),
    closing.outcome,
    CASE WHEN closing.outcome = 'won' THEN closing.amount ELSE NULLIF(closing.amount, 0) END,
    coalesce(closing.currency_id, ''), closing.closed_on,
    (SELECT count(*) FROM undone), (SELECT count(*) FROM own)
FROM (SELECT id FROM undone ORDER BY closed_on DESC, id DESC LIMIT %(longest)s) latest
JOIN deals_closing closing ON closing.id = latest.id
JOIN deals_deal deal ON deal.id = closing.deal_id
ORDER BY closing.closed_on DESC, closing.id DESC
"""


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
    """The first items of a list, and how many there are in all, or at least where it is capped."""

    items: list[Item]
    total: int
    is_capped: bool = False

    @property
    def total_words(self) -> str:
        """The total as it may be said: "812" or "1,000+"."""
        return f"{self.total:,}+" if self.is_capped else f"{self.total:,}"

    @property
    def more(self) -> str:
        """Those beyond the items, empty where there are none."""
        rest = self.total - len(self.items)
        if self.is_capped:
            return f"more than {rest:,} more"
        return f"{rest:,} more" if rest else ""


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
    """The work of one person, oldest due first, in four queries and three more for managers.

    What was put off comes after the rest. However much there is, no more than COUNTED_AT_MOST of
    each kind are looked at.
    """
    now = timezone.now()
    author = Debrief.objects.of(user).filter(closing=OuterRef("closing"))
    asked = DebriefRequest.objects.of(user).open().annotate(has_begun=Exists(author))
    found = list(
        asked.order_by("due_at", "pk").values("pk", "has_begun", "snoozed_until")[
            : COUNTED_AT_MOST + 1
        ]
    )
    waiting = [each for each in found if not each["has_begun"]]
    waiting.sort(key=lambda each: each["snoozed_until"] is not None and each["snoozed_until"] > now)
    first = [each["pk"] for each in waiting[:LONGEST]]
    begun = [each["pk"] for each in found if each["has_begun"]]
    items = _items_of([*first, *begun])
    is_capped = len(found) > COUNTED_AT_MOST
    drafts, amendable = _own(user, {items[pk].closing_id: items[pk] for pk in begun}, now)
    return Worklist(
        waiting=Some([items[pk] for pk in first], min(len(waiting), COUNTED_AT_MOST), is_capped),
        drafts=drafts,
        undone=_undone(user),
        amendable=amendable,
        teams=_of_teams(user) if user.is_manager else None,
    )


def next_waiting(user: User, *, after: int) -> Item | None:
    """The request that is due next and not put off, other than of the closing `after`."""
    requests = DebriefRequest.objects.of(user).open().awake(at=timezone.now())
    found = _requested(requests.exclude(closing=after), most=1)
    return found[0][1] if found else None


def _of_teams(user: User) -> Some:
    below = DebriefRequest.objects.open().of_people_below(user).order_by("due_at", "pk")
    found = list(below.values_list("pk", flat=True)[: COUNTED_AT_MOST + 1])
    rows = _requested(DebriefRequest.objects.filter(pk__in=found[:LONGEST]))
    items = [replace(item, person=str(row.person), snooze=None) for row, item in rows]
    return Some(items, min(len(found), COUNTED_AT_MOST), len(found) > COUNTED_AT_MOST)


def _items_of(requests: Sequence[int]) -> dict[int, Item]:
    """By the request's id."""
    if not requests:
        return {}
    return {
        row.pk: item for row, item in _requested(DebriefRequest.objects.filter(pk__in=requests))
    }


def _own(user: User, asked: Mapping[int, Item], now: datetime) -> tuple[list[Item], list[Item]]:
    """What was begun, the latest first, and what may be amended still, the soonest over first."""
    mine = (
        Debrief.objects.of(user)
        .filter(Q(draft__isnull=False) | Q(amendable_until__gt=now))
        .select_related("draft", "closing__deal__account__merged_into")
        .order_by("-draft__saved_at", "amendable_until")
    )
    drafts, amendable = [], []
    for debrief in mine:
        if hasattr(debrief, "draft"):
            item = asked.get(debrief.closing_id) or _item(debrief.closing)
            drafts.append(replace(item, debrief_id=debrief.pk, at=debrief.draft.saved_at))
        else:
            item = replace(
                _item(debrief.closing), debrief_id=debrief.pk, at=debrief.amendable_until
            )
            amendable.append(item)
    return drafts, amendable


def _undone(user: User) -> Some:
    """The latest closings among the closed deals that were entered last."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNDONE, {"person": user.pk, "looked_at": COUNTED_AT_MOST + 1, "longest": LONGEST}
        )
        rows = cursor.fetchall()
    items = [
        Item(
            closing_id=pk,
            deal=deal,
            account=account,
            outcome=outcome,
            outcome_label=Outcome(outcome).label,
            amount=money(amount, currency),
            closed_on=closed_on,
        )
        for pk, deal, account, outcome, amount, currency, closed_on, *_ in rows
    ]
    total, closed = rows[0][-2:] if rows else (0, 0)
    return Some(items, min(total, COUNTED_AT_MOST), closed > COUNTED_AT_MOST)


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
