"""Groups of people too small to show, decided by team and calendar month, whatever is asked.

Every answer to a viewer is a sum over the same pieces: a month's deals of one shown team, or
of several teams that stay together. Each piece is of SMALLEST_GROUP people and more (of all
that the viewer doesn't answer for, where those are fewer), so that no two answers, however
their periods and filters differ, leave less than such a piece when one is taken from the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from common.periods import Period, month_end
from trends.labels import Labels
from trends.snapshot import Month
from trends.source import month_of_number

SMALLEST_GROUP = 5
GROUPED = frozenset({"team", "region"})
# The value under which the deals of all groups too small to show are counted together.
SMALL = "small"
SMALL_LABEL = "Groups too small to show"
NO_TEAM = NO_OWNER = 0
# Of so many people who answer for different teams a month keeps what is hidden from them.
MOST_KEPT = 200

People = dict[int, set[int]]


@dataclass(frozen=True)
class Hidden:
    """The teams that count under SMALL in one month, and those of them that do by region too."""

    teams: frozenset[int] = frozenset()
    from_regions: frozenset[int] = frozenset()

    def of(self, dimension: str) -> frozenset[int]:
        return self.teams if dimension == "team" else self.from_regions


def is_small(dimension: str, value: str | None) -> bool:
    """Whether a value of a dimension stands for the groups too small to show."""
    return dimension in GROUPED and value == SMALL


def hidden_in(month: Month, labels: Labels, managed: frozenset[int]) -> Hidden:
    """What is hidden in a month from somebody who answers for the teams `managed`."""
    people = _who_closed(month, labels)
    own = managed.intersection(people)
    kept: dict[frozenset[int], Hidden] = month.derived.setdefault("hidden", {})
    found = kept.get(own)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        others = {team: people[team] for team in people.keys() - own}
        found = kept[own] = _hidden(others, labels)
    return found


def people_by_team(labels: Labels, period: Period) -> People:
    """Who belonged to each team on any day of the period."""
    since, until = period.since.isoformat(), period.until.isoformat()
    found: People = {}
    for each in labels.belongings:
        if each.since <= until and each.until > since:
            found.setdefault(each.team, set()).add(each.user)
    return found


def _who_closed(month: Month, labels: Labels) -> People:
    """The people of each team that closed a deal in the month: no other team hides anybody.

    Owners without a team are one too, NO_TEAM; deals that nobody owns are about no person.
    """
    found: People | None = month.derived.get("people by team")
    if found is None:
        first = month_of_number(month.number)
        people = people_by_team(labels, Period(first, month_end(first)))
        teams = month.block["team"]
        found = {team: people.get(team, set()) for team in set(teams.tolist()) - {NO_TEAM}}
        alone = set(month.block["owner"][teams == NO_TEAM].tolist()) - {NO_OWNER}
        if alone:
            found[NO_TEAM] = alone
        month.derived["people by team"] = found
    return found


def _hidden(people: People, labels: Labels) -> Hidden:
    regions: dict[int, list[int]] = {}
    for team in _by_size(people, people):
        regions.setdefault(labels.region_of(team), []).append(team)
    within = [_together(teams, people) for teams in regions.values()]
    kept = [piece for piece in within if _count(piece, people) >= SMALLEST_GROUP]
    homeless = [team for piece in within if piece not in kept for team in piece]
    shown = people.keys() - {team for piece in within for team in piece}
    across = _with_more(homeless, [*kept, *([team] for team in shown)], people)
    hidden = frozenset(across).union(*kept)
    return Hidden(hidden, frozenset(across))


def _together(teams: list[int], people: People) -> list[int]:
    """The small ones of a region's teams in order of size, with the next until there are enough."""
    small = [team for team in teams if len(people[team]) < SMALLEST_GROUP]
    return _with_more(small, [[team] for team in teams[len(small) :]], people)


def _with_more(piece: list[int], others: Iterable[list[int]], people: People) -> list[int]:
    """The teams with the smallest of the other pieces, where they are too few people."""
    piece = list(piece)
    ordered = sorted(others, key=lambda each: (_count(each, people), sorted(each)))
    while piece and ordered and _count(piece, people) < SMALLEST_GROUP:
        piece += ordered.pop(0)
    return piece


def _by_size(teams: Iterable[int], people: People) -> list[int]:
    return sorted(teams, key=lambda team: (len(people[team]), team))


def _count(teams: Iterable[int], people: People) -> int:
    return len(set().union(*(people[team] for team in teams)))
