"""Whose figures a person may ask for, and which groups are merged, worked out from the rows one by one."""

from dataclasses import dataclass
from datetime import date

from common.periods import month_end
from people.access import people_below
from people.models import Membership, Role, User
from tests.trends.oracle import Oracle
from trends.query import TrendQuery
from trends.source_facts import DealFacts

Pieces = list[set[int]]


@dataclass(frozen=True)
class Allowed:
    """The question as far as it may be asked."""

    query: TrendQuery


class PlainRights:
    """The rights of one viewer, None for the system itself; groups below `smallest` people are small.

    `oracle` counts as this viewer sees it: merged groups under one name, and nothing that is withheld.
    """

    def __init__(self, oracle: Oracle, viewer: User | None, smallest: int) -> None:
        self.viewer = viewer
        self.smallest = smallest
        self.memberships = list(Membership.objects.all())
        self.theirs = {viewer.pk, *people_below(viewer)} if viewer else set()
        self.oracle = oracle.read_by(viewer)
        self.oracle.merged = self._merged() if viewer else {}

    def allowed(self, query: TrendQuery) -> Allowed | None:
        """None where the question is refused."""
        if self.viewer is None:
            return Allowed(query)
        named = {*query.by, *(name for name, _ in query.filters)}
        if self.viewer.role == Role.PARTNER and named & {"team", "rep"}:
            return None
        if "rep" in named:
            asked = set(query.values_of("rep"))
            if not asked <= {str(pk) for pk in self.theirs}:
                return None
            if not asked and self.theirs == {self.viewer.pk}:
                return None
            query = query if asked else query.with_filters({"rep": sorted(self.theirs)})
        return Allowed(query)

    def _merged(self) -> dict[tuple[str, date, int], bool]:
        """(dimension, first of the month, team) of all that counts under the merged group."""
        found = {}
        for first in {fact.closed_on.replace(day=1) for fact in self.oracle.facts}:
            pieces = self._pieces(first)
            for piece in pieces:
                regions = {self.oracle.region_of(team) for team in piece}
                small = len(piece) > 1 or self._count(piece, first) < self.smallest
                for team in piece if small else ():
                    found["team", first, team] = True
                    if len(regions) > 1 or self._count(piece, first) < self.smallest:
                        found["region", first, team] = True
        return found

    def _pieces(self, first: date) -> Pieces:
        """The month's teams, merged with the smallest beside them until each piece is enough."""
        assert self.viewer
        closing = {fact.team for fact in self._facts(first) if fact.team or fact.owner}
        free = {team for team in closing if self.viewer.pk not in self._managers(team)}
        pieces: Pieces = []
        homeless: set[int] = set()
        for region in {self.oracle.region_of(team) for team in free}:
            own = [{team} for team in free if self.oracle.region_of(team) == region]
            small = {
                team
                for team in free
                if {team} in own and self._count({team}, first) < self.smallest
            }
            piece, rest = self._grown(small, [each for each in own if not each & small], first)
            pieces += rest
            if self._count(piece, first) < self.smallest:
                homeless |= piece
            elif piece:
                pieces.append(piece)
        across, pieces = self._grown(homeless, pieces, first)
        return [*pieces, across] if across else pieces

    def _grown(self, piece: set[int], others: Pieces, first: date) -> tuple[set[int], Pieces]:
        piece = set(piece)
        others = list(others)
        while piece and others and self._count(piece, first) < self.smallest:
            following = min(others, key=lambda each: (self._count(each, first), sorted(each)))
            others.remove(following)
            piece |= following
        return piece, others

    def _facts(self, first: date) -> list[DealFacts]:
        return [fact for fact in self.oracle.facts if fact.closed_on.replace(day=1) == first]

    def _managers(self, team: int) -> set[int | None]:
        """Of the team and all above it."""
        found, current = set(), self.oracle.teams.get(team)
        while current:
            found.add(current.manager_id)
            current = self.oracle.teams.get(current.parent_id or 0)
        return found

    def _count(self, teams: set[int], first: date) -> int:
        """Of how many people they consisted in the month; team 0 are the owners without one."""
        people = {
            each.user_id
            for each in self.memberships
            if each.team_id in teams
            and each.since <= month_end(first)
            and (each.until is None or each.until > first)
        }
        if 0 in teams:
            people |= {fact.owner for fact in self._facts(first) if fact.owner and not fact.team}
        return len(people)
