"""The names that lines of deals bear, as today's list has them, in one statement for a page.

Apart from the deals: a join of all these tables takes longer to plan than to run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

_TODAY = """
SELECT '{kind}', entry.id, coalesce(root.name, entry.name)
FROM deals_{kind} entry LEFT JOIN deals_{kind} root ON root.id = entry.merged_into_id
WHERE entry.id = ANY(%({kind})s)
"""
_OWNERS = """
SELECT 'owner', id, coalesce(nullif(full_name, ''), username)
FROM people_user WHERE id = ANY(%(owner)s)
"""
_CATALOGUES = ("account", "product", "stage")
_NAMES = " UNION ALL ".join([*(_TODAY.format(kind=kind) for kind in _CATALOGUES), _OWNERS])


@dataclass(frozen=True)
class NamesToday:
    """Names by kind (account, product, stage, owner) and id."""

    known: Mapping[tuple[str, int], str]

    def of(self, kind: str, pk: int | None) -> str:
        """The name, empty where there is none."""
        return "" if pk is None else self.known[kind, pk]


def names_today(**ids: Iterable[int | None]) -> NamesToday:
    """The names of these ids by kind; no statement where there are none."""
    asked: dict[str, Any] = {
        kind: [pk for pk in set(ids[kind]) if pk is not None] for kind in (*_CATALOGUES, "owner")
    }
    if not any(asked.values()):
        return NamesToday({})
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, asked)
        return NamesToday({(kind, pk): name for kind, pk, name in cursor.fetchall()})
