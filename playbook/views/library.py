"""The central list of debriefs."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from people.access import signed_in
from playbook import queries
from playbook.counts import counted_at_most
from playbook.cursors import Sort
from playbook.forms import PlaybookForm
from playbook.kept import Kept
from playbook.panels import Panel, chips, panels
from playbook.query import PlaybookQuery, Scope

_drawn: "Kept[SafeString]" = Kept(256)


@dataclass(frozen=True)
class Choice:
    """One way to sort or to widen the list."""

    label: str
    address: str
    is_current: bool


@require_safe
@login_required
def playbook_list(request: HttpRequest) -> HttpResponse:
    """The debriefs asked for by the address, with facets; 400 names what can't be read."""
    form = PlaybookForm(request.GET)
    if not form.is_valid():
        return render(
            request, "playbook/list.html", {"form": form, "query": PlaybookQuery()}, status=400
        )
    query = form.query()
    reading = queries.read(query, signed_in(request))
    return render(request, "playbook/list.html", {"form": form, **_context(query, reading)})


def _context(query: PlaybookQuery, reading: queries.Reading) -> dict[str, Any]:
    return {
        "query": query,
        "page": reading.page,
        "facets": _facets(query, reading),
        "rows": _rows(reading.page.hits),
        "chips": chips(query, reading.names, reading.account),
        "sorts": _sorts(query),
        "kept": query.first_page().parameters(),
        "counted_at_most": counted_at_most(query),
    }


def _facets(query: PlaybookQuery, reading: queries.Reading) -> SafeString:
    """The filters, drawn anew only when what they show is new."""
    known = reading.counted.key
    if known is not None:
        return _drawn.get(
            (known, query.first_page()), lambda: _drawn_facets(query, _panels(query, reading))
        )
    shown = _panels(query, reading)
    return _drawn.get((shown, query.first_page()), lambda: _drawn_facets(query, shown))


def _panels(query: PlaybookQuery, reading: queries.Reading) -> tuple[Panel, ...]:
    return tuple(panels(query, reading.counted.counts, reading.names))


def _drawn_facets(query: PlaybookQuery, shown: tuple[Panel, ...]) -> SafeString:
    context = {"panels": shown, "scopes": _scopes(query)}
    return render_to_string("playbook/facets.html", context)


def _rows(hits: tuple[queries.Hit, ...]) -> SafeString:
    """The rows of the list, drawn anew only when what they show is new."""
    return _drawn.get(hits, lambda: render_to_string("playbook/hits.html", {"hits": hits}))


def _sorts(query: PlaybookQuery) -> list[Choice]:
    plain = query.first_page()
    return [
        Choice(sort.label, replace(plain, sort=sort).address(), sort == query.sort) for sort in Sort
    ]


def _scopes(query: PlaybookQuery) -> list[Choice]:
    plain = query.first_page()
    return [
        Choice(scope.label, replace(plain, scope=scope).address(), scope == query.scope)
        for scope in Scope
    ]
