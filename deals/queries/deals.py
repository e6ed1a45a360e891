"""What the pages of deals show, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q

from deals.models import Account, Closing, Deal, DealCompetitor, DealConflict
from deals.models.deals import ClosingQuerySet
from deals.queries.names_today import NamesToday, names_today
from people.models import User

PAGE = 50
# So few are read by their ids; what more deals match is soon met among the latest.
FEW = 2_000


class ListOf(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class DealLine:
    """One line of the list. `amount` is expected while open, what it closed at afterwards."""

    id: int
    name: str
    account: str
    owner: str
    product: str
    stage: str
    amount: Decimal | None
    currency: str
    closed_on: date | None = None
    outcome: str = ""


@dataclass(frozen=True)
class DealList:
    """A keyset page; `after` continues it and is empty on the last one."""

    lines: tuple[DealLine, ...]
    after: str


def closed_deals(user: User, *, words: str = "", mine: bool = False, after: str = "") -> DealList:
    """Closed deals that the person may see, the latest first."""
    closings = Closing.objects.current().for_lines().order_by("-closed_on", "-pk")
    if user.is_partner:
        closings = closings.none()
    if mine:
        closings = closings.filter(deal__owner=user)
    if place := _place(after):
        closed_on, pk = place
        # The first condition follows from the second, and lets the index begin at the day.
        closings = closings.filter(closed_on__lte=closed_on).filter(
            Q(closed_on__lt=closed_on) | Q(pk__lt=pk)
        )
    if words:
        deals = Deal.objects.owned_by(user) if mine else Deal.objects.all()
        closings = _of_deals_matching(words, closings, deals.ids_matching(words, most=FEW))
    found = list(closings[: PAGE + 1])
    names = _names([closing.deal for closing in found], [each.stage_id for each in found])
    return DealList(
        tuple(_closed_line(closing, names) for closing in found[:PAGE]),
        f"{found[PAGE - 1].closed_on}.{found[PAGE - 1].pk}" if len(found) > PAGE else "",
    )


def _of_deals_matching(
    words: str, closings: ClosingQuerySet, few: list[int] | None
) -> ClosingQuerySet:
    """Of few deals the page is chosen here: the database would look for them among the latest."""
    if few is None:
        return closings.filter(deal__in=Deal.objects.matching(words))
    places = closings.filter(deal__in=few).order_by().values_list("closed_on", "pk")
    return closings.filter(pk__in=[pk for _, pk in sorted(places, reverse=True)[: PAGE + 1]])


def open_deals(user: User, *, words: str = "", mine: bool = False, after: str = "") -> DealList:
    """Open deals that the person may see, the newest first."""
    deals = Deal.objects.open_to(user).for_lines().order_by("-pk")
    if mine:
        deals = deals.owned_by(user)
    if words:
        deals = deals.matching(words)
    if after.isdecimal():
        deals = deals.filter(pk__lt=int(after))
    found = list(deals[: PAGE + 1])
    names = _names(found, [deal.stage_id for deal in found])
    return DealList(
        tuple(_open_line(deal, names) for deal in found[:PAGE]),
        str(found[PAGE - 1].pk) if len(found) > PAGE else "",
    )


def _place(after: str) -> tuple[date, int] | None:
    """`DAY.ID`; what can't be read begins at the first page."""
    day, _, number = after.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def _names(deals: Sequence[Deal], stages: Sequence[int | None]) -> NamesToday:
    return names_today(
        account=[deal.account_id for deal in deals],
        product=[deal.product_id for deal in deals],
        owner=[deal.owner_id for deal in deals],
        stage=stages,
    )


def _closed_line(closing: Closing, names: NamesToday) -> DealLine:
    deal = closing.deal
    return DealLine(
        id=deal.pk,
        name=deal.name,
        account=names.of("account", deal.account_id),
        owner=names.of("owner", deal.owner_id),
        product=names.of("product", deal.product_id),
        stage=names.of("stage", closing.stage_id),
        amount=closing.known_amount,
        currency=closing.currency_id or "",
        closed_on=closing.closed_on,
        outcome=closing.outcome,
    )


def _open_line(deal: Deal, names: NamesToday) -> DealLine:
    return DealLine(
        id=deal.pk,
        name=deal.name,
        account=names.of("account", deal.account_id),
        owner=names.of("owner", deal.owner_id),
        product=names.of("product", deal.product_id),
        stage=names.of("stage", deal.stage_id),
        amount=deal.amount,
        currency=deal.currency_id or "",
    )


@dataclass(frozen=True)
class Fact:
    """A fact in words, with where it came from."""

    label: str
    value: str
    source: str


@dataclass(frozen=True)
class DealPage:
    """What the page of one deal shows; the latest closing comes first."""

    deal: Deal
    account: Account | None
    current: Closing | None
    closings: tuple[Closing, ...]
    facts: tuple[Fact, ...]
    attributes: tuple[tuple[str, str], ...]
    conflicts: tuple[DealConflict, ...]


def deal_page(deal: Deal) -> DealPage:
    closings = tuple(
        deal.closings.select_related("stage__merged_into", "winner__merged_into").order_by(
            "-number"
        )
    )
    current = next((each for each in closings if each.reopened_at is None), None)
    return DealPage(
        deal=deal,
        account=deal.account.today if deal.account else None,
        current=current,
        closings=closings,
        facts=_facts(deal, current),
        attributes=tuple(deal.attributes.order_by("key").values_list("key", "value")),
        conflicts=tuple(deal.conflicts.unresolved().order_by("field")),
    )


def _facts(deal: Deal, closing: Closing | None) -> tuple[Fact, ...]:
    met = sorted({row.competitor.today.name for row in _meetings(deal)})
    amount, currency = deal.amount, deal.currency_id
    stage, winner = deal.stage, None
    if closing is not None:
        amount, currency = closing.known_amount, closing.currency_id
        stage, winner = closing.stage, closing.winner
    values = [
        ("owner", "Owner", str(deal.owner) if deal.owner else ""),
        ("product", "Product", deal.product.today.name if deal.product else ""),
        ("amount", "Amount", f"{currency} {amount.normalize():,f}" if amount is not None else ""),
        ("stage", "Stage", stage.today.name if stage else ""),
        ("opened_on", "Opened on", f"{deal.opened_on:%-d %b %Y}" if deal.opened_on else ""),
        ("competitors", "Competitors met", ", ".join(met)),
        ("winner", "Who won", winner.today.name if winner else ""),
    ]
    return tuple(
        Fact(label, value, _source(deal.provenance.get(name, "")) if value else "")
        for name, label, value in values
        if value or name not in ("winner",)
    )


def _meetings(deal: Deal) -> list[DealCompetitor]:
    return list(deal.meetings.select_related("competitor__merged_into"))


def _source(provenance: str) -> str:
    """Where a fact came from, in words."""
    kind, _, _ = provenance.partition(":")
    return {"person": "entered by hand", "api": "from the API", "import": "imported"}.get(kind, "")
