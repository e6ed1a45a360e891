"""The pages of competitors, accounts, products and reasons."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from people.access import signed_in
from playbook import records
from playbook.account_record import account_record
from playbook.record_charts import record_of


@require_safe
@login_required
def record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One record; a merged one leads to the entry that took its place."""
    subject = records.subject(records.KINDS[kind], pk)
    if subject.merged_into:
        return redirect(f"playbook:{kind}", subject.merged_into)
    viewer = signed_in(request)
    context: dict[str, Any] = {"subject": subject, "page": records.latest(subject, viewer)}
    if kind == "account":
        context |= {"account": account_record(pk, viewer), "is_partner": viewer.is_partner}
    else:
        context["record"] = record_of(kind, pk, viewer)
    return render(request, "playbook/record.html", context)
