"""Names: the review queue for managers and admins, the lists themselves for admins."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deals import services
from deals.access import CATALOGUES, get_catalogue, get_entry
from deals.errors import DealRefused
from deals.forms.names import (
    AccountForm,
    DecisionForm,
    NameForm,
    NamesFilterForm,
    SameAsForm,
)
from deals.models import Account, CatalogueEntry, Stage
from deals.queries.names import ids_without_look_alike, merged_names, names_page, review_groups
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role, User
from people.views.forms import Crumbs, form_page

LEADS = (Role.MANAGER, Role.ADMIN)
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@require_role(*LEADS)
def review_list(request: HttpRequest) -> HttpResponse:
    groups = [group for group in review_groups() if group.count]
    return render(request, "deals/review.html", {"groups": groups})


@require_POST
@require_role(*LEADS)
def review_decide(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One click: the name is one of its own, or the same as the one proposed."""
    entry = get_entry(kind, pk)
    form = DecisionForm(request.POST)
    decision = form.cleaned_data["decision"] if form.is_valid() else ""
    try:
        _decide(request, entry, decision, by=signed_in(request))
    except DealRefused as refusal:
        messages.error(request, f"{refusal.why} {refusal.remedy}")
    return redirect("deals:review_list")


def _decide(request: HttpRequest, entry: CatalogueEntry, decision: str, *, by: User) -> None:
    if decision == "proposed" and entry.proposed is not None:
        into = services.merge_entry(entry, into=entry.proposed, by=by)
        messages.success(request, f"“{entry}” stands for “{into}” from now on.")
    elif decision == "keep":
        services.keep_entry(entry, by=by)
        messages.success(request, f"“{entry}” is listed.")
    else:
        messages.error(request, "Choose what to do with the name.")


@require_http_methods(FORM_METHODS)
@require_role(*LEADS)
def review_same(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The name stands for another listed one, typed by hand."""
    by = signed_in(request)
    entry = get_entry(kind, pk)
    form = SameAsForm(posted(request), entry=entry)
    if form.carry_out(lambda: services.merge_entry(entry, into=form.cleaned_data["into"], by=by)):
        messages.success(
            request, f"“{entry}” stands for “{form.cleaned_data['into']}” from now on."
        )
        return redirect("deals:review_list")
    return form_page(
        request,
        form,
        title=f"“{entry}” is the same as …",
        lede="All deals that bear the name count under the other one, now and in later imports.",
        submit="Merge the two",
        crumbs=[("Names to review", reverse("deals:review_list"))],
    )


@require_POST
@require_role(*LEADS)
def review_accept(request: HttpRequest, kind: str) -> HttpResponse:
    """List all names of one kind that look like no other."""
    model = get_catalogue(kind)
    ids = ids_without_look_alike(kind)
    services.keep_entries(model, ids, by=signed_in(request))
    messages.success(request, f"{len(ids):,} names listed.")
    return redirect("deals:review_list")


@require_safe
@require_role(Role.ADMIN)
def entry_list(request: HttpRequest, kind: str) -> HttpResponse:
    get_catalogue(kind)
    form = NamesFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows, after = names_page(kind, words=asked.get("q", ""), after=asked.get("after", ""))
    query = request.GET.copy()
    query["after"] = after
    context = {
        "kind": kind,
        "kinds": list(CATALOGUES),
        "form": form,
        "rows": rows,
        "older": f"?{query.urlencode()}" if after else "",
    }
    return render(request, "deals/names.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def entry_create(request: HttpRequest, kind: str) -> HttpResponse:
    admin = signed_in(request)
    model = get_catalogue(kind)
    form = NameForm(posted(request))

    def add() -> None:
        name = form.cleaned_data["name"]
        if model is Stage:
            services.add_stage(name, by=admin)
        else:
            services.add_entry(model, name, by=admin)

    if form.carry_out(add):
        messages.success(request, f"“{form.cleaned_data['name']}” is listed.")
        return redirect("deals:entry_list", kind=kind)
    return form_page(
        request,
        form,
        title=f"Add to {kind}",
        lede="",
        submit="Add",
        crumbs=_crumbs(kind),
    )


@require_safe
@require_role(Role.ADMIN)
def entry_detail(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    entry = get_entry(kind, pk)
    context = {"kind": kind, "entry": entry, "merged": merged_names(entry), "crumbs": _crumbs(kind)}
    return render(request, "deals/name.html", context)


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def entry_rename(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    admin = signed_in(request)
    entry = get_entry(kind, pk)
    form = NameForm(posted(request), initial={"name": entry.name})
    if form.carry_out(lambda: services.rename_entry(entry, form.cleaned_data["name"], by=admin)):
        messages.success(request, "Renamed. The old name still finds it.")
        return redirect("deals:entry_detail", kind=kind, pk=pk)
    return form_page(
        request,
        form,
        title=f"Rename “{entry}”",
        lede="Rows and files that bear the old name are found under the new one.",
        submit="Rename",
        crumbs=_crumbs(kind, entry),
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def entry_merge(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    admin = signed_in(request)
    entry = get_entry(kind, pk)
    form = SameAsForm(posted(request), entry=entry)
    if form.carry_out(
        lambda: services.merge_entry(entry, into=form.cleaned_data["into"], by=admin)
    ):
        messages.success(request, f"“{entry}” stands for “{form.cleaned_data['into']}” now.")
        return redirect("deals:entry_detail", kind=kind, pk=pk)
    return form_page(
        request,
        form,
        title=f"Merge “{entry}” into another",
        lede="All its deals count under the other name. Parting the two undoes it.",
        submit="Merge",
        crumbs=_crumbs(kind, entry),
    )


@require_POST
@require_role(Role.ADMIN)
def entry_part(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    entry = get_entry(kind, pk)
    try:
        services.part_entry(entry, by=signed_in(request))
    except DealRefused as refusal:
        messages.error(request, f"{refusal.why} {refusal.remedy}")
    else:
        messages.success(request, f"“{entry}” stands by itself again.")
    return redirect("deals:entry_detail", kind=kind, pk=pk)


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    admin = signed_in(request)
    account = cast(Account, get_entry("accounts", pk))
    form = AccountForm(posted(request), account=account)
    if form.carry_out(lambda: services.change_account(account, by=admin, **form.cleaned_data)):
        messages.success(request, "Saved. What you entered stands against later imports.")
        return redirect("deals:entry_detail", kind="accounts", pk=pk)
    return form_page(
        request,
        form,
        title=f"What we know of {account}",
        lede="",
        submit="Save",
        crumbs=_crumbs("accounts", account),
    )


@require_POST
@require_role(Role.ADMIN)
def stage_move(request: HttpRequest, pk: int) -> HttpResponse:
    """`direction=up` moves a stage one place up, anything else one down."""
    ids = list(Stage.objects.standing().values_list("pk", flat=True))
    stage = get_entry("stages", pk)
    if stage.pk in ids:
        place = ids.index(stage.pk)
        step = -1 if request.POST.get("direction") == "up" else 1
        target = min(max(place + step, 0), len(ids) - 1)
        ids.insert(target, ids.pop(place))
        services.order_stages(ids, by=signed_in(request))
    return redirect("deals:entry_list", kind="stages")


def _crumbs(kind: str, entry: CatalogueEntry | None = None) -> Crumbs:
    crumbs = [(kind.capitalize(), reverse("deals:entry_list", args=[kind]))]
    if entry is not None:
        crumbs.append((entry.name, reverse("deals:entry_detail", args=[kind, entry.pk])))
    return crumbs
