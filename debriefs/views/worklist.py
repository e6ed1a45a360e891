"""“Your debriefs”, and saying that a deal is not worth one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from debriefs.access import own_request
from debriefs.errors import RequestNotOpen
from debriefs.forms import DismissForm
from debriefs.queries.worklist import worklist_of
from debriefs.services.requests import dismiss_request
from people.access import require_role, signed_in
from people.models import Role


@require_safe
@require_role(Role.REP, Role.MANAGER, Role.ADMIN)
def mine(request: HttpRequest) -> HttpResponse:
    """The person's open requests, drafts, deals without a debrief and what they may amend."""
    return render(request, "debriefs/mine.html", {"work": worklist_of(signed_in(request))})


@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: HttpRequest, request_id: int) -> HttpResponse:
    """Ask why a deal is not worth a debrief, and note it."""
    user = signed_in(request)
    asked = own_request(user, request_id)
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dismiss_request(asked, because=form.cleaned_data["because"], by=user)
        except RequestNotOpen as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, f"Noted: “{asked.closing.deal}” is not worth a debrief.")
        return redirect("debriefs:mine")
    status = 422 if form.errors else 200
    return render(request, "debriefs/dismiss.html", {"asked": asked, "form": form}, status=status)
