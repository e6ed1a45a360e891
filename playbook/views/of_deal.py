"""The debriefs of one deal: a fragment of the deal's page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from debriefs.models import Debrief
from people.access import signed_in


@require_safe
@login_required
def debriefs_of_deal(request: HttpRequest, deal_id: int) -> HttpResponse:
    """Submitted debriefs on any closing of the deal, the latest closing first."""
    debriefs = (
        Debrief.objects.visible_to(signed_in(request))
        .submitted()
        .filter(closing__deal=deal_id)
        .select_related("author", "closing")
        .order_by("-closing__number", "submitted_at")
    )
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "playbook/of_deal.html" if is_fragment else "playbook/of_deal_page.html"
    return render(request, template, {"debriefs": debriefs})
