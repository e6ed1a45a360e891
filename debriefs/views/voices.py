"""Asking somebody else for their view of a closed deal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from debriefs.access import closing_to_ask_about
from debriefs.errors import DebriefError
from debriefs.forms import AskForm
from debriefs.queries.voices import asked_about, people_to_ask
from debriefs.services.voices import ask_for_debrief
from people.access import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Choose a person; say who was asked and who is done."""
    user = signed_in(request)
    closing = closing_to_ask_about(user, closing_id)
    form = AskForm(request.POST or None, people=people_to_ask(closing, by=user))
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            ask_for_debrief(closing, person=person, by=user)
        except DebriefError as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, f"{person} is asked for a debrief of “{closing.deal}”.")
        return redirect("debriefs:ask", closing_id)
    context = {"closing": closing, "form": form, "asked": asked_about(closing)}
    return render(request, "debriefs/ask.html", context, status=422 if form.errors else 200)
