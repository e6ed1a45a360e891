"""The reason list, for admins: the list itself, one reason with its history, adding and removing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import listed_reason
from debriefs.errors import ReasonRefused
from debriefs.models import LossReason, ReasonGroup
from debriefs.queries.reason_pages import due_for_review, history_of, listed_groups, state_of
from debriefs.reason_forms import AddReasonForm, DescribeForm, PlaceForm
from debriefs.services.reasons import add_reason, describe_reason, place_reason, remove_reason
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import Crumbs, form_page

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@require_role(Role.ADMIN)
def reason_list(request: HttpRequest) -> HttpResponse:
    groups = listed_groups()
    return render(
        request, "debriefs/reasons.html", {"groups": groups, "due": due_for_review(groups)}
    )


@require_safe
@require_role(Role.ADMIN)
def reason_detail(request: HttpRequest, pk: int) -> HttpResponse:
    reason = listed_reason(pk)
    context = {
        "reason": reason,
        "state": state_of(reason),
        "history": history_of(reason),
        "is_cited": reason.citations.exists(),
        "crumbs": crumbs(),
    }
    return render(request, "debriefs/reason.html", context)


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_create(request: HttpRequest) -> HttpResponse:
    admin = signed_in(request)
    form = AddReasonForm(posted(request), initial={"group": _group_asked(request)})

    def add() -> None:
        given = form.cleaned_data
        add_reason(
            given["name"],
            group=given["group"],
            description=form.description,
            since=given["since"],
            by=admin,
        )

    if form.carry_out(add):
        messages.success(request, f"“{form.cleaned_data['name']}” is on the list.")
        return redirect("debriefs:reason_list")
    return form_page(
        request,
        form,
        title="Add a reason",
        lede="It can be cited at once, and appears in the form in its group.",
        submit="Add it to the list",
        crumbs=crumbs(),
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_describe(request: HttpRequest, pk: int) -> HttpResponse:
    admin, reason = signed_in(request), listed_reason(pk)
    names = ("definition", "example", "owner", "review_on")
    form = DescribeForm(posted(request), initial={name: getattr(reason, name) for name in names})
    if form.carry_out(lambda: describe_reason(reason, form.description, by=admin)):
        messages.success(request, "Saved. The history keeps what it said before.")
        return redirect("debriefs:reason_detail", pk=pk)
    return form_page(
        request,
        form,
        title=f"Describe “{reason}”",
        lede="This changes what people read when they choose. What it means should stay: "
        "a new meaning is a new reason.",
        submit="Save",
        crumbs=crumbs(reason),
    )


@require_POST
@require_role(Role.ADMIN)
def reason_place(request: HttpRequest, pk: int) -> HttpResponse:
    reason, form = listed_reason(pk), PlaceForm(request.POST)
    if form.is_valid():
        try:
            up = form.cleaned_data["direction"] == "up"
            place_reason(reason, up=up, by=signed_in(request))
        except ReasonRefused as refusal:
            messages.error(request, str(refusal))
    return redirect("debriefs:reason_list")


@require_POST
@require_role(Role.ADMIN)
def reason_remove(request: HttpRequest, pk: int) -> HttpResponse:
    reason = listed_reason(pk)
    try:
        remove_reason(reason, by=signed_in(request))
    except ReasonRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("debriefs:reason_detail", pk=pk)
    messages.success(request, f"“{reason}” was never used and is deleted.")
    return redirect("debriefs:reason_list")


def crumbs(reason: LossReason | None = None) -> Crumbs:
    found = [("Loss reasons", reverse("debriefs:reason_list"))]
    if reason is not None:
        found.append((reason.name, reverse("debriefs:reason_detail", args=[reason.pk])))
    return found


def _group_asked(request: HttpRequest) -> ReasonGroup | None:
    asked = request.GET.get("group", "")
    return ReasonGroup.objects.standing().filter(pk=asked).first() if asked.isdecimal() else None
