"""The form: one address for opening it, for saving a step, and for going on."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import closing_to_debrief, own_debrief, visible_debrief, work_on
from debriefs.branching import Path, hideable, path_of
from debriefs.errors import AlreadySubmitted, DebriefError, FieldsRefused, NotTheirs
from debriefs.fields import fields_of
from debriefs.forms import facts_skeleton_of, skeleton_of
from debriefs.models import Debrief
from debriefs.queries.judgements import judged
from debriefs.queries.work import Work, fact_choices, median_seconds, reason_choices
from debriefs.questions import QuestionKind, TemplateDefinition
from debriefs.services.drafts import begin_amendment, begin_debrief, discard_draft, save_draft
from debriefs.services.judgements import may_judge
from debriefs.services.submission import may_reopen, reopen_for_amending
from debriefs.steps import Step, minutes_left, next_step, step_before, steps_of
from debriefs.views.fragments import is_fragment
from debriefs.views.proposal import place_for_proposal
from people.access import signed_in
from people.models import User

LONGEST_WRITER = 64
WAY_COOKIE = "debrief_way"
WAYS = {"steps": "Section by section", "page": "All on one page"}
A_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Typed:
    """What the page shows instead of the draft, after something of it was refused."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    status: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def debrief_form(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Show the form of a closing; a POST keeps what was typed and goes on."""
    user = signed_in(request)
    work = work_on(user, closing_id)
    if not work.is_writable:
        return redirect("debriefs:receipt", closing_id)
    if request.method == "POST":
        return _save(request, work, user)
    return _page(request, work, user)


@require_POST
def discard(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Throw the draft away, after the page has asked."""
    user = signed_in(request)
    work = work_on(user, closing_id)
    if work.debrief_id is not None and work.draft is not None:
        discard_draft(own_debrief(user, work.debrief_id), by=user)
        messages.success(request, "The draft is gone. Nothing of it was submitted.")
    return redirect("debriefs:mine")


@require_POST
def amend(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Open the submitted debrief again, prefilled, for its author."""
    user = signed_in(request)
    work = work_on(user, closing_id)
    if work.debrief_id is None:
        return redirect("debriefs:form", closing_id)
    try:
        begin_amendment(own_debrief(user, work.debrief_id), by=user)
    except DebriefError as refused:
        messages.error(request, str(refused))
        return redirect("debriefs:receipt", closing_id)
    return redirect("debriefs:form", closing_id)


@require_safe
def actions(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """What the reader may do with a submitted debrief: the fragment beside it."""
    user = signed_in(request)
    debrief = visible_debrief(user, debrief_id)
    until = debrief.amendable_until
    is_open = until is not None and until > timezone.now()
    context = {
        "debrief": debrief,
        "is_mine": debrief.author_id == user.pk,
        "may_reopen": not is_open and may_reopen(debrief, user),
        "until": until if is_open else None,
    } | _judging(debrief, user)
    whole = "debriefs/actions_page.html"
    return render(request, "debriefs/actions.html" if is_fragment(request) else whole, context)


def _judging(debrief: Debrief, user: User) -> dict[str, Any]:
    version = debrief.current_version
    if version is None or not may_judge(debrief, user):
        return {"may_judge": False}
    return {"may_judge": True, "judgement": judged(version)}


@require_POST
def reopen(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """A manager above lets the author amend again."""
    user = signed_in(request)
    debrief = visible_debrief(user, debrief_id)
    try:
        reopen_for_amending(debrief, by=user)
    except NotTheirs as refused:
        return render(request, "403.html", {"exception": str(refused)}, status=403)
    messages.success(request, f"{debrief.author} can amend this debrief again.")
    return redirect("debriefs:mine")


def _save(request: HttpRequest, work: Work, user: User) -> HttpResponse:
    try:
        refused = keep_posted(request, work, user)
    except AlreadySubmitted as late:
        messages.error(request, str(late))
        return redirect("debriefs:receipt", work.closing_id)
    if refused:
        return _page(request, work_on(user, work.closing_id), user, refused)
    return _go_on(request, work)


def keep_posted(request: HttpRequest, work: Work, user: User) -> Typed | None:
    """Save what a page posts; what to show instead where it can't be, nothing where it was.

    AlreadySubmitted when the draft is gone.
    """
    values = posted_values(request.POST, work)
    try:
        debrief = begin_debrief(closing_to_debrief(user, work.closing_id), author=user)
        reply = save_draft(
            debrief,
            base_revision=number_in(request.POST.get("revision")),
            writer=request.POST.get("writer", "")[:LONGEST_WRITER] or secrets.token_hex(8),
            changes=values,
        )
    except FieldsRefused as refused:
        return Typed(values, refused.errors, 422)
    if not reply.conflicts:
        return None
    errors = {
        name: "Changed in another tab meanwhile, to: "
        f"“{conflict.theirs}”. Save again to keep what stands here."
        for name, conflict in reply.conflicts.items()
    }
    return Typed(values, errors, 409)


def posted_values(posted: QueryDict, work: Work) -> dict[str, str]:
    """The fields among what a page without scripts posts, which is all that it shows.

    What says nothing new is left out: facts as they stand and the section's own audience.
    """
    kept = work.typed
    sent = {
        name: posted_value(posted, name, field.kind)
        for name, field in fields_of(work.definition).items()
        if name in posted
    }
    default = {f"facts.{name}": value for name, value in work.facts.items()}
    for section in work.definition.sections:
        default[f"grids.{section.key}.audience"] = section.audience
        for question in section.questions:
            default[f"answers.{question.key}.audience"] = section.audience
    return {
        name: value for name, value in sent.items() if name in kept or value != default.get(name)
    }


def posted_value(posted: QueryDict, name: str, kind: QuestionKind | None) -> str:
    """A field as the draft keeps it: of several boxes the checked ones, one per line."""
    if kind is QuestionKind.CHOICES:
        return "\n".join(filter(None, map(str, posted.getlist(name))))
    return str(posted[name])


def _go_on(request: HttpRequest, work: Work) -> HttpResponse:
    goal = request.POST.get("go", "")
    if goal.startswith(("after-", "before-")):
        goal = _beyond(goal, work_on(signed_in(request), work.closing_id))
    if goal.removeprefix("way-") in WAYS:
        return _choose_way(request, work, goal.removeprefix("way-"))
    if goal == "check":
        return redirect("debriefs:check", work.closing_id)
    if goal == "later":
        messages.success(request, "Kept. You can go on whenever you like.")
        return redirect("debriefs:mine")
    address = reverse("debriefs:form", args=[work.closing_id])
    return redirect(f"{address}?section={number_in(goal) or 1}")


def _choose_way(request: HttpRequest, work: Work, way: str) -> HttpResponse:
    """Keep on this device how the person goes through forms: a phone may want other than a laptop."""
    response = redirect("debriefs:form", work.closing_id)
    response.set_cookie(
        WAY_COOKIE,
        way,
        max_age=A_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _beyond(goal: str, work: Work) -> str:
    """The step after or before another one on the path of what was just saved."""
    direction, _, number = goal.partition("-")
    steps = steps_of(work.definition)
    if direction == "before":
        return str(step_before(steps, work.path, before=number_in(number)))
    return str(next_step(steps, work.path, after=number_in(number)) or "check")


def _page(request: HttpRequest, work: Work, user: User, typed: Typed | None = None) -> HttpResponse:
    values = {**work.values, **(typed.values if typed else {})}
    outcome = values.get("facts.outcome") or work.outcome
    path = path_of(work.definition, values, outcome=outcome)
    steps = steps_of(work.definition)
    number = _step_number(request, steps, path)
    errors = dict(typed.errors) if typed else {}
    reasons, choices = reason_choices(), fact_choices()
    errors |= gone_reasons(values, {reason.key for reason in reasons})
    open_facts = work.open_facts(correcting="correct" in request.GET)
    facts = {f"facts.{name}": value for name, value in work.facts.items()}
    taken = median_seconds(work.template_version_id)
    shown = {
        **facts,
        **values,
        **progress_marks(steps, number, path, taken),
        **hidden_marks(work.definition, path),
    }
    shown["page.proposal"] = place_for_proposal(request, work)
    labels = fields_of(work.definition)
    context = {
        "work": work,
        "steps": steps,
        "number": number,
        "vanished": [step.number for step in steps if not step.is_shown(path)],
        "median_seconds": taken,
        "minutes": shown["page.minutes.1"],
        "fields": skeleton_of(work.definition, reasons, choices.stages).fill(shown, errors),
        "fact_fields": facts_skeleton_of(open_facts, choices).fill(shown, errors)
        if open_facts
        else "",
        "correcting": "correct" in request.GET,
        "way": way if (way := request.COOKIES.get(WAY_COOKIE)) in WAYS else "auto",
        "ways": WAYS.items(),
        "writer": secrets.token_hex(8),
        "local_key": local_key(user),
        "errors": [
            (name.replace(".", "-"), labels[name].label if name in labels else "", message)
            for name, message in errors.items()
        ],
        "page_errors": bool(errors),
    }
    return render(request, "debriefs/form.html", context, status=typed.status if typed else 200)


def local_key(user: User) -> str:
    """The key of the copy that a browser keeps of what this person types: theirs alone."""
    digest = salted_hmac("debriefs.local-copy", str(user.pk), algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def progress_marks(
    steps: tuple[Step, ...], number: int, path: Path, taken: int | None
) -> dict[str, str]:
    """Pseudo-fields of the page: the step that a phone shows, the place of each among those
    that are shown, and the minutes left from it."""
    minutes = minutes_left(steps, path, median_seconds=taken)
    shown = [step.number for step in steps if step.is_shown(path)]
    progress = {"page.step": str(number), "page.places": str(len(shown))}
    for step in steps:
        progress[f"page.minutes.{step.number}"] = str(minutes[step.number])
        if step.number not in shown:
            progress[f"page.no_step.{step.number}"] = "yes"
            continue
        progress[f"page.place.{step.number}"] = str(shown.index(step.number) + 1)
        which = "is_last" if step.number == shown[-1] else "is_not_last"
        progress[f"page.{which}.{step.number}"] = "yes"
    return progress


def hidden_marks(definition: TemplateDefinition, path: Path) -> dict[str, str]:
    """Pseudo-fields of the questions that the path leaves out, and of those it leaves optional."""
    hidden = {f"page.hidden.{key}": "yes" for key in hideable(definition) - path.questions}
    optional = {
        f"page.optional.{rule.target}": "yes"
        for rule in definition.rules
        if rule.target not in path.required
    }
    return hidden | optional


def gone_reasons(values: Mapping[str, str], listed: set[str]) -> dict[str, str]:
    """Reasons of the draft that the list no longer offers, so that none vanishes unseen."""
    return {
        name: f"“{value}” has left the reason list: choose another reason."
        for name, value in values.items()
        if name.startswith("reasons.")
        and name.endswith(".reason")
        and value
        and value not in listed
    }


def _step_number(request: HttpRequest, steps: tuple[Step, ...], path: Path) -> int:
    """The step asked for; where the path leaves it out, the one before."""
    asked = number_in(request.GET.get("section")) or 1
    return step_before(steps, path, before=asked + 1) if asked <= len(steps) else 1


def number_in(text: str | None) -> int:
    """A small whole number from an address or a hidden field; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
