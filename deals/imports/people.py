"""People whom a file names: found among ours, or made inactive until somebody confirms them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from common.clock import company_today
from common.text import name_key, tidy
from deals.errors import RowRefused
from deals.imports.reading import Row
from deals.services.names import known_key
from people.models import Membership, Team, TeamKind, User
from people.services import create_team, join_team, name_person

EARLIEST_MEMBERSHIP = date(1990, 1, 1)


@dataclass
class Owners:
    """Who is meant by a name or an address. Somebody merged stands for whom they were merged into."""

    _ids: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def known(cls) -> "Owners":
        owners = cls()
        people = User.objects.values_list("pk", "full_name", "username", "email", "merged_into")
        for pk, full_name, username, email, merged_into in people.iterator():
            for word in {full_name, username, email}:
                if word:
                    owners.learn(word, merged_into or pk)
        return owners

    def learn(self, word: str, pk: int) -> None:
        self._ids.setdefault(known_key(word), set()).add(pk)

    def knows(self, word: str) -> bool:
        return known_key(word) in self._ids

    def id_of(self, word: str) -> int:
        """Refuses a name that two people share: nobody can tell whose deal it is."""
        ids = self._ids[known_key(word)]
        if len(ids) > 1:
            raise RowRefused(
                "owner",
                f"{len(ids)} people are called “{word}”.",
                "Give the e-mail address instead.",
                value=word,
            )
        return next(iter(ids))

    def unknown_among(self, words: Iterable[str]) -> list[str]:
        """Those nobody bears, each once, in alphabetical order."""
        unknown = {known_key(word): tidy(word)[:150] for word in words if not self.knows(word)}
        return [unknown[key] for key in sorted(unknown) if key]

    def name_unknown(self, words: Iterable[str], *, by: User | None) -> list[str]:
        """Make an inactive person of each name that nobody bears; returns the names."""
        made = self.unknown_among(words)
        for word in made:
            self.learn(word, name_person(word, by=by).pk)
        return made


@dataclass(frozen=True)
class Placing:
    """One line of a list of people: who sells in which region under whom."""

    person: str
    manager: str
    region: str


def placings_of(rows: Iterable[Row], places: dict[str, int]) -> list[Placing]:
    found = []
    for row in rows:
        cells = {
            name: tidy(row.cells[place]) if place < len(row.cells) else ""
            for name, place in places.items()
        }
        if cells.get("person"):
            found.append(
                Placing(cells["person"], cells.get("manager", ""), cells.get("region", ""))
            )
    return found


def place_people(
    placings: Iterable[Placing], owners: Owners, *, first_day: date | None, by: User | None
) -> int:
    """Give each person without a team a team in their region, from the first deal's day on.

    The team is the manager's. Nobody who belongs to a team already is moved, so that a
    second import changes nothing. Returns how many were placed.
    """
    since = max(min(first_day or company_today(), company_today()), EARLIEST_MEMBERSHIP)
    placed = 0
    belonging = set(Membership.objects.values_list("user", flat=True))
    people = User.objects.in_bulk()
    tree = _Tree(by)
    for placing in placings:
        for word in (placing.manager, placing.person):
            pk = owners.id_of(word) if word else None
            if pk is None or pk in belonging:
                continue
            team = tree.team(
                placing,
                manager=people.get(owners.id_of(placing.manager)) if placing.manager else None,
            )
            join_team(people[pk], team, since=since, by=by)
            belonging.add(pk)
            placed += 1
    return placed


class _Tree:
    """Company, regions and teams, found by name or made."""

    def __init__(self, by: User | None) -> None:
        self.by = by
        self.teams = {
            (team.parent_id, name_key(team.name)): team for team in Team.objects.standing()
        }

    def team(self, placing: Placing, *, manager: User | None) -> Team:
        region = self.region(placing.region) if placing.region else self.company()
        if not placing.manager:
            return region
        managed = [
            team
            for team in self.teams.values()
            if manager and team.manager_id == manager.pk and team.parent_id == region.pk
        ]
        if managed:
            return managed[0]
        fit = manager if manager and manager.is_active and manager.role != "rep" else None
        return self._found_or_made(
            f"Team {placing.manager}", TeamKind.TEAM, parent=region, manager=fit
        )

    def region(self, name: str) -> Team:
        everywhere = [
            team
            for team in self.teams.values()
            if team.kind == TeamKind.REGION and name_key(team.name) == name_key(name)
        ]
        if everywhere:
            return everywhere[0]
        return self._found_or_made(name, TeamKind.REGION, parent=self.company())

    def company(self) -> Team:
        roots = [team for team in self.teams.values() if team.kind == TeamKind.COMPANY]
        if roots:
            return roots[0]
        return self._found_or_made(settings.ENV.company_name, TeamKind.COMPANY, parent=None)

    def _found_or_made(
        self, name: str, kind: TeamKind, *, parent: Team | None, manager: User | None = None
    ) -> Team:
        key = (parent.pk if parent else None, name_key(name))
        if key not in self.teams:
            self.teams[key] = create_team(
                name[:120], kind=kind, parent=parent, manager=manager, by=self.by
            )
        return self.teams[key]
