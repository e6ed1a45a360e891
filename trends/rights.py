"""Whose figures a viewer may ask for: by person, and by groups too small to hide a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.periods import Period
from people.access import people_below
from people.models import User
from trends.axes import Window
from trends.coding import Coding
from trends.counting import Frame, Sums
from trends.errors import TrendRefused
from trends.labels import Labels
from trends.query import TrendQuery
from trends.results import Key

SMALLEST_GROUP = 5
MOST_KEPT = 200
GROUPED = ("team", "region")

Bundle = frozenset[tuple[str, int]]

_PARTNER = "Partners see aggregates without team and rep."
_PERSON = "Figures of a person are for that person and the managers above."
TOO_SMALL = f"A group of fewer than {SMALLEST_GROUP} people isn't shown by itself."


@dataclass(frozen=True)
class Scope:
    """What was narrowed for this viewer. `hidden` are (dimension, id) whose rows are suppressed."""

    hidden: frozenset[tuple[str, int]] = frozenset()
    people: frozenset[int] | None = None

    @property
    def in_words(self) -> str:
        if self.people is None:
            return ""
        return "Only people for whom you answer, and yourself."

    def hides(self, name: str, key: Key) -> bool:
        """Whether a value's group is too small to be shown by itself."""
        return name in GROUPED and key.id is not None and (name, int(key.id)) in self.hidden


def scoped(query: TrendQuery, viewer: User | None, coding: Coding) -> tuple[TrendQuery, Scope]:
    """The query as far as this viewer may ask it. TrendRefused (403) beyond that."""
    if viewer is None:
        return query, Scope()
    named = {name for name, _ in query.filters} | set(query.by)
    if viewer.is_partner:
        for name in ("team", "rep"):
            if name in named:
                raise TrendRefused(name, _PARTNER)
    people = None
    if "rep" in named:
        query, people = _only_theirs(query, viewer, coding)
    bundles = _kept_bundles(query, viewer, coding) if named & set(GROUPED) else []
    _refuse_small(query, bundles, coding)
    return query, Scope(frozenset().union(*bundles), people)


def _only_theirs(
    query: TrendQuery, viewer: User, coding: Coding
) -> tuple[TrendQuery, frozenset[int] | None]:
    """Narrow a question by person to the viewer and those below; refuse it by name beyond."""
    theirs = frozenset({viewer.pk, *people_below(viewer)})
    vocabulary = coding.vocabulary("rep")
    asked = query.values_of("rep")
    if asked:
        codes = [vocabulary.code_of(value, field="rep") for value in asked]
        ids = {vocabulary.keys[code].id for code in codes}
        if not ids <= {str(person) for person in theirs}:
            raise TrendRefused("rep", _PERSON)
        return query, None
    if theirs == {viewer.pk}:
        raise TrendRefused("rep", _PERSON)
    listed = sorted(str(person) for person in theirs if str(person) in _ids(vocabulary.keys))
    return query.with_filters({"rep": listed or [str(viewer.pk)]}), theirs


def _ids(keys: Iterable[object]) -> set[str]:
    return {str(getattr(key, "id", None)) for key in keys}


def people_by_team(labels: Labels, period: Period | None) -> dict[int, set[int]]:
    """Who belonged to each team on any day of the period (of all time without one)."""
    since = period.since.isoformat() if period else "0000"
    until = period.until.isoformat() if period else "9999"
    found: dict[int, set[int]] = {team.id: set() for team in labels.teams}
    for each in labels.belongings:
        if each.since <= until and each.until > since:
            found.setdefault(each.team, set()).add(each.user)
    return {team: people for team, people in found.items() if people}


def _kept_bundles(query: TrendQuery, viewer: User, coding: Coding) -> list[Bundle]:
    """Worked out once for a period: a page asks for it with each of its questions by team."""
    kept: dict[object, list[Bundle]] = coding.snapshot.derived.setdefault("bundles", {})
    key = (viewer.pk, query.since, query.until, coding.token)
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = _bundles(query, viewer, coding)
    return kept[key]


def _bundles(query: TrendQuery, viewer: User, coding: Coding) -> list[Bundle]:
    """Teams and regions too small to show, with those that would give them away by subtraction.

    A small team hides the next smallest of its region too, so that the region's sum tells
    nothing. A region too small hides all its teams, the next smallest region, and that
    one's smallest team. Who manages a team sees it. Teams that closed no deal in the
    period hide nobody.
    """
    labels = coding.labels
    closed = _teams_with_deals(query, coding)
    people = people_by_team(labels, query.period)
    teams = {team: people.get(team, set()) for team in closed}
    regions: dict[int, list[int]] = {}
    for team in sorted(teams, key=lambda each: (len(teams[each]), each)):
        if viewer.pk not in labels.managers_of(team):
            regions.setdefault(labels.region_of(team), []).append(team)
    bundles = [
        frozenset(("team", team) for team in bundle)
        for members in regions.values()
        if (bundle := _bundle(members, teams))
    ]
    return bundles + _small_regions(regions, teams)


def _teams_with_deals(query: TrendQuery, coding: Coding) -> list[int]:
    sums = Sums(Frame(coding, Window(query.since, query.until)), ("team",))
    counts = sums["lost"] + sums["won"]
    keys = sums.axes[0].vocabulary.keys
    return [int(key.id) for key, count in zip(keys, counts, strict=True) if key.id and count]


def _bundle(members: list[int], people: dict[int, set[int]]) -> list[int]:
    """The small ones of groups sorted by size, with more until they hide each other."""
    bundle = [group for group in members if len(people[group]) < SMALLEST_GROUP]
    if not bundle:
        return []
    for group in members[len(bundle) :]:
        together = set().union(*(people[each] for each in bundle))
        if len(bundle) > 1 and len(together) >= SMALLEST_GROUP:
            break
        bundle.append(group)
    return bundle


def _small_regions(regions: dict[int, list[int]], teams: dict[int, set[int]]) -> list[Bundle]:
    people: dict[int, set[int]] = {
        region: set().union(*(teams[team] for team in members))
        for region, members in regions.items()
        if region
    }
    by_size = sorted(people, key=lambda region: (len(people[region]), region))
    bundle = _bundle(by_size, people)
    hidden = set()
    for region in bundle:
        small = len(people[region]) < SMALLEST_GROUP
        hidden |= {("team", team) for team in (regions[region] if small else regions[region][:1])}
    found = [frozenset(("region", region) for region in bundle), frozenset(hidden)]
    return [each for each in found if each]


def _refuse_small(query: TrendQuery, bundles: list[Bundle], coding: Coding) -> None:
    """A filter takes either all of what hides together or none of it."""
    for name in GROUPED:
        values = query.values_of(name)
        if not values:
            continue
        vocabulary = coding.vocabulary(name)
        chosen: set[int] = set()
        for value in values:
            key = vocabulary.keys[vocabulary.code_of(value, field=name)]
            if key.id is not None:
                group = int(key.id)
                chosen |= coding.labels.teams_at_or_below(group) if name == "team" else {group}
        for bundle in bundles:
            alike = {group for kind, group in bundle if kind == name}
            if chosen & alike and not alike <= chosen:
                raise TrendRefused(name, TOO_SMALL)
