"""What an import found beside its counts, kept as JSON with the run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count

from deals.models import (
    Account,
    CatalogueEntry,
    Closing,
    Competitor,
    Deal,
    DealCompetitor,
    Product,
    Stage,
)


def _bearers(source: str) -> dict[Any, list[Any]]:
    """Querysets of the rows that bear the names of each list, one row a deal and name."""
    deals = Deal.objects.filter(source=source)
    closings = Closing.objects.current().filter(deal__source=source)
    return {
        Account: [deals],
        Product: [deals],
        Competitor: [DealCompetitor.objects.filter(deal__source=source)],
        Stage: [deals.open(), closings],
    }


@dataclass
class FoundName:
    """A name on which nobody has decided, and on how many rows it stands."""

    catalogue: str
    name: str
    proposed: str
    rows: int


@dataclass
class Findings:
    """`companions` are the lists that came along, with how many entries each brought."""

    dates: dict[str, str] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)
    ignored_columns: list[str] = field(default_factory=list)
    companions: dict[str, int] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    names: list[FoundName] = field(default_factory=list)
    unknown_stages: dict[str, int] = field(default_factory=dict)
    read_as: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def findings_from(written: Mapping[str, Any]) -> Findings:
    known = {name: written[name] for name in Findings.__dataclass_fields__ if name in written}
    names = [FoundName(**name) for name in known.pop("names", [])]
    return Findings(**known, names=names)


class NamesMet:
    """Counts, over the rows of a check, the names that would await a decision."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str]] = Counter()
        self._proposed: dict[tuple[str, str], str] = {}

    def add(self, entries: Iterable[CatalogueEntry]) -> None:
        """Count one row that bears these names."""
        for entry in entries:
            key = (str(entry._meta.model_name), entry.name)
            self._rows[key] += 1
            if key not in self._proposed:
                self._proposed[key] = str(entry.proposed) if entry.proposed_id else ""

    def found(self) -> list[FoundName]:
        """Those met, the most frequent first."""
        return [
            FoundName(catalogue, name, self._proposed[(catalogue, name)], rows)
            for (catalogue, name), rows in sorted(
                self._rows.items(), key=lambda item: (-item[1], item[0])
            )
        ]


def names_awaiting(source: str) -> list[FoundName]:
    """The names that await a decision on deals of a source, the most frequent first.

    Deals are counted by id before the names are looked at: joined to lists that were filled a
    moment ago, of which the planner knows nothing yet, counting takes a third of an import.
    """
    found = []
    for model, bearers in _bearers(source).items():
        catalogue = str(model._meta.model_name)
        rows: Counter[int] = Counter()
        for borne in bearers:
            rows.update(dict(borne.order_by().values_list(catalogue).annotate(rows=Count("pk"))))
        waiting = model.objects.awaiting_review().filter(pk__in=rows).select_related("proposed")
        found += [
            FoundName(catalogue, entry.name, str(entry.proposed or ""), rows[entry.pk])
            for entry in waiting
        ]
    return sorted(found, key=lambda name: (-name.rows, name.catalogue, name.name))
