"""The tree of teams: managers and admins look, admins change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from people import services
from people.access import get_team_to_keep, require_role, signed_in
from people.errors import PeopleError
from people.forms import TeamForm, posted
from people.models import Role
from people.queries import team_tree
from people.views.forms import form_page


def _crumbs() -> list[tuple[str, str]]:
    return [("People", reverse("people:list")), ("Teams", reverse("people:team_tree"))]


@require_safe
@require_role(Role.MANAGER, Role.ADMIN)
def tree(request: HttpRequest) -> HttpResponse:
    context = {"tree": team_tree(), "crumbs": _crumbs()[:1]}
    return render(request, "people/team_tree.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def team_create(request: HttpRequest) -> HttpResponse:
    form = TeamForm(posted(request), initial={"parent": request.GET.get("under")})
    if form.carry_out(lambda: services.create_team(**form.cleaned_data, by=signed_in(request))):
        messages.success(request, f"{form.cleaned_data['name']} is in the tree.")
        return redirect("people:team_tree")
    return form_page(request, form, title="Add a team", lede="", submit="Add", crumbs=_crumbs())


@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    team = get_team_to_keep(admin, pk)
    initial = {"name": team.name, "parent": team.parent_id, "manager": team.manager_id}
    form = TeamForm(posted(request), initial=initial, team=team)
    if form.carry_out(lambda: services.change_team(team, by=admin, **form.cleaned_data)):
        messages.success(request, "Saved.")
        return redirect("people:team_tree")
    return form_page(
        request, form, title=f"Change {team}", lede="", submit="Save", crumbs=_crumbs()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def team_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first: nothing brings a retired team back."""
    admin = signed_in(request)
    team = get_team_to_keep(admin, pk)
    if request.method != "POST":
        context = {
            "team": team,
            "title": f"Retire {team}?",
            "crumbs": _crumbs(),
            "cancel": reverse("people:team_tree"),
            "action": request.path,
        }
        return render(request, "people/team_retire.html", context)
    try:
        services.retire_team(team, by=admin)
    except PeopleError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{team} is retired. Its past stays.")
    return redirect("people:team_tree")
