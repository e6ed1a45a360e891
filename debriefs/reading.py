"""The reading rule of the reason list: as what a citation reads on a day, and after all changes.

Plain values in, plain values out: services write the list's rows from it, the tally looks
citations up in it. Every citation reads as exactly one reason, on every day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from debriefs.models.reasons import BEFORE_THE_SPLIT, ChangeKind

# The kinds of changes that a reading depends on.
READ_BY = (ChangeKind.RENAMED, ChangeKind.MOVED, ChangeKind.MERGED, ChangeKind.SPLIT)


@dataclass(frozen=True)
class FirstStood:
    """A reason or a group as it stood before any change."""

    id: int
    name: str
    group: int = 0


@dataclass(frozen=True)
class Change:
    """A change in force: from the day `since` (ISO) on, `id` has this name, group or target."""

    id: int
    kind: str
    since: str
    name: str = ""
    target: int = 0


@dataclass(frozen=True)
class Standing:
    """How one reason stands on a day, by itself: `into` is what it is merged into, 0 for none."""

    name: str
    group: int
    into: int = 0
    is_split: bool = False

    @property
    def label(self) -> str:
        return self.name + BEFORE_THE_SPLIT if self.is_split else self.name


@dataclass(frozen=True)
class Reading:
    """As what a citation reads: the reason that stands for it, by its name and group of the day."""

    reason: int
    name: str
    group: int


@dataclass(frozen=True)
class ReasonList:
    """The list with its history. Days are ISO texts; None is after all changes.

    `changes` and `renamed_groups` are those in force, in the order in which they took
    effect; a later one of the same day counts.
    """

    reasons: tuple[FirstStood, ...] = ()
    groups: tuple[FirstStood, ...] = ()
    changes: tuple[Change, ...] = ()
    renamed_groups: tuple[Change, ...] = ()

    @cached_property
    def days(self) -> tuple[str, ...]:
        """The days from which on something reads otherwise than the day before."""
        return tuple(sorted({each.since for each in (*self.changes, *self.renamed_groups)}))

    def interval(self, day: str | None) -> int:
        """The place of the stretch of days, between two of `days`, in which the day lies."""
        return len(self.days) if day is None else bisect_right(self.days, day)

    @cached_property
    def standings(self) -> tuple[Mapping[int, Standing], ...]:
        """How each reason stands by itself, by interval and id."""
        current = {each.id: Standing(each.name, each.group) for each in self.reasons}
        found = [dict(current)]
        begun = _by_day(self.changes)
        for day in self.days:
            for change in begun.get(day, ()):
                if change.id in current:
                    current[change.id] = _changed(current[change.id], change)
            found.append(dict(current))
        return tuple(found)

    @cached_property
    def group_names(self) -> tuple[Mapping[int, str], ...]:
        """The name of each group, by interval and id."""
        current = {each.id: each.name for each in self.groups}
        found = [dict(current)]
        begun = _by_day(self.renamed_groups)
        for day in self.days:
            current |= {change.id: change.name for change in begun.get(day, ())}
            found.append(dict(current))
        return tuple(found)

    @cached_property
    def _readings(self) -> tuple[Mapping[int, Reading], ...]:
        return tuple(
            {reason: _read(reason, standings) for reason in standings}
            for standings in self.standings
        )

    def path(self, reason: int) -> list[int]:
        """The reason, and those into which it goes one after the other in today's list."""
        return _path(reason, self.standings[-1])

    def readings(self, interval: int) -> Mapping[int, Reading]:
        """As what a citation of each reason reads in an interval."""
        return self._readings[interval]

    def read(self, reason: int, day: str | None = None) -> Reading:
        """As what a citation of `reason` reads on a closing day, or after all changes."""
        return self.readings(self.interval(day))[reason]


def _by_day(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.since, []).append(change)
    return found


def _changed(standing: Standing, change: Change) -> Standing:
    if change.kind == ChangeKind.RENAMED:
        return replace(standing, name=change.name)
    if change.kind == ChangeKind.MOVED:
        return replace(standing, group=change.target)
    if change.kind == ChangeKind.MERGED:
        return replace(standing, into=change.target)
    if change.kind == ChangeKind.SPLIT:
        return replace(standing, is_split=True)
    return standing


def _path(reason: int, standings: Mapping[int, Standing]) -> list[int]:
    path = [reason]
    while (into := standings[path[-1]].into) and into in standings and into not in path:
        path.append(into)
    return path


def _read(reason: int, standings: Mapping[int, Standing]) -> Reading:
    last = _path(reason, standings)[-1]
    return Reading(last, standings[last].label, standings[last].group)
