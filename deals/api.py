"""Deals for other programs: upserted by the id that their own system gives them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from common.api import (
    CONFLICTS,
    PER_PAGE,
    REFUSALS,
    ApiRefused,
    Id,
    Limit,
    Moment,
    Named,
    Problem,
    Strict,
    Text,
    keyset_page,
)
from deals.errors import DealRefused
from deals.facts import BY_API, UNSET, DealFacts, Unset
from deals.models import CatalogueEntry, Closing, Deal, DealCompetitor, Outcome
from deals.models.deals import DealQuerySet
from deals.services import Incoming, Recorded, record_deal, record_deals
from people.api import caller
from people.models import Role, User
from people.queries import people_by_name

router = Router(tags=["Deals"])

MOST_AT_ONCE = 1_000


class DealBody(Strict):
    """What is said of a deal. A field left out stays as it stands; null says that there is none.

    Names are as written: one that isn't listed yet comes in as it is and goes to review.
    """

    name: Text = Field("", max_length=250)
    owner: Text | None = Field(None, description="The owner's e-mail address.")
    account: Text | None = None
    product: Text | None = None
    competitors: list[Text] = Field([], max_length=50, description="Those met, by name.")
    stage: Text | None = None
    opened_on: date | None = None
    amount: Decimal | None = Field(None, description="In `currency`; the company's if not given.")
    currency: Text | None = None
    notes: Text = ""
    outcome: Outcome | None = Field(None, description="How it closed; null while it is open.")
    closed_on: date | None = None
    winner: Text | None = Field(None, description="The competitor who won.")
    attributes: dict[Text, Text] = Field({}, description="Other columns; an empty value removes.")


class DealIn(DealBody):
    source: Text = Field(max_length=40, description="The system that it comes from.")
    external_id: Text = Field(max_length=120, description="Its id there.")


class BulkRow(DealBody):
    external_id: Text = Field(max_length=120)


class BulkIn(Strict):
    source: Text = Field(max_length=40)
    deals: list[BulkRow] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ClosingOut(Schema):
    number: int
    closed_on: date
    outcome: Outcome
    stage: Named | None
    winner: Named | None
    amount: Decimal | None = Field(description="null where it is unknown; 0 on a lost deal is.")
    currency: str | None
    reopened_at: datetime | None


class DealOut(Schema):
    id: int
    source: str
    external_id: str
    name: str
    owner: Named | None
    account: Named | None
    product: Named | None
    competitors: list[Named]
    stage: Named | None
    opened_on: date | None
    amount: Decimal | None
    currency: str | None
    notes: str
    attributes: dict[str, str]
    closing: ClosingOut | None = Field(description="The one that stands; null while open.")
    earlier_closings: list[ClosingOut]
    changed_at: datetime


class DealPage(Schema):
    items: list[DealOut]
    next: int | None = Field(description="Give it as `after` for the next page.")


class RecordedOut(Schema):
    status: Literal["created", "updated", "unchanged"]
    contested: list[str] = Field(description="Fields on which a person says otherwise.")
    awaiting_review: list[str] = Field(description="Names that came in as written.")
    deal: DealOut


class BulkResult(Schema):
    external_id: str
    status: Literal["created", "updated", "unchanged", "rejected"]
    deal_id: int | None
    contested: list[str]
    problems: list[Problem]


class BulkOut(Schema):
    created: int
    updated: int
    unchanged: int
    rejected: int
    results: list[BulkResult]


class DealFilters(Schema):
    """Newest first by id. `since` and `until` are closing days, both included."""

    state: Literal["open", "closed", "won", "lost"] | None = None
    outcome: Outcome | None = None
    since: date | None = None
    until: date | None = None
    owner: Text | None = Field(None, description="An e-mail address.")
    account: Id | None = None
    product: Id | None = None
    competitor: Id | None = Field(None, description="Met in the deal.")
    source: Text | None = None
    external_id: Text | None = None
    changed_since: Moment | None = None
    after: Id | None = Field(None, description="The `next` of the page before.")
    limit: Limit = PER_PAGE

    def narrow(self, deals: QuerySet[Deal]) -> QuerySet[Deal]:
        exact = {
            "owner__email__iexact": self.owner,
            "source": self.source,
            "external_id": self.external_id,
            "changed_at__gte": self.changed_since,
            "pk__lt": self.after,
        }
        found = deals.filter(**{name: value for name, value in exact.items() if value is not None})
        closings = self._closings()
        return found if closings is None else found.filter(pk__in=closings.values("deal"))

    def _closings(self) -> QuerySet[Closing] | None:
        closings = Closing.objects.current()
        if self.outcome:
            closings = closings.filter(outcome=self.outcome)
        if self.since:
            closings = closings.filter(closed_on__gte=self.since)
        if self.until:
            closings = closings.filter(closed_on__lte=self.until)
        return closings if self.outcome or self.since or self.until else None


@router.post("/deals", response={200: RecordedOut, 201: RecordedOut, **CONFLICTS}, url_name="deals")
def record(request: HttpRequest, body: DealIn) -> Status[RecordedOut]:
    """Create or update a deal by `source` and `external_id`. Closing it asks for a debrief.

    A deal that stands is changed by its owner, the managers above and admins.
    """
    person = caller(request)
    if _not_theirs(person, body.source, [body.external_id]):
        raise PermissionDenied("This deal belongs to somebody else: ask its owner or a manager.")
    facts = _facts(body, person, _owners([body]))
    recorded = record_deal(
        facts,
        source=body.source,
        external_id=body.external_id,
        by=person.pk,
        provenance=BY_API,
    )
    deal = _complete(Deal.objects.filter(pk=recorded.deal.pk)).get()
    answer = RecordedOut(
        status=recorded.status,
        contested=list(recorded.contested),
        awaiting_review=sorted({entry.name for entry in recorded.awaiting}),
        deal=deal_out(deal),
    )
    return Status(201 if recorded.status == "created" else 200, answer)


@router.post("/deals/bulk", response={200: BulkOut, **REFUSALS}, url_name="deals_bulk")
def record_bulk(request: HttpRequest, body: BulkIn) -> BulkOut:
    """Up to 1,000 deals of one source. A rejected row says why; the others are recorded.

    Managers and admins bring in anybody's deals, as with an import; reps their own.
    """
    person = caller(request)
    owners = _owners(body.deals)
    refused: dict[int, Exception] = {}
    rows: dict[int, Incoming] = {}
    imports = person.role in (Role.MANAGER, Role.ADMIN)
    ids = [row.external_id for row in body.deals]
    foreign = set() if imports else _not_theirs(person, body.source, ids)
    seen: set[str] = set()
    for place, row in enumerate(body.deals):
        try:
            _refuse_row(row, seen, foreign)
            rows[place] = Incoming(row.external_id, _facts(row, person, owners))
        except ApiRefused as refusal:
            refused[place] = refusal
        seen.add(row.external_id)
    recorded = record_deals(
        list(rows.values()), source=body.source, by=person.pk, provenance=BY_API
    )
    became = dict(zip(rows, recorded, strict=True))
    results = [
        _result(row.external_id, became.get(place) or refused[place])
        for place, row in enumerate(body.deals)
    ]
    counts = {
        status: sum(result.status == status for result in results)
        for status in ("created", "updated", "unchanged", "rejected")
    }
    return BulkOut(results=results, **counts)


@router.get("/deals", response={200: DealPage, **REFUSALS}, url_name="deals")
def list_deals(request: HttpRequest, filters: Query[DealFilters]) -> DealPage:
    """The deals that the caller may see: every closed one, and open ones that are theirs."""
    person = _in_sales(request)
    deals = _in_state(filters.state, person)
    deals = deals.for_account(filters.account) if filters.account else deals
    deals = deals.for_product(filters.product) if filters.product else deals
    deals = deals.meeting(filters.competitor) if filters.competitor else deals
    ordered = _complete(filters.narrow(deals)).order_by("-pk")
    rows, more = keyset_page(ordered[: filters.limit + 1], filters.limit)
    return DealPage(items=[deal_out(deal) for deal in rows], next=rows[-1].pk if more else None)


@router.get("/deals/{int:deal_id}", response={200: DealOut, **REFUSALS}, url_name="deal")
def get_deal(request: HttpRequest, deal_id: int) -> DealOut:
    """One deal with all its closings."""
    visible = Deal.objects.visible_to(_in_sales(request))
    return deal_out(get_object_or_404(_complete(visible), pk=deal_id))


def _in_state(state: str | None, person: User) -> DealQuerySet:
    if state == "open":
        return Deal.objects.open_to(person)
    deals = Deal.objects.visible_to(person)
    return getattr(deals, state)() if state else deals


def _in_sales(request: HttpRequest) -> User:
    person = caller(request)
    if not person.in_sales:
        raise PermissionDenied("Deals are for sales: read what is open to you by GET /debriefs.")
    return person


def _complete(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """All that an answer holds of each deal, in four statements however many deals."""
    closings = Closing.objects.select_related("stage__merged_into", "winner__merged_into")
    meetings = DealCompetitor.objects.select_related("competitor__merged_into")
    return deals.select_related(
        "owner", "account__merged_into", "product__merged_into", "stage__merged_into"
    ).prefetch_related(
        Prefetch("closings", closings.order_by("number")),
        Prefetch("meetings", meetings),
        "attributes",
    )


def deal_out(deal: Deal) -> DealOut:
    closings = [_closing_out(closing) for closing in deal.closings.all()]
    met = {row.competitor.today_id: row.competitor for row in deal.meetings.all()}
    competitors = [named for entry in met.values() if (named := _named(entry))]
    return DealOut(
        id=deal.pk,
        source=deal.source,
        external_id=deal.external_id,
        name=deal.name,
        owner=Named(id=deal.owner.pk, name=str(deal.owner)) if deal.owner else None,
        account=_named(deal.account),
        product=_named(deal.product),
        competitors=sorted(competitors, key=lambda named: named.name),
        stage=_named(deal.stage),
        opened_on=deal.opened_on,
        amount=deal.amount,
        currency=deal.currency_id,
        notes=deal.notes,
        attributes={each.key: each.value for each in deal.attributes.all()},
        closing=next((each for each in closings if each.reopened_at is None), None),
        earlier_closings=[each for each in closings if each.reopened_at is not None],
        changed_at=deal.changed_at,
    )


def _closing_out(closing: Closing) -> ClosingOut:
    return ClosingOut(
        number=closing.number,
        closed_on=closing.closed_on,
        outcome=Outcome(closing.outcome),
        stage=_named(closing.stage),
        winner=_named(closing.winner),
        amount=closing.known_amount,
        currency=closing.currency_id if closing.known_amount is not None else None,
        reopened_at=closing.reopened_at,
    )


def _named(entry: CatalogueEntry | None) -> Named | None:
    return Named(id=entry.today_id, name=entry.today.name) if entry else None


def _facts(body: DealBody, person: User, owners: dict[str, User]) -> DealFacts:
    """What the body says, and nothing of what it leaves out."""
    said = {
        name: getattr(body, name)
        for name in body.model_fields_set - {"source", "external_id", "owner"}
    }
    if "competitors" in said:
        said["competitors"] = tuple(said["competitors"])
    return DealFacts(owner_id=_owner_id(body, person, owners), **said)


def _owner_id(body: DealBody, person: User, owners: dict[str, User]) -> int | Unset | None:
    if person.role == Role.REP:
        if body.owner is not None and owners.get(body.owner) != person:
            raise ApiRefused(
                403, "owner", "You can record your own deals only.", "Leave the owner out."
            )
        return person.pk
    if "owner" not in body.model_fields_set:
        return UNSET
    if body.owner is None:
        return None
    if body.owner not in owners:
        raise ApiRefused(
            422,
            "owner",
            f"Nobody has the address “{body.owner[:80]}”.",
            "Give a colleague's address, or null for a deal without an owner.",
        )
    return owners[body.owner].pk


def _owners(bodies: list[DealIn] | list[BulkRow]) -> dict[str, User]:
    """The people whose addresses are named, in one query."""
    return people_by_name({body.owner for body in bodies if body.owner and "@" in body.owner})


def _not_theirs(person: User, source: str, external_ids: list[str]) -> set[str]:
    """Those of the ids whose deals stand and aren't the person's to change."""
    if not person.in_sales:
        raise PermissionDenied("Deals are recorded by sales.")
    standing = Deal.objects.filter(source=source, external_id__in=external_ids)
    theirs = Deal.objects.editable_by(person)
    return set(standing.exclude(pk__in=theirs).values_list("external_id", flat=True))


def _refuse_row(row: BulkRow, seen: set[str], foreign: set[str]) -> None:
    if row.external_id in seen:
        raise ApiRefused(
            422, "external_id", "This id stands in an earlier row.", "Send each deal once."
        )
    if row.external_id in foreign:
        raise ApiRefused(
            403,
            "external_id",
            "This deal belongs to somebody else.",
            "Ask its owner or a manager.",
        )


def _result(external_id: str, became: Recorded | Exception) -> BulkResult:
    if isinstance(became, Recorded):
        return BulkResult(
            external_id=external_id,
            status=became.status,
            deal_id=became.deal.pk,
            contested=list(became.contested),
            problems=[],
        )
    assert isinstance(became, DealRefused | ApiRefused)
    problem = Problem(field=became.field, why=became.why, remedy=became.remedy)
    return BulkResult(
        external_id=external_id, status="rejected", deal_id=None, contested=[], problems=[problem]
    )
