"""The page of one debrief."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from debriefs.models import Debrief
from people.access import signed_in
from playbook.debrief_page import debrief_page, find_debrief, find_withheld


@require_safe
@login_required
def debrief_detail(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """One debrief as the reader may see it.

    403 with the way on where the reader owes their own first.
    """
    viewer = signed_in(request)
    debrief = find_debrief(viewer).filter(pk=debrief_id).first()
    if debrief is None:
        return yours_first(request, find_withheld(debrief_id, viewer))
    return render(request, "playbook/detail.html", {"page": debrief_page(debrief, viewer)})


def yours_first(request: HttpRequest, withheld: Debrief | None) -> HttpResponse:
    """That the reader's own debrief comes first; 404 where it is not that."""
    if withheld is None:
        raise Http404("No such debrief.")
    return render(request, "playbook/yours_first.html", {"withheld": withheld}, status=403)
