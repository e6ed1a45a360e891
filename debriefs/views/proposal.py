"""The reason that a deal's notes speak for: a fragment of the form, or a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from debriefs.access import work_on
from debriefs.queries.proposals import not_yet, proposal_for
from debriefs.queries.work import Work
from debriefs.views.fragments import is_fragment
from people.access import signed_in


@never_cache
@require_safe
def proposal(request: HttpRequest, closing_id: int) -> HttpResponse:
    """What the notes propose to the person who works on this debrief; often nothing, or why not yet."""
    work = work_on(signed_in(request), closing_id)
    found = proposal_for(work)
    context = {"work": work, "proposal": found, "not_yet": None if found else not_yet(work)}
    whole = "debriefs/proposal_page.html"
    return render(request, "debriefs/proposal.html" if is_fragment(request) else whole, context)


def place_for_proposal(request: HttpRequest, work: Work) -> str:
    """Where the form loads the proposal, for a debrief that takes one; else nothing."""
    if not work.takes_proposals:
        return ""
    return render_to_string("debriefs/proposal_place.html", {"work": work}, request)
