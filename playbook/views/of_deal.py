"""The debriefs of one deal: a fragment of the deal's page."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deals.models import Closing
from debriefs.models import Debrief
from debriefs.services.voices import may_ask_for_views
from people.access import signed_in
from people.models import User


@require_safe
@login_required
def debriefs_of_deal(request: HttpRequest, deal_id: int) -> HttpResponse:
    """Submitted debriefs on any closing of the deal, the latest closing first."""
    viewer = signed_in(request)
    of_deal = Debrief.objects.submitted().filter(closing__deal=deal_id)
    of_deal = of_deal.select_related("author", "closing")
    debriefs = list(of_deal.visible_to(viewer).order_by("-closing__number", "submitted_at"))
    counted = Counter(debrief.closing for debrief in debriefs)
    context = {
        "debriefs": debriefs,
        "several": [(closing, views) for closing, views in counted.items() if views > 1],
        "withheld": of_deal.withheld_from(viewer).order_by("-closing__number", "submitted_at"),
        "in_sales": viewer.in_sales,
        "ask_about": _closing_to_ask_about(viewer, deal_id),
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "playbook/of_deal.html" if is_fragment else "playbook/of_deal_page.html"
    return render(request, template, context)


def _closing_to_ask_about(viewer: User, deal_id: int) -> int | None:
    """The current closing, where the viewer may ask others for their view of it."""
    closing = Closing.objects.current().filter(deal=deal_id).select_related("deal").first()
    return closing.pk if closing and may_ask_for_views(viewer, closing) else None
