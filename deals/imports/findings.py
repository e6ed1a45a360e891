"""What an import found beside its counts, kept as JSON with the run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count

from deals.models import CatalogueEntry, Deal

_BEARERS = (
    ("account", "account"),
    ("product", "product"),
    ("competitor", "competitors"),
    ("stage", "stage"),
)


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
    """The names that await a decision on deals of a source, the most frequent first."""
    found = []
    for catalogue, path in _BEARERS:
        rows = (
            Deal.objects.filter(source=source)
            .filter(
                **{
                    f"{path}__isnull": False,
                    f"{path}__reviewed_at": None,
                    f"{path}__merged_into": None,
                }
            )
            .order_by()
            .values_list(f"{path}__name", f"{path}__proposed__name")
            .annotate(rows=Count("pk", distinct=True))
        )
        found += [FoundName(catalogue, name, near or "", count) for name, near, count in rows]
    return sorted(found, key=lambda name: (-name.rows, name.catalogue, name.name))
