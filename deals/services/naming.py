"""The names that deals bear, put into ids of the catalogue: one look-up for a whole batch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from deals.models import CatalogueEntry
from deals.services.names import entries_named, known_key
from deals.services.standing import NAMED, Roots


class Names:
    """The names that deals bear, as entries of the catalogue, each looked up once."""

    def __init__(self) -> None:
        self.roots = Roots()
        self._by_key: dict[type[CatalogueEntry], dict[str, CatalogueEntry]] = defaultdict(dict)
        self._awaiting: dict[type[CatalogueEntry], dict[int, CatalogueEntry]] = defaultdict(dict)

    def resolve(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put ids in the place of names. Lists come in one order, so that no two writers lock."""
        wanted: dict[type[CatalogueEntry], set[str]] = {}
        for values in rows:
            for name, model in NAMED.items():
                wanted.setdefault(model, set()).update(_words(values.get(name)))
        for model, words in wanted.items():
            self._look_up(model, {w for w in words if known_key(w) not in self._by_key[model]})
        for values in rows:
            for name in NAMED.keys() & values.keys():
                values[name] = _as_ids(values[name], self._by_key[NAMED[name]])

    def _look_up(self, model: type[CatalogueEntry], words: set[str]) -> None:
        if not words:
            return
        for key, entry in entries_named(model, words).items():
            self._by_key[model][key] = entry
            self.roots.learn(entry)
            if not entry.is_reviewed and entry.merged_into_id is None:
                self._awaiting[model][entry.pk] = entry

    def awaiting(self, values: Mapping[str, Any]) -> tuple[CatalogueEntry, ...]:
        """The entries among the values on which nobody has decided."""
        found = []
        for name in NAMED.keys() & values.keys():
            waiting = self._awaiting[NAMED[name]]
            ids = values[name] if name == "competitors" else [values[name]]
            found += [waiting[pk] for pk in ids if pk in waiting]
        return tuple(found)


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, tuple):
        return [word for word in value if word.strip()]
    return []


def _as_ids(value: Any, entries: Mapping[str, CatalogueEntry]) -> Any:
    if isinstance(value, tuple):
        return list(dict.fromkeys(entries[known_key(word)].pk for word in _words(value)))
    return next((entries[known_key(word)].pk for word in _words(value)), None)
