"""What is open for a person, and how they want to be reminded of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from notices.forms import RemindersForm
from notices.queries import reminders_of
from people.access import signed_in
from people.forms import posted
from people.services import change_person


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = RemindersForm(posted(request), person=person)
    if form.carry_out(lambda: change_person(person, by=person, **form.changes)):
        messages.success(request, "Saved.")
        return redirect("notices:reminders")
    context = {"form": form, "page": reminders_of(person, at=timezone.now())}
    status = 422 if form.errors else 200
    return render(request, "notices/reminders.html", context, status=status)
