"""Everything that changes people, teams, memberships, tokens and the set-up link."""

from people.services.memberships import end_membership, join_team
from people.services.merging import merge_people
from people.services.people import (
    PersonChanges,
    activate_person,
    change_person,
    confirm_person,
    create_person,
    deactivate_person,
    let_in,
    name_person,
)
from people.services.setup import create_setup_link, has_admin, is_setup_open, use_setup_link
from people.services.teams import (
    change_team,
    create_team,
    move_team,
    rename_team,
    retire_team,
    set_manager,
)
from people.services.tokens import authenticate_token, issue_token, revoke_token

__all__ = [
    "PersonChanges",
    "activate_person",
    "authenticate_token",
    "change_person",
    "change_team",
    "confirm_person",
    "create_person",
    "create_setup_link",
    "create_team",
    "deactivate_person",
    "end_membership",
    "has_admin",
    "is_setup_open",
    "issue_token",
    "join_team",
    "let_in",
    "merge_people",
    "move_team",
    "name_person",
    "rename_team",
    "retire_team",
    "revoke_token",
    "set_manager",
    "use_setup_link",
]
