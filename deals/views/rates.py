"""The dated rates by which reports convert, kept by admins."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from deals import services
from deals.access import get_rate
from deals.forms.names import RateForm
from deals.queries.names import rates_by_currency
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def rate_list(request: HttpRequest) -> HttpResponse:
    admin = signed_in(request)
    form = RateForm(posted(request))
    if form.carry_out(lambda: services.set_rate(by=admin, **form.cleaned_data)):
        messages.success(request, "Saved. The reports of the days concerned follow shortly.")
        return redirect("deals:rate_list")
    context = {
        "form": form,
        "rates": rates_by_currency(),
        "reporting": settings.ENV.reporting_currency,
    }
    return render(request, "deals/rates.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.ADMIN)
def rate_remove(request: HttpRequest, pk: int) -> HttpResponse:
    rate = get_rate(pk)
    services.remove_rate(rate, by=signed_in(request))
    messages.success(request, f"The rate of {rate.currency_id} since {rate.since} is gone.")
    return redirect("deals:rate_list")
