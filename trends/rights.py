"""Whose figures a viewer may ask for: by person, and by groups too small to hide a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from people.access import people_below
from people.models import User
from trends.axes import Window
from trends.coding import Coding
from trends.errors import TrendRefused
from trends.groups import GROUPED, SMALL, SMALL_LABEL, SMALLEST_GROUP, hidden_in
from trends.labels import Labels
from trends.query import TrendQuery
from trends.snapshot import Month, Snapshot

_PARTNER = "Partners see aggregates without team and rep."
_PERSON = "Figures of a person are for that person and the managers above."
_THEIRS = "Only people for whom you answer, and yourself."
TOO_SMALL = f"A group of fewer than {SMALLEST_GROUP} people isn't shown by itself."
MERGED = (
    f"Months in which a group had fewer than {SMALLEST_GROUP} people count under"
    f" “{SMALL_LABEL}”, with the next smallest group where those are too few."
)


@dataclass(frozen=True)
class Scope:
    """A query as far as a viewer may ask it, and the codes as they see them.

    `people` are those to whom it was narrowed, None for all.
    """

    query: TrendQuery
    coding: Coding
    people: frozenset[int] | None = None

    @property
    def in_words(self) -> str:
        """What a reader is told of it, empty where nothing was narrowed or merged."""
        merged = any(
            self.coding.hidden(month, name)
            for month in months_of(self.query, self.coding)
            for name in self.query.named & GROUPED
        )
        said = [] if self.people is None else [_THEIRS]
        return " ".join([*said, MERGED] if merged else said)


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
    return Scope(query, coding, people)


def managed_by(viewer: User, labels: Labels) -> frozenset[int]:
    """The teams for which the viewer answers, who sees them however small."""
    return frozenset(team.id for team in labels.teams if viewer.pk in labels.managers_of(team.id))


def months_of(query: TrendQuery, coding: Coding) -> list[Month]:
    window = Window(query.since, query.until)
    return [each for each in coding.snapshot.months if window.covers(each.number)]


def hidden_teams(window: Window, viewer: User, snapshot: Snapshot) -> dict[int, frozenset[int]]:
    """The teams that count under SMALL to the viewer, by the months of the days that have any."""
    managed = managed_by(viewer, snapshot.labels)
    found = {
        month.number: hidden_in(month, snapshot.labels, managed).teams
        for month in snapshot.months
        if window.covers(month.number)
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
