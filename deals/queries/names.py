"""What the pages about names and rates show."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from deals.access import CATALOGUES
from deals.models import CatalogueEntry, Competitor, Deal, DealCompetitor, Rate

PAGE_SIZE = 25


@dataclass(frozen=True)
class NameRow:
    """A name of the catalogue with the deals that bear it."""

    id: int
    name: str
    deals: int
    proposed: str
    proposed_id: int | None
    score: int | None
    merged_into: str = ""
    awaits: bool = False


@dataclass(frozen=True)
class ReviewGroup:
    kind: str
    title: str
    rows: list[NameRow]
    count: int
    without_proposal: int


def review_groups() -> list[ReviewGroup]:
    """Names on which nobody has decided, by list, those on most deals first, 25 of each."""
    groups = []
    for kind, model in CATALOGUES.items():
        entries: QuerySet[Any] = model._default_manager.all()
        waiting = entries.filter(reviewed_at=None, merged_into=None)
        counts = waiting.aggregate(all=Count("pk"), proposed=Count("proposed"))
        rows = _named(waiting).order_by("-deal_count", "name")[:PAGE_SIZE]
        groups.append(
            ReviewGroup(
                kind=kind,
                title=kind.capitalize(),
                rows=[_name_row(entry) for entry in rows],
                count=counts["all"],
                without_proposal=counts["all"] - counts["proposed"],
            )
        )
    return groups


def ids_without_look_alike(kind: str) -> list[int]:
    """Names of a list that wait for a decision and look like no listed one."""
    entries: QuerySet[Any] = CATALOGUES[kind]._default_manager.all()
    waiting = entries.filter(reviewed_at=None, merged_into=None, proposed=None)
    return list(waiting.values_list("pk", flat=True))


def names_page(kind: str, *, words: str = "", after: str = "") -> tuple[list[NameRow], str]:
    """The names of a list in alphabetical order (stages in theirs), and where the next page begins."""
    found: QuerySet[Any] = CATALOGUES[kind]._default_manager.all()
    if words:
        found = found.filter(name__icontains=words)
    if kind == "stages":
        rows = list(_named(found).order_by("position", "name"))
        return [_name_row(entry) for entry in rows], ""
    if after:
        found = found.filter(name_key__gt=after)
    page = list(_named(found).order_by("name_key")[: PAGE_SIZE + 1])
    shown = page[:PAGE_SIZE]
    last = shown[-1].name_key if len(page) > PAGE_SIZE else ""
    return [_name_row(entry) for entry in shown], last


def _named(entries: QuerySet[Any]) -> QuerySet[Any]:
    """With how many deals bear each name as written."""
    bearer: Any = DealCompetitor if entries.model is Competitor else Deal
    field = str(entries.model._meta.model_name)
    bearers = bearer.objects.filter(**{field: OuterRef("pk")}).order_by().values(field)
    counted = bearers.annotate(n=Count("pk")).values("n")
    named: QuerySet[Any] = entries.select_related("proposed", "merged_into").annotate(
        deal_count=Coalesce(Subquery(counted), 0)
    )
    return named


def _name_row(entry: Any) -> NameRow:
    return NameRow(
        id=entry.pk,
        name=entry.name,
        deals=entry.deal_count,
        proposed=str(entry.proposed.today) if entry.proposed else "",
        proposed_id=entry.proposed_id,
        score=entry.proposal_score,
        merged_into=str(entry.merged_into) if entry.merged_into else "",
        awaits=not entry.is_reviewed and entry.merged_into_id is None,
    )


def merged_names(entry: CatalogueEntry) -> list[CatalogueEntry]:
    """The other names under which an entry goes."""
    entries: QuerySet[Any] = type(entry)._default_manager.all()
    return list(entries.filter(merged_into=entry).order_by("name"))


def rates_by_currency() -> list[Rate]:
    return list(Rate.objects.select_related("currency").order_by("currency_id", "-since"))
