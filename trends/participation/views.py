"""The participation page, the deals behind its quality figures, and its table as CSV."""

import csv
from functools import partial
from io import StringIO

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.clock import company_today
from common.text import csv_safe
from people.access import people_below, signed_in
from trends.addresses import with_query
from trends.dashboard.page import PRINTED
from trends.dashboard.state import presets
from trends.dashboard.words import days
from trends.deal_table import short_deal_table
from trends.errors import TrendError
from trends.participation.figures import MEASURES, Share, closings_behind, figures_by_team
from trends.participation.page import (
    Participation,
    open_requests,
    participation,
    scope_of,
    team_choices,
)
from trends.participation.state import ParticipationState, leads
from trends.queries import PAGE, deal_rows
from trends.views.drill import after_place
from trends.views.refusals import answers_trend_errors
from trends.withheld import in_words


@require_safe
@login_required
@answers_trend_errors
def participation_page(request: HttpRequest) -> HttpResponse:
    """Coverage, backlog and quality of the period and team that the address names."""
    viewer, today = signed_in(request), company_today()
    state = ParticipationState.from_params(request.GET, viewer, today=today)
    context = {
        "page": participation(state, viewer, today=today),
        "requests": open_requests(viewer) if leads(viewer) else [],
        "leads": leads(viewer),
        "state": state,
        "days": days(state.period),
        "teams": team_choices(state, viewer) if leads(viewer) else [],
        "presets": [
            (each.label, state.over(each.period).address(), each.period == state.period)
            for each in presets(today)
        ],
        "printed": {
            kind: with_query(reverse("trends:printed_participation", args=[kind]), state.params())
            for kind in PRINTED
        },
        "table_url": state.address("trends:participation_table"),
    }
    return render(request, "trends/participation.html", context)


@require_safe
@login_required
@answers_trend_errors
def participation_deals(request: HttpRequest) -> HttpResponse:
    """The deals behind one quality figure, as far as they are the viewer's or their people's.

    What one debrief lacks is a measure of a person: others' deals are counted and not listed.
    """
    viewer, today = signed_in(request), company_today()
    state = ParticipationState.from_params(request.GET, viewer, today=today)
    measure = MEASURES.get(request.GET.get("of", ""))
    if measure is None:
        raise TrendError("of", f"Choose from {', '.join(MEASURES)}.")
    scope = scope_of(state, viewer)
    counted = figures_by_team(scope)[0].get(None)
    theirs = scope.of_owners({viewer.pk, *people_below(viewer)})
    after = after_place(request.GET)
    places, opened = closings_behind(theirs, measure, after=after, limit=PAGE + 1)
    share = counted.shares[measure.name] if counted else Share(0, 0)
    here = partial(state.address, "trends:participation_deals", of=measure.name)
    rows = deal_rows([pk for _, pk in places[:PAGE]], viewer)
    context = {
        "measure": measure,
        "share": share,
        "closed_to_viewer": share.n - opened,
        "left_out": in_words(scope.withheld),
        "opened": opened,
        "rows": rows,
        "table": short_deal_table(rows),
        "days": days(state.period),
        "back_url": state.address(),
        "older_url": here(after="{}.{}".format(*places[PAGE - 1])) if len(places) > PAGE else "",
        "first_url": here() if after else "",
    }
    return render(request, "trends/participation_deals.html", context)


@require_safe
@login_required
@answers_trend_errors
def participation_table(request: HttpRequest) -> HttpResponse:
    """The page's table as a CSV file, with the n of every figure."""
    viewer, today = signed_in(request), company_today()
    state = ParticipationState.from_params(request.GET, viewer, today=today)
    page = participation(state, viewer, today=today)
    response = HttpResponse(_csv(page), content_type="text/csv; charset=utf-8")
    name = f"participation-{state.period.since}-{state.period.until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(page: Participation) -> str:
    text = StringIO()
    writer = csv.writer(text)
    columns = [part for name in page.headings for part in (name, f"{name}: n")]
    writer.writerow(["Group", *columns, "note"])
    for group in page.groups:
        cells = [part for cell in group.cells for part in (cell.value, cell.basis)]
        padding = [""] * (len(columns) - len(cells))
        writer.writerow([csv_safe(each) for each in (group.name, *cells, *padding, group.why)])
    return text.getvalue()
