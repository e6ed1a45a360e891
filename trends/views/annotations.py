"""Annotations of the time axis: listed to all, made and changed by managers and admins."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.clock import company_today
from people.access import signed_in
from people.forms import posted
from people.views.forms import form_page
from trends.access import editable_annotation, refuse_unless_leading
from trends.dashboard import services
from trends.dashboard.forms import AnnotationForm
from trends.models import Annotation, AnnotationKind

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
@login_required
def annotation_list(request: HttpRequest) -> HttpResponse:
    """What is marked, the latest first; a manager or an admin adds to it."""
    viewer = signed_in(request)
    if request.method == "POST":
        refuse_unless_leading(viewer)
    form = AnnotationForm(posted(request), initial={"day": company_today()})
    if form.carry_out(lambda: services.annotate(by=viewer, **_given(form))):
        messages.success(request, "Marked on every chart over time.")
        return redirect("trends:annotation_list")
    context = {
        "annotations": Annotation.objects.select_related("made_by"),
        "form": form if viewer.is_manager or viewer.is_admin else None,
    }
    return render(request, "trends/annotations.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM_METHODS)
@login_required
def annotation_change(request: HttpRequest, pk: int) -> HttpResponse:
    annotation = editable_annotation(signed_in(request), pk)
    initial = {"day": annotation.day, "kind": annotation.kind, "words": annotation.words}
    form = AnnotationForm(posted(request), initial=initial)
    if form.carry_out(lambda: services.change_annotation(annotation, **_given(form))):
        messages.success(request, "Changed on every chart over time.")
        return redirect("trends:annotation_list")
    return form_page(
        request,
        form,
        title="Change what is marked",
        lede="",
        submit="Save",
        crumbs=[("What happened when", reverse("trends:annotation_list"))],
    )


@require_POST
@login_required
def annotation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    annotation = editable_annotation(signed_in(request), pk)
    services.remove_annotation(annotation)
    messages.success(request, "No longer marked.")
    return redirect("trends:annotation_list")


def _given(form: AnnotationForm) -> dict[str, Any]:
    return form.cleaned_data | {"kind": AnnotationKind(form.cleaned_data["kind"])}
