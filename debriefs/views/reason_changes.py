"""Changes of a reason from a day on, and taking them back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from debriefs.access import listed_change, listed_reason
from debriefs.errors import ReasonRefused
from debriefs.models import LossReason
from debriefs.reason_forms import DatedForm, MergeForm, MoveForm, NameForm, SplitForm
from debriefs.services.reason_taking_back import take_back_change
from debriefs.services.reasons import (
    merge_reasons,
    move_reason,
    rename_reason,
    retire_reason,
    split_reason,
)
from debriefs.views.reasons import FORM_METHODS, crumbs
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import form_page


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_rename(request: HttpRequest, pk: int) -> HttpResponse:
    admin, reason = signed_in(request), listed_reason(pk)
    form = NameForm(posted(request), initial={"name": reason.name})
    return _page(
        request,
        reason,
        form,
        lambda: rename_reason(
            reason, form.cleaned_data["name"], since=form.cleaned_data["since"], by=admin
        ),
        title=f"Rename “{reason}”",
        lede="The same reason by another name. For another meaning, add a new reason.",
        submit="Rename",
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_move(request: HttpRequest, pk: int) -> HttpResponse:
    admin, reason = signed_in(request), listed_reason(pk)
    form = MoveForm(posted(request), reason=reason)
    return _page(
        request,
        reason,
        form,
        lambda: move_reason(
            reason, form.cleaned_data["group"], since=form.cleaned_data["since"], by=admin
        ),
        title=f"Move “{reason}” to another group",
        lede=f"It belongs to “{reason.group}” now.",
        submit="Move",
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_merge(request: HttpRequest, pk: int) -> HttpResponse:
    admin, reason = signed_in(request), listed_reason(pk)
    form = MergeForm(posted(request), reason=reason)
    return _page(
        request,
        reason,
        form,
        lambda: merge_reasons(
            reason, into=form.cleaned_data["into"], since=form.cleaned_data["since"], by=admin
        ),
        title=f"Merge “{reason}” into another",
        lede="In today's list everything that cites it counts under the other one. "
        "As recorded, deals closed before the day stay apart.",
        submit="Merge",
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_split(request: HttpRequest, pk: int) -> HttpResponse:
    admin, reason = signed_in(request), listed_reason(pk)
    form = SplitForm(posted(request), reason=reason)
    return _page(
        request,
        reason,
        form,
        lambda: split_reason(reason, form.parts, since=form.cleaned_data["since"], by=admin),
        title=f"Split “{reason}”",
        lede=f"New debriefs choose one of the parts. What was cited stays under “{reason} (before "
        "the split)” until somebody says, debrief by debrief, which part was meant.",
        submit="Split",
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def reason_retire(request: HttpRequest, pk: int) -> HttpResponse:
    admin, reason = signed_in(request), listed_reason(pk)
    form = DatedForm(posted(request))
    return _page(
        request,
        reason,
        form,
        lambda: retire_reason(reason, since=form.cleaned_data["since"], by=admin),
        title=f"Retire “{reason}”",
        lede="New debriefs can't cite it any more. Those that did count as before.",
        submit="Retire",
    )


@require_POST
@require_role(Role.ADMIN)
def change_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The list reads as if the change had never been made; the history keeps it, crossed out."""
    change = listed_change(pk)
    try:
        take_back_change(change, by=signed_in(request))
    except ReasonRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Taken back.")
    if change.reason_id is None:
        return redirect("debriefs:reason_group", pk=change.of_group_id)
    return redirect("debriefs:reason_detail", pk=change.reason_id)


def _page(
    request: HttpRequest,
    reason: LossReason,
    form: DatedForm,
    step: Callable[[], object],
    *,
    title: str,
    lede: str,
    submit: str,
) -> HttpResponse:
    if form.carry_out(step):
        messages.success(request, "Done. It stands in the history below and can be taken back.")
        return redirect("debriefs:reason_detail", pk=reason.pk)
    return form_page(request, form, title=title, lede=lede, submit=submit, crumbs=crumbs(reason))
