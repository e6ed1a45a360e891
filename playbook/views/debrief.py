"""The page of one debrief."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from people.access import signed_in
from playbook.debrief_page import debrief_page, differences, find_debrief


@require_safe
@login_required
def debrief_detail(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """One debrief as the reader may see it; `?since=2` shows what changed since version 2."""
    viewer = signed_in(request)
    debrief = get_object_or_404(find_debrief(viewer), pk=debrief_id)
    page = debrief_page(debrief, viewer)
    since = request.GET.get("since", "")
    compared = int(since) if since.isdecimal() and len(since) < 5 and page.versions else None
    return render(
        request,
        "playbook/detail.html",
        {
            "page": page,
            "compared": compared,
            "differences": differences(debrief, compared, viewer) if compared else [],
        },
    )
