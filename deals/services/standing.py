"""What stands today of some deals, locked for a change, as plain values by field name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from deals.models import (
    Account,
    CatalogueEntry,
    Closing,
    Competitor,
    Deal,
    DealAttribute,
    DealCompetitor,
    DealConflict,
    Product,
    Stage,
)

NAMED: dict[str, type[CatalogueEntry]] = {
    "account": Account,
    "product": Product,
    "stage": Stage,
    "winner": Competitor,
    "competitors": Competitor,
}
DEAL_COLUMNS = {
    "name": "name",
    "account": "account_id",
    "owner": "owner_id",
    "product": "product_id",
    "opened_on": "opened_on",
    "notes": "notes",
}
CLOSING_COLUMNS = {"outcome": "outcome", "closed_on": "closed_on", "winner": "winner_id"}
# On the deal while it is open, on its closing once it has closed.
SHARED_COLUMNS = {"stage": "stage_id", "amount": "amount", "currency": "currency_id"}


SETS = ("competitors", "attributes")


@dataclass
class Standing:
    """One deal as it stands, with the closing that a change is about (None while open)."""

    deal: Deal
    closing: Closing | None = None
    last_number: int = 0
    meetings: list[DealCompetitor] = field(default_factory=list)
    attributes: dict[str, DealAttribute] = field(default_factory=dict)
    conflicts: dict[str, DealConflict] = field(default_factory=dict)
    declined: dict[str, Any] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return self.deal.pk is None

    @property
    def is_of_old_closing(self) -> bool:
        """Whether the change is about a closing after which the deal was opened again."""
        return self.closing is not None and self.closing.reopened_at is not None

    def value(self, name: str) -> Any:
        if name in DEAL_COLUMNS:
            return getattr(self.deal, DEAL_COLUMNS[name])
        if name in SHARED_COLUMNS:
            return getattr(self.closing or self.deal, SHARED_COLUMNS[name])
        if name in CLOSING_COLUMNS:
            return getattr(self.closing, CLOSING_COLUMNS[name]) if self.closing else None
        if name == "competitors":
            return [meeting.competitor_id for meeting in self.meetings]
        return {key: row.value for key, row in self.attributes.items()}

    def provenance(self, name: str) -> str | None:
        source = self.deal.provenance.get(name)
        return str(source) if source else None


def standing_of(deals: Sequence[Deal], fields: Iterable[str]) -> dict[int, Standing]:
    """What stands of deals that the caller has locked; only what `fields` need is read."""
    given = set(fields)
    standings = {deal.pk: Standing(deal) for deal in deals}
    _add_closings(standings)
    if given & {"competitors", "winner"}:
        for meeting in DealCompetitor.objects.filter(deal__in=standings).order_by("pk"):
            standings[meeting.deal_id].meetings.append(meeting)
    if "attributes" in given:
        for row in DealAttribute.objects.filter(deal__in=standings).order_by("pk"):
            standings[row.deal_id].attributes[row.key] = row
    touched = [s.deal.pk for s in standings.values() if _has_personal_facts(s.deal)]
    if touched:
        add_conflicts(standings, touched)
    return standings


def add_conflicts(standings: dict[int, Standing], deal_ids: Sequence[int]) -> None:
    for conflict in DealConflict.objects.filter(deal__in=deal_ids).order_by("found_at", "pk"):
        standing = standings[conflict.deal_id]
        if conflict.resolved_at is None:
            standing.conflicts[conflict.field] = conflict
        else:
            standing.declined[conflict.field] = conflict.value


def _add_closings(standings: dict[int, Standing]) -> None:
    for closing in Closing.objects.filter(deal__in=standings).order_by("deal", "number"):
        standing = standings[closing.deal_id]
        standing.last_number = closing.number
        if closing.reopened_at is None:
            standing.closing = closing


def _has_personal_facts(deal: Deal) -> bool:
    return any(str(source).startswith("person:") for source in deal.provenance.values())


class Roots:
    """Today's id of each entry, read for ids that were not seen yet in one query a list."""

    def __init__(self) -> None:
        self._known: dict[type[CatalogueEntry], dict[int, int]] = defaultdict(dict)

    def learn(self, entry: CatalogueEntry) -> None:
        self._known[type(entry)][entry.pk] = entry.today_id

    def of(self, model: type[CatalogueEntry], ids: Iterable[int]) -> set[int]:
        known = self._known[model]
        wanted = list(ids)
        unseen = [pk for pk in wanted if pk not in known]
        if unseen:
            rows = model._default_manager.filter(pk__in=unseen).only("pk", "merged_into")
            known.update({entry.pk: entry.today_id for entry in rows})
        return {known[pk] for pk in wanted}

    def same(self, name: str, ours: Any, theirs: Any) -> bool:
        """Whether two values of a field say the same; names by today's list."""
        if name == "attributes":
            return all((ours.get(key) or "") == value for key, value in theirs.items())
        if name == "competitors":
            same_ids = set(ours) == set(theirs)
            return same_ids or self.of(Competitor, ours) == self.of(Competitor, theirs)
        if ours == theirs or name not in NAMED or ours is None or theirs is None:
            return bool(ours == theirs)
        return len(self.of(NAMED[name], (ours, theirs))) == 1
