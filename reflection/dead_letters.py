"""The page of events that a part of the product could not take, wired here: outbox knows no people."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from outbox.queries import dead_letters
from outbox.services import replay, replay_all
from people.access import require_role
from people.models import Role

app_name = "outbox"


@require_safe
@require_role(Role.ADMIN)
def dead_letter_list(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    page = dead_letters(before=int(before) if before.isdecimal() and len(before) < 19 else None)
    return render(request, "outbox/dead_letters.html", {"page": page})


@require_POST
@require_role(Role.ADMIN)
def replay_one(request: HttpRequest, pk: int) -> HttpResponse:
    return _told(request, replay([pk]))


@require_POST
@require_role(Role.ADMIN)
def replay_every(request: HttpRequest) -> HttpResponse:
    return _told(request, replay_all())


def _told(request: HttpRequest, replayed: int) -> HttpResponse:
    if replayed:
        what = "1 event is" if replayed == 1 else f"{replayed} events are"
        messages.success(request, f"{what} on the way again.")
    else:
        messages.info(request, "Nothing to replay: somebody else did it already.")
    return redirect("outbox:dead_letters")


urlpatterns = [
    path("", dead_letter_list, name="dead_letters"),
    path("replay/", replay_every, name="replay_all"),
    path("<int:pk>/replay/", replay_one, name="replay"),
]
