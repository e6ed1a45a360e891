"""“Your debriefs”, and deciding on a request: put off, handed over, not worth a debrief."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import own_request
from debriefs.deadlines import snooze_days
from debriefs.errors import FieldsRefused, RequestNotOpen
from debriefs.models import DebriefRequest
from debriefs.queries.worklist import worklist_of
from debriefs.request_forms import DeclineForm, DismissForm, HandOverForm, SnoozeForm
from debriefs.services.requests import (
    dismiss_request,
    hand_over_request,
    snooze_request,
    wake_request,
)
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role

_DISMISS = {
    "title": "Not worth a debrief?",
    "lede": "Some deals teach nothing: a duplicate, a test order, a tender nobody could win.",
    "submit": "Not worth a debrief",
}
_DECLINE = {
    "title": "No view of yours?",
    "lede": "You were asked because you may have seen it differently. Once you decline, you see"
    " what others wrote.",
    "submit": "Decline",
}


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
    is_second = asked.asked_by_id is not None
    form = (DeclineForm if is_second else DismissForm)(posted(request))
    return _decided(
        request,
        form,
        lambda: dismiss_request(asked, **form.cleaned_data, by=user),
        told=lambda: (
            f"Noted: you have no view of “{asked.closing.deal}”."
            if is_second
            else f"Noted: “{asked.closing.deal}” is not worth a debrief."
        ),
    ) or _page(
        request,
        asked,
        form,
        **(_DECLINE if is_second else _DISMISS),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HttpRequest, request_id: int) -> HttpResponse:
    """Put a request off until a day."""
    user = signed_in(request)
    asked = own_request(user, request_id)
    if asked.person_id != user.pk:
        raise PermissionDenied("Only the person asked puts a request off.")
    days = snooze_days(asked.escalates_at, time_zone=user.time_zone, at=timezone.now())
    form = SnoozeForm(posted(request), days=days)
    return _decided(
        request,
        form,
        lambda: snooze_request(asked, **form.cleaned_data, by=user),
        told=lambda: (
            f"“{asked.closing.deal}” comes back on {form.cleaned_data['until']:%A, %-d %B}."
        ),
    ) or _page(
        request,
        asked,
        form,
        title="Put it off",
        lede="Nothing reminds you before that day. It stays on your list.",
        submit="Put it off",
    )


@require_POST
def wake(request: HttpRequest, request_id: int) -> HttpResponse:
    """A request that was put off waits again."""
    user = signed_in(request)
    asked = own_request(user, request_id)
    if asked.person_id != user.pk:
        raise PermissionDenied("Only the person asked takes it back that a request was put off.")
    try:
        wake_request(asked, by=user)
    except RequestNotOpen as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"“{asked.closing.deal}” waits for you again.")
    return redirect("debriefs:mine")


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, request_id: int) -> HttpResponse:
    """Ask somebody else for the debrief instead."""
    user = signed_in(request)
    asked = own_request(user, request_id)
    form = HandOverForm(posted(request), request=asked)
    return _decided(
        request,
        form,
        lambda: hand_over_request(asked, **form.cleaned_data, by=user),
        told=lambda: f"{form.cleaned_data['to']} is asked for “{asked.closing.deal}” now.",
    ) or _page(
        request,
        asked,
        form,
        title="Hand it over",
        lede="For a deal that somebody else knows better. They have two days of their own for it. If"
        " you write it after all, nothing waits for them any more.",
        submit="Hand over",
    )


def _decided(
    request: HttpRequest, form: Form, step: Callable[[], object], *, told: Callable[[], str]
) -> HttpResponse | None:
    """Back to the list when what was sent went through; None where the form is to be shown."""
    if not form.is_valid():
        return None
    try:
        step()
    except FieldsRefused as refused:
        for name, error in refused.errors.items():
            form.add_error(name, error)
        return None
    except RequestNotOpen as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, told())
    return redirect("debriefs:mine")


def _page(
    request: HttpRequest, asked: DebriefRequest, form: Form, *, title: str, lede: str, submit: str
) -> HttpResponse:
    context = {"asked": asked, "form": form, "title": title, "lede": lede, "submit": submit}
    status = 422 if form.errors else 200
    return render(request, "debriefs/request.html", context, status=status)
