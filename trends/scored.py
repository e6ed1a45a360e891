"""Questions and factors of a month's deals, three to a byte, so that one count tells of three.

There are nine of each: of a million deals with 300,000 debriefs to look at five million answers one by
one takes longer than all else that is compared.
"""

from dataclasses import dataclass

import numpy as np

from trends.codec import Column
from trends.codes import Codes
from trends.coding import Coding
from trends.snapshot import Month

TOGETHER = 3
NOT_ASKED, ASKED, PRESENT = range(3)
STATES = 3
COMBINED: int = STATES**TOGETHER


@dataclass(frozen=True)
class Scored:
    """`rows` are the deals of which anything was asked; `combined` has a row for each three values and
    in it, for each of these deals, their states as the digits of a number, the first as the lowest.
    """

    rows: Column
    combined: Column

    @classmethod
    def of(cls, month: Month, coding: Coding, name: str) -> "Scored":
        """Those of a dimension that has any value, worked out once in a block's life."""
        values = len(coding.vocabulary(name))
        key = ("scored", name, coding.token, values)
        found: Scored | None = month.derived.get(key)
        if found is None:
            codes = coding.codes(month, name)
            found = month.derived[key] = _scored(codes, values, len(month))
        return found

    def counted(self, sides: Column, ends: int, *, is_few: bool) -> Column:
        """By side and value of `combined` how many there are, for each three values in turn.

        `sides` are those of all the month's deals, with `ends` for those that are not meant; `is_few`
        if that is most of them.
        """
        sides, combined = sides[self.rows], self.combined
        if is_few:
            inside = np.flatnonzero(sides < ends)
            sides, combined = sides[inside], combined[:, inside]
        cells, size = sides * COMBINED, (ends + 1) * COMBINED
        counts = [np.bincount(cells + each, minlength=size) for each in combined]
        return np.concatenate([each.reshape(-1, COMBINED)[:ends] for each in counts], axis=1)


def columns(values: int) -> int:
    """How many `Scored.counted` has for so many values."""
    return _threes(values) * COMBINED


def present_and_asked(counts: Column, values: int) -> tuple[Column, Column]:
    """By value, along the last axis, who has it and of how many it was asked, from counts as above."""
    by_three = counts.reshape(*counts.shape[:-1], _threes(values), COMBINED)
    digits = np.arange(COMBINED) // STATES ** np.arange(TOGETHER)[:, None] % STATES
    asked, present = (
        (by_three @ which.T.astype(np.int64)).reshape(*counts.shape[:-1], -1)[..., :values]
        for which in (digits != NOT_ASKED, digits == PRESENT)
    )
    return present, asked


def _threes(values: int) -> int:
    return (values + TOGETHER - 1) // TOGETHER


def _scored(codes: Codes, values: int, deals: int) -> Scored:
    assert codes.asked is not None
    assert codes.rows is not None
    states = np.zeros((_threes(values) * TOGETHER, deals), dtype=np.uint8)
    asked_rows, asked = codes.asked
    states[asked, asked_rows] = ASKED
    states[codes.codes, codes.rows] = PRESENT
    rows = np.flatnonzero(states.any(axis=0))
    digits = states[:, rows].reshape(_threes(values), TOGETHER, len(rows))
    weights = STATES ** np.arange(TOGETHER, dtype=np.uint8)
    return Scored(rows, (digits * weights[:, None]).sum(axis=1, dtype=np.uint8))
