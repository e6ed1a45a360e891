"""A manager's own arrangement of the overview: which figures, in which order."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from people.access import signed_in
from trends.access import arranged_for, refuse_unless_leading
from trends.dashboard import services
from trends.dashboard.arranging import lines_of, moved
from trends.dashboard.errors import BoardRefused


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def arrangement(request: HttpRequest) -> HttpResponse:
    """Tick the figures wanted and move them up and down; every button works without scripts."""
    by = signed_in(request)
    refuse_unless_leading(by)
    if request.method != "POST":
        return _page(request, arranged_for(by))
    if "standard" in request.POST:
        services.arrange_as_standard(by=by)
        messages.success(request, "The overview is the standard one again.")
        return redirect("trends:dashboard")
    chosen = moved(request.POST.getlist("widget"), request.POST.get("move", ""))
    try:
        services.arrange_overview(chosen, by=by)
    except BoardRefused as refusal:
        return _page(request, chosen, refusal=str(refusal))
    if "move" in request.POST:
        return _page(request, chosen, move=request.POST["move"])
    messages.success(request, "The overview is yours.")
    return redirect("trends:dashboard")


def _page(
    request: HttpRequest, chosen: list[str] | None, *, refusal: str = "", move: str = ""
) -> HttpResponse:
    context = {
        "lines": lines_of(chosen, move=move),
        "refusal": refusal,
        "is_own": chosen is not None,
    }
    return render(request, "trends/arrangement.html", context, status=422 if refusal else 200)
