"""The page that one form stands on."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Crumbs = list[tuple[str, str]]


def form_page(
    request: HttpRequest, form: Form, *, title: str, lede: str, submit: str, crumbs: Crumbs
) -> HttpResponse:
    """The form with its title; 422 when what was sent had errors. The last crumb is "Cancel"."""
    return render(
        request,
        "form_page.html",
        {
            "form": form,
            "title": title,
            "lede": lede,
            "submit": submit,
            "crumbs": crumbs,
            "cancel": crumbs[-1][1],
        },
        status=422 if form.errors else 200,
    )
