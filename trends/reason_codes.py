"""Codes of reasons and their groups: looked up by the closing day and the id in the block.

In today's list a reason has one code. As recorded it has one for each name that it went
by, since a row shows the name of the day; the id of such a code is `ID:NAME`.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np

from debriefs.reading import ReasonList
from trends.codec import Column
from trends.results import Key

# What a code stands for: the reason or group, and its name.
Place = tuple[int, str]


class ReasonCodes:
    """The places of the dimensions `reason` and `reason_group` under one reading. 0 is unknown."""

    def __init__(self, listed: ReasonList, *, today: bool) -> None:
        self._listed = listed
        last = len(listed.days)
        self._intervals = [last] if today else list(range(last + 1))
        days = [] if today else listed.days
        self._days = np.array([date.fromisoformat(day).toordinal() for day in days], dtype=np.int64)
        self.places: dict[str, dict[Place, int]] = {
            "reason": _numbered(self._names_of_reasons()),
            "reason_group": _numbered(self._names_of_groups()),
        }
        self._reasons = [reason for reason, _ in self.places["reason"]]
        self._tables = {"reason": self._table("reason"), "reason_group": self._table("group")}

    def keys(self, name: str) -> list[Key]:
        """The key of each place, from code 1 on."""
        places = self.places[name]
        names: dict[int, int] = {}
        for subject, _ in places:
            names[subject] = names.get(subject, 0) + 1
        return [
            Key(str(subject) if names[subject] == 1 else f"{subject}:{label}", label)
            for subject, label in places
        ]

    def of_subject(self, name: str, subject: int) -> list[int]:
        """The codes of a reason or group, by all its names."""
        return [code for (each, _), code in self.places[name].items() if each == subject]

    def standing(self, name: str, code: int) -> int:
        """In today's list a merged reason's code is that of the one it went into."""
        if name != "reason" or len(self._intervals) > 1 or not code:
            return code
        return int(self._tables[name][0, self._reasons[code - 1]])

    def codes(self, name: str, reasons: Column, days: Column) -> Column:
        """As what citations of `reasons` read, whose deals closed on `days` (ordinals).

        A reason that the list doesn't know yet is unknown until the next tally.
        """
        table = self._tables[name]
        known = np.minimum(reasons.astype(np.int64), table.shape[1] - 1)
        interval = np.searchsorted(self._days, days, side="right")
        return np.where(reasons < table.shape[1], table[interval, known], 0)

    def _names_of_reasons(self) -> list[Place]:
        return [
            (each.id, self._listed.standings[interval][each.id].label)
            for each in self._listed.reasons
            for interval in self._intervals
        ]

    def _names_of_groups(self) -> list[Place]:
        return [
            (each.id, self._listed.group_names[interval][each.id])
            for each in self._listed.groups
            for interval in self._intervals
        ]

    def _table(self, part: str) -> Column:
        """Codes by interval and id of the reason cited."""
        size = max((each.id for each in self._listed.reasons), default=0) + 1
        table = np.zeros((len(self._intervals), size), dtype=np.int32)
        for row, interval in enumerate(self._intervals):
            for reason, place in self._places_in(part, interval).items():
                table[row, reason] = place
        return table

    def _places_in(self, part: str, interval: int) -> Mapping[int, int]:
        readings = self._listed.readings(interval)
        if part == "reason":
            places = self.places["reason"]
            return {each: places[read.reason, read.name] for each, read in readings.items()}
        places, names = self.places["reason_group"], self._listed.group_names[interval]
        return {
            each: places.get((read.group, names.get(read.group, "")), 0)
            for each, read in readings.items()
        }


def _numbered(places: list[Place]) -> dict[Place, int]:
    return {place: n + 1 for n, place in enumerate(dict.fromkeys(places))}
