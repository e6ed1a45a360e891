"""Keeping people: managers and admins look, admins change."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import services
from people.access import get_person, get_person_to_keep, require_role, signed_in
from people.errors import PeopleError
from people.forms import (
    ConfirmForm,
    LeaveForm,
    MergeForm,
    MoveForm,
    NewPersonForm,
    PeopleFilterForm,
    PersonForm,
    posted,
)
from people.invitations import can_send_mail, invitation_link, send_invitation
from people.models import Role, User
from people.queries import people_page, person_page
from people.views.forms import Crumbs, form_page

FORM_METHODS = ["GET", "HEAD", "POST"]


def _crumbs(person: User | None = None) -> Crumbs:
    crumbs = [("People", reverse("people:list"))]
    if person is not None:
        crumbs.append((str(person), reverse("people:detail", args=[person.pk])))
    return crumbs


@require_safe
@require_role(Role.MANAGER, Role.ADMIN)
def person_list(request: HttpRequest) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = people_page(
        signed_in(request),
        words=asked.get("q", ""),
        role=asked.get("role", ""),
        state=asked.get("state", ""),
        after=asked.get("after"),
    )
    query = request.GET.copy()
    query["after"] = str(page.after or "")
    context = {"form": form, "page": page, "next_page": f"?{query.urlencode()}"}
    return render(request, "people/list.html", context, status=200 if asked else 422)


@require_safe
@require_role(Role.MANAGER, Role.ADMIN)
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    page = person_page(get_person(signed_in(request), pk))
    return render(request, "people/detail.html", {"page": page, "crumbs": _crumbs()})


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def person_create(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(posted(request))
    made: list[User] = []
    if form.carry_out(lambda: made.append(_create(request, form))):
        _say_how_they_come_in(request, made[0])
        return redirect("people:detail", pk=made[0].pk)
    return form_page(
        request,
        form,
        title="Let somebody in",
        lede="They choose their own password by a link that you send or hand over.",
        submit="Add this person",
        crumbs=_crumbs(),
    )


def _create(request: HttpRequest, form: NewPersonForm) -> User:
    fields = dict(form.cleaned_data)
    team, since = fields.pop("team"), fields.pop("since")
    return services.let_in(**fields, team=team, since=since, by=signed_in(request))


def _say_how_they_come_in(request: HttpRequest, person: User) -> None:
    if can_send_mail() and send_invitation(request, person):
        messages.success(request, f"A link to choose a password is on its way to {person.email}.")
    else:
        messages.success(
            request, f"{person} is in. Make a link below, with which they choose a password."
        )


@require_http_methods(FORM_METHODS)
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    person = get_person_to_keep(admin, pk)
    initial = {name: getattr(person, name) for name in services.PersonChanges.__annotations__}
    form = PersonForm(posted(request), initial=initial, person=person)
    if form.carry_out(lambda: services.change_person(person, by=admin, **form.changes)):
        messages.success(request, "Saved.")
        return redirect("people:detail", pk=pk)
    return form_page(
        request,
        form,
        title=f"Change {person}",
        lede="",
        submit="Save",
        crumbs=_crumbs(person),
    )


@require_http_methods(FORM_METHODS)
def person_move(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    person = get_person_to_keep(admin, pk)
    form = MoveForm(posted(request))
    if form.carry_out(
        lambda: services.join_team(
            person, form.cleaned_data["team"], since=form.cleaned_data["since"], by=admin
        ),
    ):
        asked = form.cleaned_data
        messages.success(
            request, f"{person} belongs to {asked['team']} since {asked['since']:%-d %B %Y}."
        )
        return redirect("people:detail", pk=pk)
    return form_page(
        request,
        form,
        title=f"Move {person} to a team",
        lede="From that day on, replacing what was recorded for the days after it.",
        submit="Move",
        crumbs=_crumbs(person),
    )


@require_http_methods(FORM_METHODS)
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    person = get_person_to_keep(admin, pk)
    form = LeaveForm(posted(request))
    if form.carry_out(
        lambda: services.end_membership(person, on=form.cleaned_data["on"], by=admin)
    ):
        day = form.cleaned_data["on"]
        messages.success(request, f"{person} belongs to no team from {day:%-d %B %Y} on.")
        return redirect("people:detail", pk=pk)
    return form_page(
        request,
        form,
        title=f"End {person}'s membership",
        lede="Deals closed from that day on count for no team.",
        submit="End the membership",
        crumbs=_crumbs(person),
    )


@require_http_methods(FORM_METHODS)
def person_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    person = get_person_to_keep(admin, pk)
    form = ConfirmForm(posted(request))
    if form.carry_out(lambda: services.confirm_person(person, by=admin, **form.cleaned_data)):
        person.refresh_from_db()
        _say_how_they_come_in(request, person)
        return redirect("people:detail", pk=pk)
    return form_page(
        request,
        form,
        title=f"{person} is one of us",
        lede="An import named this person. With an address they can sign in and debrief.",
        submit="Confirm",
        crumbs=_crumbs(person),
    )


@require_http_methods(FORM_METHODS)
def person_merge(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    person = get_person_to_keep(admin, pk)
    form = MergeForm(posted(request), person=person)
    if form.carry_out(
        lambda: services.merge_people(person, into=form.cleaned_data["into"], by=admin)
    ):
        into = form.cleaned_data["into"]
        messages.success(request, f"What stood under “{person}” stands under {into} now.")
        return redirect("people:detail", pk=into.pk)
    return form_page(
        request,
        form,
        title=f"{person} is somebody we know",
        lede="Their deals move over, here and in later imports. This can't be undone.",
        submit="Merge",
        crumbs=_crumbs(person),
    )


@require_POST
def person_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """`active=yes` lets the person in, anything else lets them go."""
    admin = signed_in(request)
    person = get_person_to_keep(admin, pk)
    step = (
        services.activate_person
        if request.POST.get("active") == "yes"
        else services.deactivate_person
    )
    try:
        stored = step(person, by=admin)
    except PeopleError as refusal:
        messages.error(request, str(refusal))
    else:
        can = "can sign in again" if stored.is_active else "can't sign in any more"
        messages.success(request, f"{person} {can}.")
    return redirect("people:detail", pk=pk)


@never_cache
@require_POST
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the link to choose a password, or show it where no mail is set up."""
    person = get_person_to_keep(signed_in(request), pk)
    if not person.is_active:
        messages.error(request, f"{person} can't sign in: let them in first.")
        return redirect("people:detail", pk=pk)
    if can_send_mail() and send_invitation(request, person):
        messages.success(request, f"A link to choose a password is on its way to {person.email}.")
        return redirect("people:detail", pk=pk)
    return render(
        request,
        "people/invitation.html",
        {"person": person, "link": invitation_link(person), "crumbs": _crumbs(person)},
    )
