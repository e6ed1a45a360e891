"""The people whom every test may ask for, in one small company.

    Example Inc > North > Atlas      manager; rep, teammate
                > South > Borealis   other_manager; outsider

`admin` and `partner` belong to no team. `signed_in(person)` is a client of theirs; the
plain `client` of pytest-django is anonymous.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from people.models import Team, TeamKind, User
from tests.factories import (
    AdminFactory,
    ManagerFactory,
    MembershipFactory,
    PartnerFactory,
    TeamFactory,
    UserFactory,
)


@pytest.fixture
def company(db: None) -> Team:
    return TeamFactory.create(name="Example Inc", kind=TeamKind.COMPANY)


@pytest.fixture
def manager(db: None) -> User:
    return ManagerFactory.create(username="manager", full_name="Mona Manager")


@pytest.fixture
def other_manager(db: None) -> User:
    return ManagerFactory.create(username="other_manager", full_name="Oskar Othermanager")


@pytest.fixture
def team(company: Team, manager: User) -> Team:
    north = TeamFactory.create(name="North", kind=TeamKind.REGION, parent=company)
    atlas = TeamFactory.create(name="Atlas", parent=north, manager=manager)
    MembershipFactory.create(user=manager, team=atlas)
    return atlas


@pytest.fixture
def other_team(company: Team, other_manager: User) -> Team:
    south = TeamFactory.create(name="South", kind=TeamKind.REGION, parent=company)
    borealis = TeamFactory.create(name="Borealis", parent=south, manager=other_manager)
    MembershipFactory.create(user=other_manager, team=borealis)
    return borealis


@pytest.fixture
def rep(team: Team) -> User:
    person = UserFactory.create(username="rep", full_name="Rita Rep")
    MembershipFactory.create(user=person, team=team)
    return person


@pytest.fixture
def teammate(team: Team) -> User:
    person = UserFactory.create(username="teammate", full_name="Theo Teammate")
    MembershipFactory.create(user=person, team=team)
    return person


@pytest.fixture
def outsider(other_team: Team) -> User:
    person = UserFactory.create(username="outsider", full_name="Olga Outsider")
    MembershipFactory.create(user=person, team=other_team)
    return person


@pytest.fixture
def admin(db: None) -> User:
    return AdminFactory.create(username="admin", full_name="Ada Admin")


@pytest.fixture
def partner(db: None) -> User:
    return PartnerFactory.create(username="partner", full_name="Pablo Partner")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A client in which the person is signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in
