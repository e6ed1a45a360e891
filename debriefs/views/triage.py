"""The triage queue, for managers and admins: each decision is one click, and can be taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import (
    coded_text,
    coding_to_take_back,
    listed_reason,
    recoding_to_take_back,
    version_to_triage,
)
from debriefs.models import DebriefVersion, LossReason
from debriefs.queries.triage import Queue, triage_page
from debriefs.reason_forms import CodeForm, MeantForm, NewReasonForm, QueueForm, ReasonForm
from debriefs.services.recodings import recode_citation, take_back_recoding, triage_citation
from debriefs.services.triage import (
    code_text,
    code_text_as_new,
    take_back_coding,
    triage_as_new_reason,
)
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import form_page

LEADS = (Role.MANAGER, Role.ADMIN)


@require_safe
@require_role(*LEADS)
def triage(request: HttpRequest) -> HttpResponse:
    """What waits in one queue, and how much in each."""
    form = QueueForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    queue = Queue(asked.get("show") or Queue.OTHER)
    page = triage_page(signed_in(request), queue, after=asked.get("after") or 0)
    older = f"?show={queue}&after={page.after}" if page.after else ""
    context = {"page": page, "queues": list(Queue), "older": older}
    return render(request, "debriefs/triage.html", context, status=200 if form.is_valid() else 422)


@require_POST
@require_role(*LEADS)
def citation_meant(request: HttpRequest, version_id: int, reason_id: int) -> HttpResponse:
    """One click: “other” was this listed reason, or the citation meant this part of the split."""
    person = signed_in(request)
    version, reason = version_to_triage(person, version_id), listed_reason(reason_id)
    queue = Queue.OTHER if reason.needs_text else Queue.SPLIT
    form = MeantForm(request.POST)
    say = triage_citation if reason.needs_text else recode_citation
    if form.carry_out(lambda: say(version, reason, into=form.cleaned_data["into"], by=person)):
        messages.success(request, f"Noted as “{form.cleaned_data['into']}”.")
    return _back(request, queue, form)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def citation_meant_new(request: HttpRequest, version_id: int, reason_id: int) -> HttpResponse:
    """What “other” was becomes a reason of the list."""
    admin = signed_in(request)
    version, reason = version_to_triage(admin, version_id), listed_reason(reason_id)
    text = _text_of(version, reason)
    form = NewReasonForm(posted(request), initial={"definition": text})

    def add() -> None:
        given = form.cleaned_data
        triage_as_new_reason(
            version,
            reason,
            name=given["name"],
            group=given["group"],
            definition=given["definition"],
            by=admin,
        )

    if form.carry_out(add):
        messages.success(request, f"“{form.cleaned_data['name']}” is on the list.")
        return redirect("debriefs:triage")
    return form_page(
        request,
        form,
        title="A new reason",
        lede=f"For what a debrief says under “{reason}”: {text}",
        submit="Add it and note it here",
        crumbs=[("Triage of reasons", reverse("debriefs:triage"))],
    )


@require_POST
@require_role(*LEADS)
def text_coded(request: HttpRequest, version_id: int, of_text: str) -> HttpResponse:
    """One click: the text amounts to this code, listed or new."""
    person = signed_in(request)
    text, version = coded_text(of_text), version_to_triage(person, version_id)
    form = CodeForm(request.POST, of_text=text)

    def code() -> None:
        given = form.cleaned_data
        if given["code"]:
            code_text(version, given["code"], by=person)
        else:
            code_text_as_new(version, text, name=given["name"], by=person)

    if form.carry_out(code):
        said = form.cleaned_data["code"] or form.cleaned_data["name"]
        messages.success(request, f"Noted as “{said}”.")
    return _back(request, Queue(text.value), form)


@require_POST
@require_role(*LEADS)
def recoding_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    if take_back_recoding(recoding_to_take_back(person, pk), by=person):
        messages.success(request, "Taken back: it waits again.")
    return redirect(f"{reverse('debriefs:triage')}?show={Queue.DONE}")


@require_POST
@require_role(*LEADS)
def coding_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    if take_back_coding(coding_to_take_back(person, pk), by=person):
        messages.success(request, "Taken back: it waits again.")
    return redirect(f"{reverse('debriefs:triage')}?show={Queue.DONE}")


def _back(request: HttpRequest, queue: Queue, form: ReasonForm) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, " ".join(map(str, errors)))
    return redirect(f"{reverse('debriefs:triage')}?show={queue}")


def _text_of(version: DebriefVersion, reason: LossReason) -> str:
    cited = version.reasons.filter(reason=reason).first()
    return cited.text if cited else ""
