"""The playbook by team: a debrief stands under the team, or the merged group, by which trends count its deal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from common.periods import month_end, month_start
from people.models import User
from playbook.facets import UNKNOWN
from trends.axes import Window
from trends.groups import NO_TEAM, SMALL
from trends.merging import in_words, merged_teams
from trends.rights import TOO_SMALL, hidden_teams
from trends.snapshot import Month, Snapshot
from trends.source import month_of_number

REOPENED = "Deals that were opened again are under no team."


@dataclass(frozen=True)
class TeamMonths:
    """The months asked for, and which teams hide in each, by its first day, from one reader."""

    snapshot: Snapshot
    months: tuple[Month, ...]
    hidden: Mapping[date, frozenset[int]]

    @classmethod
    def of(
        cls, since: date | None, until: date | None, viewer: User, snapshot: Snapshot
    ) -> "TeamMonths":
        window = Window(since, until)
        hidden = hidden_teams(window, viewer, snapshot)
        return cls(
            snapshot,
            tuple(window.months(snapshot.months)),
            {month_of_number(number): teams for number, teams in hidden.items()},
        )

    def value_of(self, team: int | None, day: date) -> str | int | None:
        """Under what a debrief of this team and closing day stands."""
        hides = (team or NO_TEAM) in self.hidden.get(month_start(day), ())
        return SMALL if hides else team

    def condition(self, value: str) -> Q:
        """The entries under a team and those below it, or under the merged group.

        A closing whose deal was opened again is no longer in the tally, which decides what is
        too small. PermissionDenied for a team of which no month is shown.
        """
        if value == SMALL:
            return self._hidden_of(frozenset().union(*self.hidden.values())) & Q(is_current=True)
        teams = self._named(value)
        if self._hides(teams) and not self._shows(teams):
            raise PermissionDenied(TOO_SMALL)
        return _of_teams(teams) & Q(is_current=True) & ~self._hidden_of(teams)

    def in_words(self, value: str, *, with_reopened: bool) -> str:
        """What a reader is told of a list by team, empty where it holds all of the team's."""
        among = None if value == SMALL else self._named(value)
        merged = in_words("team", merged_teams(self.hidden, self.snapshot.labels, among))
        return " ".join(filter(None, [merged, REOPENED if with_reopened else ""]))

    def _named(self, value: str) -> frozenset[int]:
        if value == UNKNOWN:
            return frozenset({NO_TEAM})
        return self.snapshot.labels.teams_at_or_below(int(value))

    def _hides(self, teams: frozenset[int]) -> bool:
        return any(teams & hidden for hidden in self.hidden.values())

    def _shows(self, teams: frozenset[int]) -> bool:
        """Whether the tally has a deal of these teams in a month in which they aren't hidden."""
        for month in self.months:
            shown = teams - self.hidden.get(month_of_number(month.number), frozenset())
            if shown and np.isin(month.block["team"], list(shown)).any():
                return True
        return False

    def _hidden_of(self, teams: frozenset[int]) -> Q:
        """The entries of these teams in the months in which they hide."""
        found = (
            _of_teams({team}) & _in_months(months)
            for team in sorted(teams)
            if (months := [first for first, hidden in self.hidden.items() if team in hidden])
        )
        return reduce(or_, found, _NOTHING)


_NOTHING = Q(pk__in=[])


def _of_teams(teams: Iterable[int]) -> Q:
    """NO_TEAM are the entries without one."""
    ids = sorted(set(teams) - {NO_TEAM})
    named = Q(team__in=ids) if ids else _NOTHING
    return named | Q(team=None) if NO_TEAM in teams else named


def _in_months(firsts: Iterable[date]) -> Q:
    """Closed in one of these months, those that follow each other as one span of days."""
    spans: list[tuple[date, date]] = []
    for first in sorted(firsts):
        if spans and (first - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], month_end(first))
        else:
            spans.append((first, month_end(first)))
    days = (Q(closed_on__gte=since, closed_on__lte=until) for since, until in spans)
    return reduce(or_, days)
