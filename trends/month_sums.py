"""What each whole month adds to some cells, kept for as long as the month's block stands.

A page without filters adds up a range of months: of kept sums that is one call, whatever their number.
"""

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from trends.codec import Column
from trends.snapshot import Month, Snapshot


class MonthSums:
    """The sums of a snapshot's months, each made when first asked for.

    What a month of the snapshot before knew under the same key is taken over.
    """

    def __init__(self, key: Hashable, shape: tuple[int, ...], months: Sequence[Month]) -> None:
        self._key = key
        self._sums = np.zeros((len(months), *shape), dtype=np.int64)
        self._known = np.zeros(len(months), dtype=bool)
        self._places = {month.number: place for place, month in enumerate(months)}
        for place, month in enumerate(months):
            if key in month.derived:
                self._keep(place, month, month.derived[key])

    @classmethod
    def kept(cls, snapshot: Snapshot, key: Hashable, shape: tuple[int, ...]) -> "MonthSums":
        """Those of a snapshot. `key` names all that a month's sums depend on beside its block."""
        found: MonthSums | None = snapshot.derived.get(key)
        if found is None:
            found = snapshot.derived[key] = cls(key, shape, snapshot.months)
        return found

    def of(self, months: Sequence[Month], make: Callable[[Month], Column]) -> Column:
        """The sums of these months, in their order: read where they are if they follow one another."""
        places = [self._places[month.number] for month in months]
        for place, month in zip(places, months, strict=True):
            if not self._known[place]:
                self._keep(place, month, make(month))
        start, end = places[0], places[-1] + 1
        return self._sums[start:end] if end - start == len(places) else self._sums[places]

    def _keep(self, place: int, month: Month, sums: Column) -> None:
        self._sums[place] = sums
        month.derived[self._key] = self._sums[place]
        self._known[place] = True
