"""Who stands above whom, and what a role may do. Used by every view, call, job and command."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from common.clock import company_today
from people.models import ApiToken, Membership, Role, Team, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

_TEAMS_BELOW = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM people_team WHERE manager_id = %s
        UNION
        SELECT team.id FROM people_team team JOIN below ON team.parent_id = below.id
    )
    SELECT id FROM below
"""


def signed_in(request: HttpRequest) -> User:
    """The person asking; 403 for nobody, though the sign-in page has come before."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def team_ids_managed_by(user: User) -> list[int]:
    """The teams that `user` manages and all teams below them, in one query."""
    if user.role not in (Role.MANAGER, Role.ADMIN):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TEAMS_BELOW, [user.pk])
        return [row[0] for row in cursor.fetchall()]


def people_below(user: User) -> QuerySet[Membership, int]:
    """The ids of those who belong today to a team that `user` manages."""
    memberships = Membership.objects.on(company_today())
    return memberships.filter(team__in=team_ids_managed_by(user)).values_list("user", flat=True)


def coach_of(person: User) -> User | None:
    """The coach set on the person, else the manager of their team today."""
    if person.coach_id:
        return person.coach
    team = (
        Team.objects.filter(
            memberships__in=Membership.objects.on(company_today()).filter(user=person)
        )
        .select_related("manager")
        .first()
    )
    return team.manager if team else None


def require_role(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Refuse (403) everybody but the named roles; the address itself is no secret."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if getattr(request.user, "role", None) not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def get_person(viewer: User, pk: int) -> User:
    """A colleague; 404 for one whom `viewer` doesn't see."""
    return get_object_or_404(User.objects.visible_to(viewer).select_related("coach"), pk=pk)


def get_person_to_keep(viewer: User, pk: int) -> User:
    """A person to change: only admins keep people, others are refused (403)."""
    person = get_person(viewer, pk)
    if not viewer.is_admin:
        raise PermissionDenied
    return person


def get_team_to_keep(viewer: User, pk: int) -> Team:
    """A team that stands; only admins keep teams."""
    if not viewer.is_admin:
        raise PermissionDenied
    return get_object_or_404(Team.objects.standing(), pk=pk)


def get_own_token(viewer: User, pk: int) -> ApiToken:
    """Tokens are seen by their own person only."""
    return get_object_or_404(ApiToken, pk=pk, user=viewer)
