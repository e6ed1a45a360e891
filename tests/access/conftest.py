import pytest

from people.models import Team, User
from tests.access.world import World, build_world


@pytest.fixture
def world(
    rep: User,
    outsider: User,
    manager: User,
    other_manager: User,
    admin: User,
    partner: User,
    team: Team,
) -> World:
    return build_world(
        owner=rep,
        other_rep=outsider,
        manager=manager,
        other_manager=other_manager,
        admin=admin,
        partner=partner,
        team=team,
    )
