"""Whose figures a person may ask for, and which groups are hidden, worked out from the rows one by one."""

from dataclasses import dataclass
from datetime import date

from common.periods import Period
from people.access import people_below
from people.models import Membership, Role, User
from tests.trends.oracle import Ids, Oracle
from trends.query import TrendQuery

GROUPED = ("team", "region")
Group = tuple[str, str]


@dataclass(frozen=True)
class Allowed:
    """The question as far as it may be asked, and the groups of which nothing is shown."""

    query: TrendQuery
    hidden: frozenset[Group] = frozenset()

    def hides(self, query: TrendQuery, ids: Ids) -> bool:
        return any((name, value) in self.hidden for name, value in zip(query.by, ids, strict=True))


class PlainRights:
    """The rights of one viewer, None for the system itself; groups below `smallest` people are small."""

    def __init__(self, oracle: Oracle, viewer: User | None, smallest: int) -> None:
        self.oracle = oracle
        self.viewer = viewer
        self.smallest = smallest
        self.memberships = list(Membership.objects.all())
        self.theirs = {viewer.pk, *people_below(viewer)} if viewer else set()

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
        bundles = self._bundles(query) if named & set(GROUPED) else []
        if any(self._takes_a_part(query, bundle) for bundle in bundles):
            return None
        return Allowed(query, frozenset().union(*bundles))

    def _takes_a_part(self, query: TrendQuery, bundle: set[Group]) -> bool:
        for name in GROUPED:
            alike = {value for kind, value in bundle if kind == name}
            chosen = {each for each in query.values_of(name) if each}
            if name == "team":
                chosen = {each for value in chosen for each in self._at_or_below(value)}
            if chosen & alike and not alike <= chosen:
                return True
        return False

    def _at_or_below(self, team: str) -> set[str]:
        return {
            str(each)
            for each in self.oracle.teams
            if str(each) == team or team in {str(above) for above in self._above(each)}
        }

    def _above(self, team: int) -> list[int]:
        above, parent = [], self.oracle.teams[team].parent_id
        while parent:
            above.append(parent)
            parent = self.oracle.teams[parent].parent_id
        return above

    def _bundles(self, query: TrendQuery) -> list[set[Group]]:
        by_region: dict[int, dict[int, set[int]]] = {}
        for team in self._closing_teams(query):
            managers = {self.oracle.teams[each].manager_id for each in (team, *self._above(team))}
            if self.viewer and self.viewer.pk not in managers:
                region = self.oracle.region_of(team)
                by_region.setdefault(region, {})[team] = self._people(team, query)
        found = [
            {("team", str(team)) for team in self._hiding(teams)} for teams in by_region.values()
        ]
        return [each for each in [*found, *self._region_bundles(by_region)] if each]

    def _region_bundles(self, by_region: dict[int, dict[int, set[int]]]) -> list[set[Group]]:
        people = {
            region: set().union(*teams.values()) for region, teams in by_region.items() if region
        }
        hidden = self._hiding(people)
        teams: set[Group] = set()
        for region in hidden:
            own = self._by_size(by_region[region])
            small = len(people[region]) < self.smallest
            teams |= {("team", str(team)) for team in (own if small else own[:1])}
        return [{("region", str(region)) for region in hidden}, teams]

    def _hiding(self, groups: dict[int, set[int]]) -> list[int]:
        """The small ones, with the next smallest until two at least are many enough together."""
        ordered = self._by_size(groups)
        hidden = [each for each in ordered if len(groups[each]) < self.smallest]
        if not hidden:
            return []
        for each in ordered[len(hidden) :]:
            together = set().union(*(groups[group] for group in hidden))
            if len(hidden) > 1 and len(together) >= self.smallest:
                break
            hidden.append(each)
        return hidden

    def _by_size(self, groups: dict[int, set[int]]) -> list[int]:
        return sorted(groups, key=lambda each: (len(groups[each]), each))

    def _closing_teams(self, query: TrendQuery) -> set[int]:
        since, until = query.since or date.min, query.until or date.max
        return {f.team for f in self.oracle.facts if f.team and since <= f.closed_on <= until}

    def _people(self, team: int, query: TrendQuery) -> set[int]:
        """Who belonged to it on any day of the period, of all time where an end is open."""
        period = query.period or Period(date.min, date.max)
        return {
            each.user_id
            for each in self.memberships
            if each.team_id == team
            and each.since <= period.until
            and (each.until is None or each.until > period.since)
        }
