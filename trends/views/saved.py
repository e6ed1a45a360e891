"""Saved views: kept under a name, opened, shared, renamed, deleted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import company_today
from people.access import signed_in
from people.forms import posted
from people.models import User
from people.views.forms import form_page
from trends.access import own_view, visible_view
from trends.dashboard import services
from trends.dashboard.forms import NewViewForm, ViewForm
from trends.dashboard.saved import address_of, moving, page_of
from trends.dashboard.saved_list import views_for
from trends.views.refusals import answers_trend_errors

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def view_list(request: HttpRequest) -> HttpResponse:
    """A person's own views, and those that others share."""
    context = {"views": views_for(signed_in(request), today=company_today())}
    return render(request, "trends/saved_views.html", context)


@require_safe
@login_required
@answers_trend_errors
def view_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that a view keeps, with the reader's own rights."""
    return redirect(address_of(visible_view(signed_in(request), pk)))


@require_http_methods(FORM_METHODS)
@login_required
@answers_trend_errors
def view_create(request: HttpRequest) -> HttpResponse:
    """Save the page whose address comes along."""
    by = signed_in(request)
    address = request.POST.get("address") or request.GET.get("address", "")
    page, subject, query = page_of(address)
    params = {name: query.getlist(name) for name in query}
    form = NewViewForm(
        posted(request),
        can_share=by.in_sales,
        today=company_today(),
        initial={"address": address},
    )

    def save() -> None:
        period = form.cleaned_data["period"]
        services.save_view(
            form.cleaned_data["name"],
            page=page,
            subject=subject,
            params=moving(params, period) if period else params,
            is_shared=form.cleaned_data.get("is_shared", False),
            by=by,
        )

    if form.carry_out(save):
        messages.success(request, f"“{form.cleaned_data['name']}” is among your views.")
        return redirect("trends:view_list")
    return form_page(
        request,
        form,
        title="Save this view",
        lede="The page with its period, filters and readings, under a name.",
        submit="Save the view",
        crumbs=[("Dashboard", address)],
    )


@require_http_methods(FORM_METHODS)
@login_required
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    view = own_view(by, pk)
    initial: dict[str, Any] = {"name": view.name, "is_shared": view.shared_at is not None}
    form = ViewForm(posted(request), can_share=by.in_sales, initial=initial)

    def change() -> None:
        shared = form.cleaned_data.get("is_shared", False)
        services.change_view(view, name=form.cleaned_data["name"], is_shared=shared)

    if form.carry_out(change):
        messages.success(request, f"“{view.name}” is changed.")
        return redirect("trends:view_list")
    return form_page(
        request,
        form,
        title=f"Change “{view.name}”",
        lede="A new name, or who may open it. To change its figures, save the page anew.",
        submit="Save",
        crumbs=[("Saved views", reverse("trends:view_list"))],
    )


@require_POST
@login_required
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    by: User = signed_in(request)
    view = own_view(by, pk)
    services.delete_view(view)
    messages.success(request, f"“{view.name}” is deleted.")
    return redirect("trends:view_list")
