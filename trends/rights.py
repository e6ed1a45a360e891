"""Whose figures a viewer may ask for: by person, and by groups too small to hide a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from people.access import people_below
from people.models import User
from trends.axes import Window
from trends.coding import Coding
from trends.errors import TrendRefused
from trends.groups import GROUPED, NO_TEAM, SMALL, SMALLEST_GROUP, hidden_in
from trends.labels import Labels
from trends.merging import RULES, Merged, in_words, merged_teams
from trends.query import TrendQuery
from trends.snapshot import Month, Snapshot
from trends.source import month_of_number

_PARTNER = "Partners see aggregates without team and rep."
_PERSON = "Figures of a person are for that person and the managers above."
_THEIRS = "Only people for whom you answer, and yourself."
TOO_SMALL = f"A group of fewer than {SMALLEST_GROUP} people isn't shown by itself."


@dataclass(frozen=True)
class Scope:
    """A query as far as a viewer may ask it, and the codes as they see them.

    `people` are those to whom it was narrowed, None for all. A partner, who sees nothing by
    team, is told of merged ones without their names.
    """

    query: TrendQuery
    coding: Coding
    people: frozenset[int] | None = None
    names_teams: bool = True

    @cached_property
    def merged(self) -> Mapping[str, tuple[Merged, ...]]:
        """By dimension of groups that is asked for: whose months count under the merged one."""
        asked = sorted(self.query.named & GROUPED)
        if not asked:
            return {}
        among = _teams_meant(self.query, self.coding)
        months = months_of(self.query, self.coding)
        found = {}
        for name in asked:
            hidden = {
                month_of_number(month.number): self.coding.hidden(month, name) for month in months
            }
            found[name] = merged_teams(hidden, self.coding.labels, among)
        return {name: merged for name, merged in found.items() if merged}

    @property
    def in_words(self) -> str:
        """What a reader is told of it, empty where nothing was narrowed or merged."""
        said = [] if self.people is None else [_THEIRS]
        if self.merged:
            by = "team" if "team" in self.merged else "region"
            named = in_words(by, self.merged[by])
            said.append(named if self.names_teams else f"{RULES[by]}.")
        return " ".join(said)


def scoped(query: TrendQuery, viewer: User | None, snapshot: Snapshot) -> Scope:
    """The query as far as this viewer may ask it. TrendRefused (403) beyond that.

    Whoever counts does it with the coding that is given here.
    """
    coding = Coding.of(snapshot, query.reading, query.judgement)
    if viewer is None:
        return Scope(query, coding)
    if query.named & GROUPED:
        coding = coding.seen_by(managed_by(viewer, snapshot.labels))
    if viewer.is_partner:
        for name in ("team", "rep"):
            if name in query.named:
                raise TrendRefused(name, _PARTNER)
    people = None
    if "rep" in query.named:
        query, people = _only_theirs(query, viewer, coding)
    return Scope(query, coding, people, names_teams=viewer.in_sales)


def managed_by(viewer: User, labels: Labels) -> frozenset[int]:
    """The teams for which the viewer answers, who sees them however small."""
    return labels.managed.get(viewer.pk, frozenset())


def months_of(query: TrendQuery, coding: Coding) -> list[Month]:
    window = Window(query.since, query.until)
    return window.months(coding.snapshot.months)


def hidden_teams(window: Window, viewer: User, snapshot: Snapshot) -> dict[int, frozenset[int]]:
    """The teams that count under SMALL to the viewer, by the months of the days that have any."""
    managed = managed_by(viewer, snapshot.labels)
    found = {
        month.number: hidden_in(month, snapshot.labels, managed).teams
        for month in window.months(snapshot.months)
    }
    return {number: teams for number, teams in found.items() if teams}


def teams_not_whole(query: TrendQuery, viewer: User, snapshot: Snapshot) -> frozenset[str | None]:
    """The ids of the teams that are too small to show in some month of the query's period.

    None among them are the owners without a team.
    """
    hidden = hidden_teams(Window(query.since, query.until), viewer, snapshot)
    return frozenset(str(team) if team else None for team in frozenset().union(*hidden.values()))


def require_whole_teams(query: TrendQuery, viewer: User, snapshot: Snapshot) -> None:
    """TrendRefused where the team filter takes a team too small to show in some of the period.

    For what is counted elsewhere than by the engine, by team and not by month. TrendError for
    a team that doesn't exist.
    """
    asked = query.values_of("team")
    if not asked:
        return
    hidden = teams_not_whole(query, viewer, snapshot)
    vocabulary = Coding.of(snapshot, query.reading, query.judgement).vocabulary("team")
    for code in [vocabulary.code_of(value, field="team") for value in asked]:
        team = vocabulary.keys[code].id
        if team == SMALL or hidden & _at_or_below(team, snapshot.labels):
            raise TrendRefused("team", TOO_SMALL)


def _teams_meant(query: TrendQuery, coding: Coding) -> frozenset[int] | None:
    """The teams that the filters choose, None for all: the merged group may hold any."""
    meant: frozenset[int] | None = None
    for name in sorted(query.named & GROUPED):
        values = query.values_of(name)
        keys = coding.vocabulary(name).keys
        ids = [keys[coding.vocabulary(name).code_of(each, field=name)].id for each in values]
        if not ids or SMALL in ids:
            continue
        below = [coding.labels.teams_at_or_below(int(each)) if each else {NO_TEAM} for each in ids]
        chosen = frozenset().union(*below)
        meant = chosen if meant is None else meant & chosen
    return meant


def _at_or_below(team: str | None, labels: Labels) -> set[str | None]:
    return {None} if team is None else set(map(str, labels.teams_at_or_below(int(team))))


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
