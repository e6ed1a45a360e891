"""The debriefs of one closing side by side."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from debriefs.models import Debrief
from people.access import signed_in
from playbook.side_by_side import side_by_side
from playbook.views.debrief import yours_first


@require_safe
@login_required
def compare_views(request: HttpRequest, closing_id: int) -> HttpResponse:
    """What each author said of the closing; `?show=differing` leaves out where they agree.

    403 with the way on where the reader owes their own first.
    """
    viewer = signed_in(request)
    only_differing = request.GET.get("show") == "differing"
    page = side_by_side(closing_id, viewer, only_differing=only_differing)
    if page is None:
        withheld = Debrief.objects.withheld_from(viewer).filter(closing=closing_id)
        return yours_first(request, withheld.select_related("closing__deal").first())
    context = {"page": page, "only_differing": only_differing}
    return render(request, "playbook/side_by_side.html", context)
