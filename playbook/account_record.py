"""The deals of one account, under its own name and all names merged into it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from common.charts import money
from deals.models import Account, Closing, Deal, Outcome
from debriefs.models import Debrief
from people.models import User

MOST = 50


@dataclass(frozen=True)
class AccountDeal:
    """One closed deal of an account. `debrief_id` is None while there is none to open."""

    name: str
    closed_on: date
    outcome: Outcome
    stage: str
    product: str
    amount: str
    debrief_id: int | None


@dataclass(frozen=True)
class OpenDeal:
    deal_id: int
    name: str
    stage: str


@dataclass(frozen=True)
class AccountRecord:
    """`closed`, `won` and `lost` count all deals; `deals` lists the latest the viewer may open."""

    closed: int
    won: int
    lost: int
    deals: tuple[AccountDeal, ...]
    open_deals: tuple[OpenDeal, ...]
    open_to_viewer: int


def account_record(pk: int, viewer: User) -> AccountRecord:
    closings = Closing.objects.current().filter(deal__account__in=_names(pk))
    counted = closings.aggregate(closed=Count("pk"), won=Count("pk", filter=Q(outcome="won")))
    readable = _readable(closings, viewer)
    listed = list(
        readable.select_related("deal__product__merged_into", "stage__merged_into").order_by(
            "-closed_on", "-pk"
        )[:MOST]
    )
    debriefs = _debriefs(listed, viewer)
    return AccountRecord(
        closed=counted["closed"],
        won=counted["won"],
        lost=counted["closed"] - counted["won"],
        deals=tuple(_deal(closing, debriefs.get(closing.pk)) for closing in listed),
        open_deals=_open_deals(pk, viewer),
        open_to_viewer=counted["closed"] if viewer.in_sales else readable.count(),
    )


def _names(pk: int) -> QuerySet[Account]:
    return Account.objects.filter(Q(pk=pk) | Q(merged_into=pk))


def _readable(closings: QuerySet[Closing], viewer: User) -> QuerySet[Closing]:
    """Sales reads all closed deals, a partner those with a debrief open to them."""
    if viewer.in_sales:
        return closings
    shared = Debrief.objects.visible_to(viewer).values("closing")
    return closings.filter(pk__in=shared)


def _debriefs(closings: list[Closing], viewer: User) -> dict[int, int]:
    counting = Debrief.objects.visible_to(viewer).counting().filter(closing__in=closings)
    return dict(counting.values_list("closing", "pk"))


def _open_deals(pk: int, viewer: User) -> tuple[OpenDeal, ...]:
    """Those that the viewer works on or answers for."""
    deals = Deal.objects.open_to(viewer).filter(account__in=_names(pk))
    return tuple(
        OpenDeal(deal.pk, deal.name, str(deal.stage or ""))
        for deal in deals.select_related("stage").order_by("-pk")[:MOST]
    )


def _deal(closing: Closing, debrief_id: int | None) -> AccountDeal:
    product, stage = closing.deal.product, closing.stage
    return AccountDeal(
        name=closing.deal.name,
        closed_on=closing.closed_on,
        outcome=Outcome(closing.outcome),
        stage=stage.today.name if stage else "",
        product=product.today.name if product else "",
        amount=_amount(closing.known_amount, closing.currency_id),
        debrief_id=debrief_id,
    )


def _amount(amount: Decimal | None, currency: str | None) -> str:
    return "unknown" if amount is None else money(currency or "").full(amount.normalize())
