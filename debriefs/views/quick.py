"""The quick debrief, alone or as one of a backlog that is gone through deal by deal."""

import secrets
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from debriefs.access import work_on
from debriefs.branching import path_of
from debriefs.errors import AlreadySubmitted, AmendingClosed, FieldsRefused
from debriefs.models import Debrief
from debriefs.queries.backlog import left_in_backlog, next_in_backlog, place_in_backlog
from debriefs.queries.summary import dropped
from debriefs.queries.work import Work, reason_choices
from debriefs.quick_form import quick_skeleton_of
from debriefs.services.submission import submit_draft
from debriefs.views.check import go_on, submission_id_of
from debriefs.views.form import Typed, gone_reasons, keep_posted, local_key, number_in
from people.access import require_role, signed_in
from people.models import Role, User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request: HttpRequest, closing_id: int) -> HttpResponse:
    """The fields that must be answered, on the same draft as the whole form.

    `?backlog=N` says that it is gone through as part of the backlog, N debriefs done so far.
    """
    user = signed_in(request)
    work = work_on(user, closing_id)
    if request.method == "POST":
        return _post(request, work, user)
    if not work.is_writable:
        return redirect("debriefs:receipt", closing_id)
    if work.is_submitted:
        return redirect("debriefs:form", closing_id)
    return _page(request, work, user)


@require_safe
@require_role(Role.REP, Role.MANAGER, Role.ADMIN)
def backlog(request: HttpRequest) -> HttpResponse:
    """On to the next closing that waits, after the one in the address; at the end to the list."""
    user = signed_in(request)
    done = number_in(request.GET.get("done"))
    after = number_in(request.GET.get("after")) or None
    closing_id = next_in_backlog(user, after=after)
    if closing_id is not None:
        address = reverse("debriefs:quick", args=[closing_id])
        return redirect(f"{address}?{urlencode({'backlog': done})}")
    left = left_in_backlog(user)
    if done or left:
        messages.success(request, f"That was all: {done} submitted, {left} left for later.")
    else:
        messages.info(request, "Nothing waits for you: there is no debrief to go through.")
    return redirect("debriefs:mine")


def _post(request: HttpRequest, work: Work, user: User) -> HttpResponse:
    goal = request.POST.get("go", "")
    refused: Typed | None = None
    if work.is_writable:
        try:
            refused = keep_posted(request, work, user)
        except AlreadySubmitted as late:
            messages.error(request, str(late))
            return redirect("debriefs:receipt", work.closing_id)
    if refused:
        return _page(request, work_on(user, work.closing_id), user, refused)
    if goal == "submit":
        return _submit(request, work, user)
    if goal == "skip":
        return redirect(_next_address(request, work.closing_id, submitted=0))
    if goal == "rest":
        return redirect("debriefs:form", work.closing_id)
    messages.success(request, "Kept. You can go on whenever you like.")
    return redirect("debriefs:mine")


def _submit(request: HttpRequest, work: Work, user: User) -> HttpResponse:
    """Once, however often it is sent. What the whole form held and nobody asks for is named."""
    left_out = dropped(work_on(user, work.closing_id), reason_choices())
    try:
        submit_draft(work.closing_id, submission_id=submission_id_of(request), by=user)
    except Debrief.DoesNotExist:
        raise Http404 from None
    except (AlreadySubmitted, AmendingClosed) as late:
        context = {"closing_id": work.closing_id, "reason": str(late)}
        return render(request, "debriefs/not_submitted.html", context, status=409)
    except FieldsRefused as refused:
        work = work_on(user, work.closing_id)
        return _page(request, work, user, Typed(work.typed, refused.errors, 422))
    for name in left_out:
        messages.info(request, f"Left out of what was submitted: {name}.")
    if "backlog" not in request.GET:
        return go_on(request, reverse("debriefs:receipt", args=[work.closing_id]))
    messages.success(request, f"Submitted: {work.deal_name}.")
    return go_on(request, _next_address(request, work.closing_id, submitted=1))


def _next_address(request: HttpRequest, closing_id: int, *, submitted: int) -> str:
    done = number_in(request.GET.get("backlog")) + submitted
    return f"{reverse('debriefs:backlog')}?{urlencode({'after': closing_id, 'done': done})}"


def _page(request: HttpRequest, work: Work, user: User, typed: Typed | None = None) -> HttpResponse:
    values = {**work.values, **(typed.values if typed else {})}
    errors = dict(typed.errors) if typed else {}
    reasons = reason_choices()
    errors |= gone_reasons(values, {reason.key for reason in reasons})
    outcome = values.get("facts.outcome") or work.outcome
    required = path_of(work.definition, values, outcome=outcome).required
    skeleton = quick_skeleton_of(work.definition, reasons, required)
    in_backlog = "backlog" in request.GET
    done = number_in(request.GET.get("backlog"))
    context = {
        "work": work,
        "fields": skeleton.fill(values, errors),
        "place": place_in_backlog(user, work.closing_id, done=done) if in_backlog else None,
        "in_backlog": in_backlog,
        "skip_url": _next_address(request, work.closing_id, submitted=0),
        "submission_id": submission_id_of(request) if typed else uuid.uuid4(),
        "writer": secrets.token_hex(8),
        "local_key": local_key(user),
        "errors": [(name.replace(".", "-"), message) for name, message in errors.items()],
        "page_errors": bool(errors),
    }
    return render(request, "debriefs/quick.html", context, status=typed.status if typed else 200)
