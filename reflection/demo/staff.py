"""The people of Halden Analytics, their teams, who moved, and who may sign in."""

from datetime import date

from django.contrib.auth.hashers import make_password

from common.periods import add_months
from people.models import Membership, Team, TeamKind, User
from reflection.demo.company import (
    COMPANY,
    DOMAIN,
    LOGINS,
    REGIONS,
    SALES_DIRECTOR,
    TEAMS,
    everybody,
)
from reflection.demo.models import DemoLogin
from reflection.demo.stories import Timeline

PASSWORD = "look-around"  # noqa: S105 - shown on the sign-in page of the demo
MOVES = (
    ("Verena Pichler", "Hamburg", 5),
    ("Tom Bairstow", "Dublin", 8),
    ("Axel Berglund", "Oslo", 11),
)
COACHES = {"Petter Hagen": "Kari Solheim", "Conor Tierney": "Aoife Brennan"}


def write_people(timeline: Timeline) -> dict[str, User]:
    """Everybody by full name, in their teams."""
    users = User.objects.bulk_create(
        User(
            username=person.username,
            email=f"{person.username}@{DOMAIN}",
            full_name=person.name,
            role=person.role,
            time_zone=person.time_zone,
            password=make_password(None),
        )
        for person in everybody()
    )
    people = {user.full_name: user for user in users}
    for coached, coach in COACHES.items():
        people[coached].coach = people[coach]
        people[coached].save(update_fields=["coach"])
    _write_teams(people, timeline)
    return people


def write_logins(people: dict[str, User]) -> None:
    """Let one person of each role sign in, with a password that the sign-in page shows."""
    password = make_password(PASSWORD)
    for position, login in enumerate(LOGINS):
        person = people[login.name]
        person.password = password
        person.save(update_fields=["password"])
        label = f"{login.label}: {login.name}"
        DemoLogin.objects.create(person=person, label=label, password=PASSWORD, position=position)


def _write_teams(people: dict[str, User], timeline: Timeline) -> None:
    company = Team.objects.create(
        name=COMPANY, kind=TeamKind.COMPANY, manager=people[SALES_DIRECTOR]
    )
    regions = {
        name: Team.objects.create(
            name=name, kind=TeamKind.REGION, parent=company, manager=people[head]
        )
        for name, head in REGIONS.items()
    }
    teams = {
        team.name: Team.objects.create(
            name=team.name, parent=regions[team.region], manager=people[team.manager]
        )
        for team in TEAMS
    }
    since = add_months(timeline.months[0], -18)
    moved = {name: (team, months) for name, team, months in MOVES}
    for team in TEAMS:
        for name in team.reps:
            _settle(people[name], teams, team.name, since, moved.get(name), timeline.today)


def _settle(
    rep: User,
    teams: dict[str, Team],
    home: str,
    since: date,
    move: tuple[str, int] | None,
    today: date,
) -> None:
    if move is None:
        Membership.objects.create(user=rep, team=teams[home], since=since)
        return
    moved_on = add_months(today.replace(day=1), -move[1])
    Membership.objects.create(user=rep, team=teams[home], since=since, until=moved_on)
    Membership.objects.create(user=rep, team=teams[move[0]], since=moved_on)
