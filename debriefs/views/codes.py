"""The lists of codes for unmet needs and strengths of rivals, for admins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import coded_text, listed_code
from debriefs.models import CodedText, TextCode
from debriefs.queries.codes import listed_codes
from debriefs.reason_forms import CodeNameForm, MergeCodeForm
from debriefs.services.triage import merge_codes, part_code, rename_code
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import Crumbs, form_page

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@require_role(Role.ADMIN)
def code_list(request: HttpRequest, of_text: str) -> HttpResponse:
    text = coded_text(of_text)
    context = {"text": text, "texts": list(CodedText), "rows": listed_codes(text)}
    return render(request, "debriefs/codes.html", context)


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def code_rename(request: HttpRequest, pk: int) -> HttpResponse:
    admin, code = signed_in(request), listed_code(pk)
    form = CodeNameForm(posted(request), initial={"name": code.name})
    if form.carry_out(lambda: rename_code(code, form.cleaned_data["name"], by=admin)):
        messages.success(request, "Renamed.")
        return redirect("debriefs:code_list", of_text=code.of_text)
    return form_page(
        request,
        form,
        title=f"Rename “{code}”",
        lede="What was coded goes with it.",
        submit="Rename",
        crumbs=_crumbs(code),
    )


@require_http_methods(FORM_METHODS)
@require_role(Role.ADMIN)
def code_merge(request: HttpRequest, pk: int) -> HttpResponse:
    admin, code = signed_in(request), listed_code(pk)
    form = MergeCodeForm(posted(request), code=code)
    if form.carry_out(lambda: merge_codes(code, into=form.cleaned_data["into"], by=admin)):
        messages.success(request, f"“{code}” counts as “{form.cleaned_data['into']}” now.")
        return redirect("debriefs:code_list", of_text=code.of_text)
    return form_page(
        request,
        form,
        title=f"Merge “{code}” into another",
        lede="Everything coded with it counts under the other one. Parting the two undoes it.",
        submit="Merge",
        crumbs=_crumbs(code),
    )


@require_POST
@require_role(Role.ADMIN)
def code_part(request: HttpRequest, pk: int) -> HttpResponse:
    code = part_code(listed_code(pk), by=signed_in(request))
    messages.success(request, f"“{code}” stands by itself.")
    return redirect("debriefs:code_list", of_text=code.of_text)


def _crumbs(code: TextCode) -> Crumbs:
    label = CodedText(code.of_text).label
    return [(str(label), reverse("debriefs:code_list", args=[code.of_text]))]
