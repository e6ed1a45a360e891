"""The deals behind a number, and a table as CSV."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import signed_in
from trends import engine
from trends.addresses import BACK, CELL, cell_from
from trends.errors import TrendError
from trends.export import csv_table, file_name
from trends.pages import deals_page
from trends.query import TrendQuery
from trends.views.refusals import answers_trend_errors

AFTER = "after"


@require_safe
@login_required
@answers_trend_errors
def deals(request: HttpRequest) -> HttpResponse:
    """The deals behind one number, as many as the number says."""
    query = _query(request.GET)
    cell = cell_from(request.GET.getlist(CELL), query)
    page = deals_page(
        query, cell, signed_in(request), after=after_place(request.GET), params=request.GET
    )
    return render(request, "trends/deals.html", {"page": page})


@require_safe
@login_required
@answers_trend_errors
def table(request: HttpRequest) -> HttpResponse:
    """One answer as a CSV file."""
    result = engine.run(_query(request.GET), signed_in(request))
    response = HttpResponse(csv_table(result), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(result)}"'
    return response


def _query(params: QueryDict) -> TrendQuery:
    return TrendQuery.from_params(params, ignore=(CELL, AFTER, BACK))


def after_place(params: QueryDict) -> tuple[date, int] | None:
    """The keyset place `DAY.ID` after which the page begins."""
    text = params.get(AFTER, "")
    if not text:
        return None
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        raise TrendError(
            AFTER, f"“{text}” is no place in the list; begin at the first page."
        ) from None
