"""Deals like one deal: a fragment of other pages, and a page of its own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import signed_in
from playbook.similar import similar_deals


@require_safe
@login_required
def similar(request: HttpRequest, deal_id: int) -> HttpResponse:
    """Deals like this one, open or closed; `?all=1` adds the won ones."""
    with_won = request.GET.get("all") == "1"
    deals = similar_deals(deal_id, signed_in(request), with_won=with_won)
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "playbook/similar.html" if is_fragment else "playbook/similar_page.html"
    return render(request, template, {"deals": deals, "with_won": with_won, "deal_id": deal_id})
