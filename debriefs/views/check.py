"""Checking one's answers, submitting them, and the receipt."""

import uuid
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from debriefs.access import work_on
from debriefs.errors import AlreadySubmitted, AmendingClosed, FieldsRefused
from debriefs.models import Debrief
from debriefs.queries.summary import dropped, reasons_cited, summary_of, unanswered
from debriefs.queries.work import Work, reason_choices
from debriefs.queries.worklist import next_waiting
from debriefs.services.submission import missing_in, submit_draft
from people.access import signed_in


@never_cache
@require_safe
def check(request: HttpRequest, closing_id: int) -> HttpResponse:
    """All answers on one page, each with a way to change it, before they are submitted."""
    user = signed_in(request)
    work = work_on(user, closing_id)
    if not work.is_writable:
        return redirect("debriefs:receipt", closing_id)
    if work.debrief_id is None:
        return redirect("debriefs:form", closing_id)
    missing = missing_in(
        work.definition, work.values, outcome=work.outcome, must_refine=work.must_refine
    )
    return _page(request, work, uuid.uuid4(), missing)


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Submit the draft once, however often this is sent.

    Who had to sign in on the way comes back with a GET, and sees the answers again.
    """
    if request.method != "POST":
        return redirect("debriefs:check", closing_id)
    user = signed_in(request)
    submission_id = submission_id_of(request)
    try:
        submit_draft(closing_id, submission_id=submission_id, by=user)
    except Debrief.DoesNotExist:
        raise Http404 from None
    except (AlreadySubmitted, AmendingClosed) as refused:
        context = {"closing_id": closing_id, "reason": str(refused)}
        return render(request, "debriefs/not_submitted.html", context, status=409)
    except FieldsRefused as refused:
        work = work_on(user, closing_id)
        return _page(request, work, submission_id, refused.errors, status=422)
    return go_on(request, reverse("debriefs:receipt", args=[closing_id]))


def go_on(request: HttpRequest, address: str) -> HttpResponse:
    """A submission was taken: the page's script asks for JSON and goes there by itself."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"goal": address})
    return redirect(address)


@never_cache
@require_safe
def receipt(request: HttpRequest, closing_id: int) -> HttpResponse:
    """What was submitted, for how long it can be amended, and what helps next."""
    user = signed_in(request)
    work = work_on(user, closing_id)
    if not work.is_submitted:
        if work.is_writable:
            return redirect("debriefs:form", closing_id)
        raise Http404
    until = work.amendable_until
    context = {
        "work": work,
        "reasons": reasons_cited(work.debrief_id) if work.debrief_id else [],
        "unanswered": unanswered(work),
        "amendable_until": until if until and until > timezone.now() else None,
        "next": next_waiting(user, after=closing_id),
    }
    return render(request, "debriefs/receipt.html", context)


def _page(
    request: HttpRequest,
    work: Work,
    submission_id: uuid.UUID,
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    reasons = reason_choices()
    parts = summary_of(work, reasons, errors)
    context = {
        "work": work,
        "parts": parts,
        "problems": [line for part in parts for line in part.lines if line.error],
        "is_refused": status != 200,
        "dropped": dropped(work, reasons),
        "submission_id": submission_id,
    }
    return render(request, "debriefs/check.html", context, status=status)


def submission_id_of(request: HttpRequest) -> uuid.UUID:
    """The client's id. A page always carries one; without it nothing can be sent twice."""
    try:
        return uuid.UUID(request.POST.get("submission_id", ""))
    except ValueError:
        return uuid.uuid4()
