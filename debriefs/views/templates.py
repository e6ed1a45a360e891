"""The list of templates, one template's versions, and what happens to them as a whole."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import template_to_keep, version_to_keep
from debriefs.differences import differences
from debriefs.errors import DebriefError, FieldsRefused, PublishingRefused
from debriefs.exchange import LARGEST_FILE
from debriefs.models import QuestionTemplate
from debriefs.queries.templates import template_lines, version_lines
from debriefs.questions import TemplateDefinition
from debriefs.services import templates
from debriefs.template_forms import ImportForm, TemplateNameForm
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role
from people.views.forms import form_page

Crumbs = list[tuple[str, str]]


@require_safe
@require_role(Role.ADMIN)
def template_list(request: HttpRequest) -> HttpResponse:
    """All templates, in the order in which they are tried on a deal."""
    return render(request, "debriefs/templates/list.html", {"lines": template_lines()})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_create(request: HttpRequest) -> HttpResponse:
    form = TemplateNameForm(posted(request))
    if form.is_valid():
        draft = templates.create_template(form.cleaned_data["name"])
        return redirect("debriefs:template_draft", draft.template_id)
    return form_page(
        request,
        form,
        title="Add a template",
        lede="It begins with the questions of the default, and asks about no deal until it is"
        " published.",
        submit="Add",
        crumbs=crumbs(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_import(request: HttpRequest) -> HttpResponse:
    """Take an exported file in as a draft; each fault is shown by its path."""
    form = ImportForm(posted(request), request.FILES or None)
    faults: dict[str, str] = {}
    if form.is_valid():
        try:
            draft = templates.import_template(form.cleaned_data["file"].read(LARGEST_FILE + 1))
        except FieldsRefused as refused:
            faults = refused.errors
        else:
            messages.success(request, "The file is in as a draft. Look it over, then publish it.")
            return redirect("debriefs:template_draft", draft.template_id)
    context = {"form": form, "faults": faults, "crumbs": crumbs()}
    status = 422 if faults or form.errors else 200
    return render(request, "debriefs/templates/import.html", context, status=status)


@require_safe
@require_role(Role.ADMIN)
def template_detail(request: HttpRequest, template_id: int) -> HttpResponse:
    """The history of one template."""
    template = template_to_keep(template_id)
    lines = version_lines(template)
    context = {
        "template": template,
        "lines": lines,
        "draft": next((line for line in lines if line.state == "draft"), None),
        "published": next((line for line in lines if line.state == "published"), None),
        "crumbs": crumbs(),
    }
    return render(request, "debriefs/templates/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_rename(request: HttpRequest, template_id: int) -> HttpResponse:
    template = template_to_keep(template_id)
    form = TemplateNameForm(posted(request), initial={"name": template.name})
    if form.is_valid():
        templates.rename_template(template, name=form.cleaned_data["name"])
        return redirect("debriefs:template_detail", template_id)
    return form_page(
        request,
        form,
        title=f"Rename {template}",
        lede="",
        submit="Save",
        crumbs=crumbs(template),
    )


@require_POST
@require_role(Role.ADMIN)
def template_begin(_request: HttpRequest, template_id: int) -> HttpResponse:
    """Begin the next version, or go on with the draft there is."""
    templates.begin_draft(template_to_keep(template_id))
    return redirect("debriefs:template_draft", template_id)


@require_POST
@require_role(Role.ADMIN)
def template_shift(request: HttpRequest, template_id: int) -> HttpResponse:
    """Try it earlier or later than now."""
    template = template_to_keep(template_id)
    is_up = request.POST.get("direction") == "up"
    templates.shift_template(template, by=-1 if is_up else 1)
    messages.success(request, f"“{template}” is tried {'earlier' if is_up else 'later'} now.")
    return redirect("debriefs:template_list")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_retire(request: HttpRequest, template_id: int) -> HttpResponse:
    """Ask first, then let it ask about no further deal."""
    template = template_to_keep(template_id)
    if request.method != "POST":
        return _ask(
            request,
            template,
            title=f"Retire {template}?",
            question="It asks about no further deal. Its debriefs stay as they are, drafts begun on"
            " it finish on it, and publishing a version of it again brings it back.",
            button="Retire the template",
        )
    try:
        templates.retire_template(template, by=signed_in(request))
    except DebriefError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{template}” is retired.")
    return redirect("debriefs:template_detail", template_id)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def version_restore(request: HttpRequest, template_id: int, number: int) -> HttpResponse:
    """Ask first, then publish an old version again."""
    version = version_to_keep(template_id, number)
    if request.method != "POST":
        return _ask(
            request,
            version.template,
            title=f"Publish version {number} again?",
            question="It becomes the next number and asks about deals from now on. Debriefs stay"
            " on the versions that they were written on.",
            button="Publish it again",
        )
    try:
        restored = templates.restore_version(version, by=signed_in(request))
    except PublishingRefused as refused:
        for finding in refused.findings:
            messages.error(request, finding.message)
    else:
        messages.success(
            request, f"Version {number} is published again, as version {restored.number}."
        )
    return redirect("debriefs:template_detail", template_id)


@require_safe
@require_role(Role.ADMIN)
def version_export(_request: HttpRequest, template_id: int, number: int) -> HttpResponse:
    version = version_to_keep(template_id, number)
    response = HttpResponse(templates.export_version(version), content_type="application/json")
    name = f"{version.template.key}-{number}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@require_role(Role.ADMIN)
def version_difference(request: HttpRequest, template_id: int) -> HttpResponse:
    """What changed between any two versions; by default the draft or the latest and the one before."""
    template = template_to_keep(template_id)
    lines = version_lines(template)
    numbers = [line.number for line in lines]
    new = _number(request.GET.get("to"), numbers) or numbers[0]
    earlier = [number for number in numbers if number < new]
    old = _number(request.GET.get("from"), numbers) or (earlier or numbers)[0]
    before, after = version_to_keep(template_id, old), version_to_keep(template_id, new)
    context = {
        "template": template,
        "lines": lines,
        "old": next(line for line in lines if line.number == old),
        "new": next(line for line in lines if line.number == new),
        "differences": differences(
            TemplateDefinition.from_json(before.definition),
            TemplateDefinition.from_json(after.definition),
        ),
        "crumbs": crumbs(template),
    }
    return render(request, "debriefs/templates/difference.html", context)


def crumbs(template: QuestionTemplate | None = None) -> Crumbs:
    up = [("Questions", reverse("debriefs:template_list"))]
    if template is not None:
        up.append((template.name, reverse("debriefs:template_detail", args=[template.pk])))
    return up


def _ask(
    request: HttpRequest, template: QuestionTemplate, *, title: str, question: str, button: str
) -> HttpResponse:
    context = {
        "title": title,
        "question": question,
        "button": button,
        "crumbs": crumbs(template),
        "cancel": reverse("debriefs:template_detail", args=[template.pk]),
        "action": request.path,
    }
    return render(request, "debriefs/templates/confirm.html", context)


def _number(text: str | None, numbers: list[int]) -> int | None:
    """A version's number from the address; None for any other."""
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and len(text) < 7 and int(text) in numbers
        else None
    )
