"""A saved view by weekly mail: asked for, changed, ended, and left by one click from the mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from people.access import signed_in
from people.forms import posted
from people.views.forms import form_page
from trends.access import visible_view
from trends.dashboard.forms import WeeklyForm
from trends.dashboard.subscribing import leave, subscribe, unsubscribe
from trends.models import ViewSubscription


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def view_weekly(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a view each week, on a day and at an hour."""
    person = signed_in(request)
    view = visible_view(person, pk)
    form = WeeklyForm(posted(request), initial=ViewSubscription.objects.wishes(view, person))
    if form.is_valid():
        told = subscribe(view, **form.wishes, by=person)
        messages.success(request, f"“{view}” comes by mail: {told.in_words}.")
        return redirect("trends:view_list")
    return form_page(
        request,
        form,
        title="By mail each week",
        lede=f"“{view}” with its picture, as you may see it. None comes once you can't open the view"
        " any more; each mail ends it with one click.",
        submit="Mail it to me",
        crumbs=[("Saved views", reverse("trends:view_list"))],
    )


@require_POST
@login_required
def view_weekly_end(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    view = visible_view(person, pk)
    if unsubscribe(view, by=person):
        messages.success(request, f"“{view}” is not mailed to you any more.")
    return redirect("trends:view_list")


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def view_leave(request: HttpRequest, token: str) -> HttpResponse:
    """What a mail's “end it” opens, and what a mail program posts by itself (RFC 8058).

    GET changes nothing, since mail scanners open links. Unknown, used and good tokens look alike.
    """
    ended = request.method == "POST"
    if ended:
        leave(token)
    return render(request, "trends/leave.html", {"ended": ended})
