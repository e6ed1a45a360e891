"""The upper level of the reason list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import listed_group
from debriefs.errors import ReasonRefused
from debriefs.models import LossReason, ReasonGroup
from debriefs.queries.reason_pages import history_of
from debriefs.reason_forms import NameForm, PlaceForm
from debriefs.services.reason_groups import add_group, place_group, rename_group, retire_group
from debriefs.views.reasons import FORM_METHODS, crumbs
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import form_page


@require_safe
@require_role(Role.ADMIN)
def reason_group(request: HttpRequest, pk: int) -> HttpResponse:
    group = listed_group(pk)
    context = {
        "group": group,
        "reasons": list(LossReason.objects.choosable().filter(group=group)),
        "history": history_of(group),
        "crumbs": crumbs(),
    }
    return render(request, "debriefs/reason_group.html", context)


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def group_create(request: HttpRequest) -> HttpResponse:
    admin = signed_in(request)
    form = NameForm(posted(request))
    if form.carry_out(
        lambda: add_group(form.cleaned_data["name"], since=form.cleaned_data["since"], by=admin)
    ):
        messages.success(request, f"“{form.cleaned_data['name']}” is there; give it reasons.")
        return redirect("debriefs:reason_list")
    return form_page(
        request,
        form,
        title="Add a group",
        lede="A kind of reasons. The form offers it once it holds one.",
        submit="Add the group",
        crumbs=crumbs(),
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def group_rename(request: HttpRequest, pk: int) -> HttpResponse:
    admin, group = signed_in(request), listed_group(pk)
    form = NameForm(posted(request), initial={"name": group.name})
    if form.carry_out(
        lambda: rename_group(
            group, form.cleaned_data["name"], since=form.cleaned_data["since"], by=admin
        )
    ):
        messages.success(request, "Renamed.")
        return redirect("debriefs:reason_group", pk=pk)
    return form_page(
        request,
        form,
        title=f"Rename “{group}”",
        lede="Its reasons stay in it.",
        submit="Rename",
        crumbs=[*crumbs(), (group.name, reverse("debriefs:reason_group", args=[pk]))],
    )


@require_POST
@require_role(Role.ADMIN)
def group_place(request: HttpRequest, pk: int) -> HttpResponse:
    group, form = listed_group(pk), PlaceForm(request.POST)
    if form.is_valid() and group.retired_at is None:
        place_group(group, up=form.cleaned_data["direction"] == "up", by=signed_in(request))
    return redirect("debriefs:reason_list")


@require_POST
@require_role(Role.ADMIN)
def group_retire(request: HttpRequest, pk: int) -> HttpResponse:
    group: ReasonGroup = listed_group(pk)
    try:
        retire_group(group, by=signed_in(request))
    except ReasonRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{group}” has left the list.")
    return redirect("debriefs:reason_group", pk=pk)
