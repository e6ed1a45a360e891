"""The list of deals, one deal, and what its people do with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import company_today
from deals import services
from deals.access import (
    editable_closing,
    editable_conflict,
    editable_deal,
    may_edit,
    visible_deal,
)
from deals.errors import DealRefused
from deals.facts import DealFacts
from deals.forms.deals import ClosingForm, DealFilterForm, DealForm, DealStepForm, closing_initial
from deals.models import Deal
from deals.queries import ListOf, closed_deals, deal_page, open_deals
from deals.tables import table_of
from people.access import require_role, signed_in
from people.models import Role

SALES = (Role.REP, Role.MANAGER, Role.ADMIN)
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
@require_role(*SALES)
def deal_list(request: HttpRequest) -> HttpResponse:
    form = DealFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    show = ListOf(asked.get("show") or ListOf.CLOSED)
    find = open_deals if show is ListOf.OPEN else closed_deals
    page = find(
        signed_in(request),
        words=asked.get("q", ""),
        mine=asked.get("mine", False),
        after=asked.get("after", ""),
    )
    query = request.GET.copy()
    query["after"] = page.after
    return render(
        request,
        "deals/list.html",
        {
            "form": form,
            "page": page,
            "table": table_of(page.lines, show),
            "show": show,
            "older_url": f"?{query.urlencode()}" if page.after else "",
            "is_filtered": bool(asked.get("q") or asked.get("mine")),
        },
    )


@require_safe
@login_required
@require_role(*SALES)
def deal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    deal = visible_deal(user, pk)
    context = {"page": deal_page(deal), "may_edit": may_edit(user, deal)}
    return render(request, "deals/detail.html", context)


@require_http_methods(FORM_METHODS)
@login_required
@require_role(*SALES)
def deal_create(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = DealForm(request.POST or None, user=user, initial={"opened_on": company_today()})
    made: list[Deal] = []
    if form.carry_out(lambda: made.append(services.create_deal(form.facts, by=user))):
        messages.success(request, f"“{made[0].name}” is entered.")
        return redirect("deals:detail", made[0].pk)
    return _form_page(request, form, "Enter a deal", "Enter the deal", reverse("deals:list"))


@require_http_methods(FORM_METHODS)
@login_required
@require_role(*SALES)
def deal_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    deal = editable_deal(user, pk)
    form = DealForm(request.POST or None, user=user, deal=deal)
    if form.carry_out(lambda: services.change_deal(deal, form.facts, by=user)):
        messages.success(request, "Changed. Later imports leave what you entered alone.")
        return redirect("deals:detail", pk)
    return _form_page(request, form, f"Change {deal.name}", "Save", _page_of(deal))


@require_http_methods(FORM_METHODS)
@login_required
@require_role(*SALES)
def deal_close(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    deal = editable_deal(user, pk)
    form = ClosingForm(request.POST or None, initial=closing_initial(deal, None, company_today()))
    if form.carry_out(lambda: services.close_deal(deal, by=user, **form.values)):
        messages.success(request, "Closed. Debrief it while it is fresh.")
        return redirect("deals:detail", pk)
    return _form_page(request, form, f"Close {deal.name}", "Close the deal", _page_of(deal))


@require_http_methods(FORM_METHODS)
@login_required
@require_role(*SALES)
def closing_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    closing = editable_closing(user, pk)
    deal = closing.deal
    initial = closing_initial(deal, closing, company_today())
    form = ClosingForm(request.POST or None, initial=initial)
    if form.carry_out(lambda: services.change_closing(closing, DealFacts(**form.values), by=user)):
        messages.success(request, "Corrected. The figures follow within seconds.")
        return redirect("deals:detail", pk)
    return _form_page(request, form, f"Correct how {deal.name} closed", "Save", _page_of(deal))


@require_http_methods(FORM_METHODS)
@login_required
@require_role(*SALES)
def deal_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    deal = editable_deal(user, pk)
    form = DealStepForm(request.POST if request.method == "POST" else None)
    if form.carry_out(lambda: services.reopen_deal(deal, by=user)):
        messages.success(request, "Open again. What was debriefed stays in the playbook.")
        return redirect("deals:detail", pk)
    return render(request, "deals/reopen.html", {"deal": deal, "form": form})


@require_POST
@login_required
@require_role(*SALES)
def conflict_resolve(request: HttpRequest, pk: int, conflict_pk: int) -> HttpResponse:
    """Keep what the person entered, or take what the source says."""
    user = signed_in(request)
    conflict = editable_conflict(user, pk, conflict_pk)
    step = services.take_theirs if request.POST.get("take") == "theirs" else services.keep_ours
    try:
        step(conflict, by=user)
    except DealRefused as refusal:
        messages.error(request, f"{refusal.why} {refusal.remedy}")
    else:
        messages.success(request, "Decided.")
    return redirect("deals:detail", pk)


def _page_of(deal: Deal) -> str:
    return reverse("deals:detail", args=[deal.pk])


def _form_page(
    request: HttpRequest, form: DealStepForm, title: str, submit: str, cancel: str
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "cancel": cancel}
    return render(request, "form_page.html", context, status=422 if form.errors else 200)
