"""The address of the audit, for admins."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import require_role
from people.models import Role, User
from reflection.audit import KINDS, Asked, Mark, audit_page


class AuditForm(forms.Form):
    """What to narrow the audit to; an address with nonsense in it is told so."""

    of = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Everything"), *((key, kind.label) for key, kind in KINDS.items())],
    )
    object = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())
    by = forms.CharField(
        label="Changed by",
        required=False,
        max_length=150,
        help_text="A username, a name or an address.",
    )
    day = forms.DateField(
        label="On",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    after = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput())

    def clean_by(self) -> User | None:
        word = self.cleaned_data["by"].strip().lower()
        if not word:
            return None
        person = User.objects.answering_to({word}).first()
        if person is None:
            raise forms.ValidationError("Nobody is called that.")
        return person

    def clean_after(self) -> Mark | None:
        text = self.cleaned_data["after"]
        mark = Mark.read(text) if text else None
        if text and mark is None:
            raise forms.ValidationError("That is no place in the audit.")
        return mark

    @property
    def asked(self) -> Asked:
        given: dict[str, Any] = self.cleaned_data
        return Asked(
            kind=given["of"],
            object_id=given["object"] if given["of"] else None,
            by=given["by"].pk if given["by"] else None,
            day=given["day"],
        )


@require_safe
@require_role(Role.ADMIN)
def audit(request: HttpRequest) -> HttpResponse:
    """Who changed people, rights, templates and reasons."""
    form = AuditForm(request.GET)
    if not form.is_valid():
        context: dict[str, Any] = {"form": form, "page": None}
        return render(request, "audit/list.html", context, status=422)
    page = audit_page(form.asked, after=form.cleaned_data["after"])
    older = ""
    if page.after:
        kept = {name: value for name, value in request.GET.items() if name != "after"}
        older = f"?{urlencode({**kept, 'after': page.after})}"
    return render(request, "audit/list.html", {"form": form, "page": page, "older": older})
