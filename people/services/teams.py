"""The tree: company, region, team."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from common.clock import company_today
from common.text import tidy
from outbox.services import record
from people import events
from people.errors import ManagerUnfit, TeamMisplaced, TeamNameTaken, TeamNotEmpty
from people.models import Membership, Role, Team, TeamKind, User

_HEIGHT = {TeamKind.COMPANY.value: 2, TeamKind.REGION.value: 1, TeamKind.TEAM.value: 0}


@transaction.atomic
def create_team(
    name: str,
    *,
    by: User | None,
    kind: str = TeamKind.TEAM,
    parent: Team | None = None,
    manager: User | None = None,
) -> Team:
    """Add a node. Raises TeamNameTaken (among its siblings), TeamMisplaced, ManagerUnfit."""
    team = Team(name=tidy(name), kind=kind, parent=parent, manager=manager)
    _refuse_misplaced(team, parent)
    _refuse_unfit_manager(manager)
    _save(team)
    _record_changed(team, by=by)
    return team


@transaction.atomic
def change_team(
    team: Team, *, name: str, parent: Team | None, manager: User | None, by: User
) -> None:
    """Its name, its place and who answers for it, all or nothing."""
    move_team(team, parent=parent, by=by)
    rename_team(team, name=name, by=by)
    set_manager(team, manager=manager, by=by)


@transaction.atomic
def rename_team(team: Team, *, name: str, by: User) -> Team:
    """Raises TeamNameTaken."""
    stored = Team.objects.select_for_update().get(pk=team.pk)
    if stored.name != tidy(name):
        stored.name = tidy(name)
        _save(stored, ["name"])
        _record_changed(stored, by=by)
    return stored


@transaction.atomic
def move_team(team: Team, *, parent: Team | None, by: User) -> Team:
    """Hang the team and all below it under `parent`. Raises TeamMisplaced, TeamNameTaken.

    The whole tree is locked, so that two moves at once can't make a circle.
    """
    teams = {row.pk: row for row in Team.objects.select_for_update().order_by("pk")}
    stored = teams[team.pk]
    if stored.parent_id == (parent.pk if parent else None):
        return stored
    _refuse_misplaced(stored, parent)
    _refuse_circle(stored, parent, teams)
    stored.parent = parent
    _save(stored, ["parent"])
    _record_changed(stored, by=by)
    return stored


@transaction.atomic
def set_manager(team: Team, *, manager: User | None, by: User) -> Team:
    """Who answers for the team and all below it. Raises ManagerUnfit."""
    stored = Team.objects.select_for_update().get(pk=team.pk)
    if stored.manager_id == (manager.pk if manager else None):
        return stored
    _refuse_unfit_manager(manager)
    stored.manager = manager
    stored.save(update_fields=["manager"])
    _record_changed(stored, by=by)
    return stored


@transaction.atomic
def retire_team(team: Team, *, by: User) -> Team:
    """Nobody can join it any more; its past stays. Raises TeamNotEmpty."""
    stored = Team.objects.select_for_update().get(pk=team.pk)
    if stored.retired_at is not None:
        return stored
    today = company_today()
    if Membership.objects.filter(Q(until=None) | Q(until__gt=today), team=stored).exists():
        raise TeamNotEmpty(f"People belong to {stored.name}: move them first.")
    if Team.objects.standing().filter(parent=stored).exists():
        raise TeamNotEmpty(f"Teams hang under {stored.name}: move or retire them first.")
    stored.retired_at = timezone.now()
    stored.save(update_fields=["retired_at"])
    _record_changed(stored, by=by)
    return stored


def _refuse_misplaced(team: Team, parent: Team | None) -> None:
    if parent is None:
        return
    if parent.retired_at is not None:
        raise TeamMisplaced(f"{parent.name} is retired.")
    if _HEIGHT[parent.kind] < _HEIGHT[team.kind] or team.kind == TeamKind.COMPANY:
        raise TeamMisplaced(
            f"A {team.get_kind_display().lower()} can't stand under "
            f"a {parent.get_kind_display().lower()}."
        )


def _refuse_circle(team: Team, parent: Team | None, teams: dict[int, Team]) -> None:
    above = parent.pk if parent else None
    while above is not None:
        if above == team.pk:
            raise TeamMisplaced(f"{team.name} can't hang under itself.")
        above = teams[above].parent_id


def _refuse_unfit_manager(manager: User | None) -> None:
    if manager is None:
        return
    if not manager.is_active or manager.role not in (Role.MANAGER, Role.ADMIN):
        raise ManagerUnfit(f"{manager.full_name} is no active manager or admin.")


def _save(team: Team, fields: list[str] | None = None) -> None:
    team.clean_fields()
    try:
        with transaction.atomic():
            team.save(update_fields=fields)
    except IntegrityError as error:
        if "people_team_name_unique_in_parent" not in str(error):
            raise
        raise TeamNameTaken(f"There is a “{team.name}” in the same place already.") from error


def _record_changed(team: Team, *, by: User | None) -> None:
    record(
        events.TEAM_CHANGED,
        subject=f"team:{team.pk}",
        payload={"team_ids": [team.pk]},
        by=by.pk if by else None,
    )
