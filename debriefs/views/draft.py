"""Autosave: a page posts what changed and hears what others changed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from debriefs.access import closing_to_debrief
from debriefs.errors import AlreadySubmitted, DebriefError, FieldsRefused
from debriefs.models import Debrief, Draft
from debriefs.services.drafts import DraftReply, begin_debrief, changes_since, save_draft
from people.access import signed_in
from people.models import User

LONGEST_WRITER = 64
LARGEST_NUMBER = 2**31


@dataclass(frozen=True)
class Post:
    """What a page sends. `sequence` grows with each post of one writer."""

    writer: str
    sequence: int
    base: int
    changes: Mapping[str, object]


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, closing_id: int) -> HttpResponse:
    """GET looks for what others changed; POST saves. 401 when the session has ended."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "Your session has ended."}, status=401)
    user = signed_in(request)
    if user.is_partner:
        raise Http404
    if request.method == "GET":
        return _look(request, user, closing_id)
    post = _read(request.body)
    if post is None:
        return JsonResponse({"error": "This is not a draft that can be saved."}, status=400)
    try:
        debrief = _debrief(user, closing_id)
        reply = save_draft(
            debrief,
            base_revision=post.base,
            writer=post.writer,
            sequence=post.sequence,
            changes=post.changes,
        )
    except FieldsRefused as refused:
        return JsonResponse({"errors": refused.errors}, status=422)
    except DebriefError as refused:
        gone = isinstance(refused, AlreadySubmitted)
        goal = reverse("debriefs:receipt", args=[closing_id]) if gone else ""
        return JsonResponse({"error": str(refused), "goal": goal}, status=409)
    return JsonResponse(_plain(reply))


@require_safe
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where signing in again beside a draft ends: this tab can be closed."""
    return render(request, "debriefs/signed_in.html")


def _look(request: HttpRequest, user: User, closing_id: int) -> HttpResponse:
    """Who is signed in, a fresh token, and what others changed since `base`."""
    closing_to_debrief(user, closing_id)
    kept = Draft.objects.filter(debrief__closing=closing_id, debrief__author=user).first()
    base = request.GET.get("base", "")
    answer: dict[str, Any] = {"user": user.pk, "csrf": get_token(request), "revision": 0}
    if kept is not None and base.isascii() and base.isdigit() and len(base) < 10:
        answer["revision"] = kept.revision
        answer["updates"] = changes_since(
            kept, base_revision=int(base), writer=request.GET.get("writer", "")
        )
    return JsonResponse(answer)


def _debrief(user: User, closing_id: int) -> Debrief:
    """What the person has begun; the first save begins it."""
    begun = Debrief.objects.of(user).filter(closing=closing_id).first()
    return begun or begin_debrief(closing_to_debrief(user, closing_id), author=user)


def _read(body: bytes) -> Post | None:
    try:
        sent: Any = json.loads(body)
        writer, changes = sent["writer"], sent["changes"]
        numbers = [sent["sequence"], sent["base"]]
    except (ValueError, KeyError, TypeError):
        return None
    is_sound = (
        isinstance(writer, str)
        and 0 < len(writer) <= LONGEST_WRITER
        and all(type(number) is int and 0 <= number < LARGEST_NUMBER for number in numbers)
        and isinstance(changes, dict)
    )
    return Post(writer, numbers[0], numbers[1], changes) if is_sound else None


def _plain(reply: DraftReply) -> dict[str, Any]:
    return {
        "revision": reply.revision,
        "conflicts": {name: asdict(conflict) for name, conflict in reply.conflicts.items()},
        "updates": dict(reply.updates),
    }
