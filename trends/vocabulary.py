"""The values of a dimension and the codes that stand for them."""

from collections.abc import Iterable
from functools import cached_property

from common.text import name_key
from trends.errors import TrendError
from trends.results import Key


class Vocabulary:
    """The values of a dimension, by code. `keys[0]` is the unknown one where there is one."""

    def __init__(self, keys: Iterable[Key], *, ordered: bool) -> None:
        self.keys = tuple(keys)
        self.ordered = ordered

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def _by_id(self) -> dict[str | None, int]:
        return {key.id: code for code, key in enumerate(self.keys)}

    @cached_property
    def _by_label(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for code, key in enumerate(self.keys):
            if key.id is not None:
                found.setdefault(name_key(key.label), []).append(code)
        return found

    def lists(self, value: str | None) -> bool:
        """Whether it is the id or the label of a value."""
        return value in self._by_id or (value is not None and name_key(value) in self._by_label)

    def code_of(self, value: str | None, *, field: str) -> int:
        """The code of an id or a label. TrendError at `field` for one that isn't listed."""
        if value in self._by_id:
            return self._by_id[value]
        if value is None:
            raise TrendError(field, "It is never unknown, so null chooses nothing.")
        found = self._by_label.get(name_key(value), [])
        if len(found) > 1:
            ids = ", ".join(str(self.keys[code].id) for code in found)
            raise TrendError(field, f"Several are called “{value}”: give an id ({ids}).")
        if not found:
            raise TrendError(field, f"There is no {field.replace('_', ' ')} called “{value}”.")
        return found[0]
