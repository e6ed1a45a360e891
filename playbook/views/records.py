"""The pages of competitors, accounts, products and reasons."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from people.access import signed_in
from playbook import records


@require_safe
@login_required
def record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One record; a merged one leads to the entry that took its place."""
    subject = records.subject(records.KINDS[kind], pk)
    if subject.merged_into:
        return redirect(f"playbook:{kind}", subject.merged_into)
    page = records.latest(subject, signed_in(request))
    return render(request, "playbook/record.html", {"subject": subject, "page": page})
