"""Names of catalogue entries by id, read in one statement for a whole page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from playbook.counts import Counted
from playbook.facets import FACETS

_TABLES = {
    "reason": "debriefs_lossreason",
    "competitor": "deals_competitor",
    "stage": "deals_stage",
    "product": "deals_product",
    "team": "people_team",
    "deal": "deals_deal",
    "account": "deals_account",
}
_AUTHORS = """
SELECT 'author', debrief.id, author.full_name
FROM debriefs_debrief debrief JOIN people_user author ON author.id = debrief.author_id
WHERE debrief.id = ANY(%(author)s)
"""
_NAMES = " UNION ALL ".join(
    [
        *(
            f"SELECT '{kind}', id, name FROM {table} WHERE id = ANY(%({kind})s)"  # noqa: S608 - our own tables
            for kind, table in _TABLES.items()
        ),
        _AUTHORS,
    ]
)


@dataclass(frozen=True)
class Name:
    """An entry of a catalogue, as a link needs it."""

    id: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Names:
    """Names by kind and id; `author` goes by the id of the debrief."""

    known: Mapping[tuple[str, int], str]

    def one(self, kind: str, pk: int | None) -> Name | None:
        if pk is None or (kind, pk) not in self.known:
            return None
        return Name(pk, self.known[kind, pk])

    def text(self, kind: str, pk: int | None) -> str:
        """The name alone, empty where there is none."""
        return "" if pk is None else self.known.get((kind, pk), "")

    def all(self, kind: str, ids: Iterable[int]) -> tuple[Name, ...]:
        return tuple(name for pk in ids if (name := self.one(kind, pk)))

    def of_value(self, kind: str, value: str) -> str:
        """The name behind a facet's value; the value itself where none is known."""
        return self.known.get((kind, int(value)), value)


def load(wanted: Mapping[str, set[int]], counted: Counted) -> Names:
    """The names of all ids in `wanted`, and of those counted that came without a label."""
    ids = {kind: set(wanted.get(kind, ())) for kind in (*_TABLES, "author")}
    for name, values in counted.counts.items():
        if FACETS[name].is_named and not counted.labels:
            found = (int(value) for value in values if FACETS[name].is_id(value))
            ids[FACETS[name].names_kind].update(found)
    labelled = {
        (FACETS[name].names_kind, int(value)): label
        for (name, value), label in counted.labels.items()
        if FACETS[name].is_id(value)
    }
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {kind: list(found) for kind, found in ids.items()})
        return Names(labelled | {(kind, pk): name for kind, pk, name in cursor.fetchall()})


def find(kind: str, name: str) -> int | None:
    """The id behind a name in any case; None where there is none."""
    query = f"SELECT id FROM {_TABLES[kind]} WHERE lower(name) = lower(%s) ORDER BY id LIMIT 1"  # noqa: S608 - our own tables
    with connection.cursor() as cursor:
        cursor.execute(query, [name])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
