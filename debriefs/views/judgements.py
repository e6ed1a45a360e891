"""A manager confirms an author's reasons, changes them, or withdraws that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from debriefs.access import debrief_to_judge
from debriefs.errors import ReasonRefused
from debriefs.models import Debrief, LossReason
from debriefs.reason_forms import JudgeForm, VersionForm
from debriefs.services.judgements import judge_reasons, withdraw_judgement
from people.access import signed_in
from people.forms import posted
from people.views.forms import form_page


@require_POST
def confirm(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """One click: the author's reasons are the manager's too."""
    manager = signed_in(request)
    debrief = debrief_to_judge(manager, debrief_id)
    form = VersionForm(request.POST)
    read = form.cleaned_data["version"] if form.is_valid() else None
    try:
        judge_reasons(debrief, _cited(debrief), version_id=read, by=manager)
    except ReasonRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Confirmed. Reports by the confirmed judgement count them.")
    return redirect(_page_of(debrief))


@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, debrief_id: int) -> HttpResponse:
    """Name the reasons as the manager sees them; the author's stand beside them."""
    manager = signed_in(request)
    debrief = debrief_to_judge(manager, debrief_id)
    form = JudgeForm(posted(request), cited=_cited(debrief), version=debrief.current_version_id)
    if form.carry_out(
        lambda: judge_reasons(
            debrief,
            form.reasons,
            version_id=form.cleaned_data["version"],
            note=form.cleaned_data["note"],
            by=manager,
        )
    ):
        messages.success(request, f"Noted beside what {debrief.author} cites; both are kept.")
        return redirect(_page_of(debrief))
    return form_page(
        request,
        form,
        title="The reasons as you see them",
        lede=f"{debrief.author}'s own stay as they are. Yours count wherever a report reads "
        "the confirmed judgement.",
        submit="Save your judgement",
        crumbs=[(debrief.closing.deal.name, _page_of(debrief))],
    )


@require_POST
def withdraw(request: HttpRequest, debrief_id: int) -> HttpResponse:
    manager = signed_in(request)
    debrief = debrief_to_judge(manager, debrief_id)
    if withdraw_judgement(debrief, by=manager):
        messages.success(request, f"Withdrawn: {debrief.author}'s reasons count again.")
    return redirect(_page_of(debrief))


def _cited(debrief: Debrief) -> list[LossReason]:
    cited = LossReason.objects.filter(citations__version=debrief.current_version_id)
    return list(cited.order_by("citations__rank"))


def _page_of(debrief: Debrief) -> str:
    """The address of the debrief's page, which stands on an upper floor."""
    return reverse("playbook:detail", args=[debrief.pk])
