"""Two versions of one debrief."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import signed_in
from playbook.debrief_page import find_debrief, find_withheld
from playbook.forms import VersionsForm
from playbook.versions import versions_page
from playbook.views.debrief import yours_first


@require_safe
@login_required
def versions(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """Any two versions, `?from=1&to=3`; a partner reads only the one that counts (404)."""
    viewer = signed_in(request)
    debrief = find_debrief(viewer).filter(pk=debrief_id).first()
    if debrief is None:
        return yours_first(request, find_withheld(debrief_id, viewer))
    form = VersionsForm(request.GET)
    if viewer.is_partner or not form.is_valid():
        raise Http404("No such versions.")
    page = versions_page(debrief, viewer, earlier=form.earlier, later=form.later)
    if page is None:
        raise Http404("No such version.")
    return render(request, "playbook/versions.html", {"page": page})
