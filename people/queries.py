"""What the pages about people and teams show."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from common.clock import company_today
from common.text import name_key
from people.access import coach_of
from people.models import Membership, Team, User

PAGE_SIZE = 50


@dataclass(frozen=True)
class PersonRow:
    id: int
    full_name: str
    username: str
    email: str
    role: str
    team: str
    state: str


@dataclass(frozen=True)
class PeoplePage:
    """`count` is of all that match; `after` leads to the next page, None on the last."""

    rows: list[PersonRow]
    count: int
    after: int | None


@dataclass(frozen=True)
class MembershipRow:
    team: str
    since: date
    until: date | None
    is_running: bool


@dataclass(frozen=True)
class PersonPage:
    person: User
    state: str
    coach: User | None
    coach_is_set: bool
    memberships: list[MembershipRow]
    managed: list[Team]


@dataclass(frozen=True)
class TeamNode:
    id: int
    name: str
    kind: str
    manager: str
    members: int
    children: list["TeamNode"] = field(default_factory=list)


def people_page(
    viewer: User, *, words: str = "", role: str = "", state: str = "", after: int | None = None
) -> PeoplePage:
    """People by name, 50 a page; `after` is the last person of the page before."""
    found = User.objects.visible_to(viewer).standing().in_state(state)
    if role:
        found = found.filter(role=role)
    for word in words.split():
        found = found.named_like(word)
    people = list(found.after(after).with_team_on(company_today())[: PAGE_SIZE + 1])
    shown = people[:PAGE_SIZE]
    return PeoplePage(
        rows=[_row(person) for person in shown],
        count=found.count(),
        after=shown[-1].pk if len(people) > PAGE_SIZE else None,
    )


def _row(person: User) -> PersonRow:
    return PersonRow(
        id=person.pk,
        full_name=str(person),
        username=person.username,
        email=person.email or "",
        role=person.get_role_display(),
        team=person.team_name or "",  # type: ignore[attr-defined]
        state=state_of(person),
    )


def state_of(person: User) -> str:
    """`active`, `unconfirmed` (named by an import), `merged` or `inactive`."""
    if person.is_active:
        return "active"
    if person.merged_into_id is not None:
        return "merged"
    return "unconfirmed" if person.email is None else "inactive"


def person_page(person: User) -> PersonPage:
    today = company_today()
    rows = person.memberships.select_related("team").order_by("-since")
    return PersonPage(
        person=person,
        state=state_of(person),
        coach=coach_of(person),
        coach_is_set=person.coach_id is not None,
        memberships=[
            MembershipRow(
                team=row.team.name,
                since=row.since,
                until=row.until,
                is_running=row.since <= today and (row.until is None or row.until > today),
            )
            for row in rows
        ],
        managed=list(person.managed_teams.standing()),
    )


def team_tree() -> list[TeamNode]:
    """The teams that stand, each under its parent, with how many belong to it today."""
    belonging = Membership.objects.on(company_today()).values_list("team", flat=True)
    members = Counter(belonging)
    nodes: dict[int, TeamNode] = {}
    parents: dict[int, int | None] = {}
    for team in Team.objects.standing().select_related("manager"):
        nodes[team.pk] = TeamNode(
            id=team.pk,
            name=team.name,
            kind=team.get_kind_display(),
            manager=str(team.manager) if team.manager else "",
            members=members[team.pk],
        )
        parents[team.pk] = team.parent_id
    roots: list[TeamNode] = []
    for pk, node in nodes.items():
        parent = nodes.get(parents[pk] or 0)
        (parent.children if parent else roots).append(node)
    return roots


def managers_above(people: Iterable[int]) -> dict[int, int]:
    """For each person the nearest active manager above who isn't that person, by ids; two queries.

    Who belongs to no team today, or has nobody above, is left out.
    """
    rows = Membership.objects.on(company_today()).filter(user__in=list(people))
    teams = dict(rows.values_list("user", "team"))
    above: dict[int, tuple[int | None, int | None]] = {
        team: (parent, manager if works else None)
        for team, parent, manager, works in Team.objects.values_list(
            "pk", "parent", "manager", "manager__is_active"
        )
    }
    found: dict[int, int] = {}
    for person, team in teams.items():
        place: int | None = team
        while place is not None:
            parent, manager = above[place]
            if manager is not None and manager != person:
                found[person] = manager
                break
            place = parent
    return found


def people_by_name(names: Iterable[str]) -> dict[str, User]:
    """Whom each written name or address means; names that mean nobody, or two, are left out.

    An address or a username decides before a full name; a merged person gives the one
    they were merged into.
    """
    wanted = {name: name_key(name) for name in names}
    found: dict[str, dict[int, User]] = {}
    for person in User.objects.answering_to(set(wanted.values())):
        standing = person.merged_into or person
        for key in {(person.email or "").lower(), name_key(person.username)}:
            found.setdefault(key, {})[standing.pk] = standing
        found.setdefault(f"name:{name_key(person.full_name)}", {})[standing.pk] = standing
    means = {}
    for name, key in wanted.items():
        people = found.get(key) or found.get(f"name:{key}") or {}
        if key and len(people) == 1:
            means[name] = next(iter(people.values()))
    return means
