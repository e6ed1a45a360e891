"""The playbook for other programs: the same search as on its page, within the caller's rights."""

import html
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.html import strip_tags
from ninja import Router, Schema
from pydantic import Field

from common.api import LARGEST_ID, REFUSALS, ApiRefused, Named, storable
from deals.models import Outcome
from people.api import caller
from playbook import queries
from playbook.cursors import Sort
from playbook.facets import FACETS, LOST
from playbook.forms import PlaybookForm
from playbook.names import Name
from playbook.queries import Hit
from playbook.query import Scope

router = Router(tags=["Playbook"])


class HitOut(Schema):
    """A debrief found. What its reader may not see is empty."""

    debrief: int
    deal: Named
    account: Named | None
    outcome: Outcome
    closed_on: date
    stage: str
    product: str
    amount: Decimal | None = Field(description="In the reporting currency.")
    currency: str
    competitors: list[Named]
    winner: Named | None
    reasons: list[Named]
    untested_reasons: list[Named] = Field(
        description="Those of the reasons whose price checks were not passed."
    )
    author: str
    reopened: bool = Field(description="The deal was opened again after this debrief.")
    excerpt: str
    snippet: str = Field(description="Where the words were found, as plain text.")


class HitPage(Schema):
    items: list[HitOut]
    total: int = Field(description="How many there are; at least that many where capped.")
    capped: bool
    next: str | None = Field(description="Give it as `after` for the next page.")
    by_team: str = Field(
        description="By team: which of its months stand under the groups too small to show, and why."
    )


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    kind = {"type": "string", **schema}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": kind,
    }


def _about(name: str) -> str:
    if name == "outcome":
        return f"One of {', '.join([*Outcome.values, LOST])}."
    if name == "period":
        return "A year, quarter or month, such as 2026-Q3."
    if name == "untested":
        return "By id of a reason: those that cite it without having passed the price checks."
    if name == "team":
        return "By id of the team; `small` for the groups too small to show."
    title = FACETS[name].title.lower()
    return f"By id of the {title}." if FACETS[name].is_named else f"The {title}, as written."


_PARAMETERS = [
    _parameter("q", "Words in deal, account and answers."),
    *(_parameter(name, _about(name)) for name in FACETS),
    _parameter("since", "First closing day.", format="date"),
    _parameter("until", "Last closing day.", format="date"),
    _parameter("account", "An account's id.", type="integer", minimum=1, maximum=LARGEST_ID),
    _parameter("scope", "Which debriefs of a deal.", enum=list(Scope.values)),
    _parameter("sort", "In which order.", enum=list(Sort.values)),
    _parameter("after", "The `next` of the page before."),
]


@router.get(
    "/playbook/search",
    response={200: HitPage, **REFUSALS},
    url_name="playbook_search",
    openapi_extra={"parameters": _PARAMETERS},
)
def search(request: HttpRequest) -> HitPage:
    """Debriefs by words and facts, the newest first unless sorted otherwise."""
    person = caller(request)
    form = PlaybookForm(request.GET)
    _refuse_unknown(request, form)
    if not form.is_valid():
        field, messages = next(iter(form.errors.items()))
        raise ApiRefused(422, field, str(messages[0]), "Correct it, or leave it out.")
    page = queries.search(form.query(), person)
    return HitPage(
        items=[_hit_out(hit) for hit in page.hits],
        total=page.total,
        capped=page.is_capped,
        next=str(page.next.after) if page.next else None,
        by_team=page.by_team,
    )


def _refuse_unknown(request: HttpRequest, form: PlaybookForm) -> None:
    for name in request.GET:
        if name not in form.fields:
            remedy = "See the document at /api/v1/docs."
            raise ApiRefused(422, name[:60], "There is no such parameter.", remedy)
        try:
            storable(str(request.GET[name]))
        except ValueError as error:
            raise ApiRefused(422, name, f"It {error}.", "Send plain text.") from None


def _hit_out(hit: Hit) -> HitOut:
    return HitOut(
        debrief=hit.debrief_id,
        deal=Named(id=hit.deal_id, name=hit.deal),
        account=_named(hit.account),
        outcome=hit.outcome,
        closed_on=hit.closed_on,
        stage=hit.stage,
        product=hit.product,
        amount=hit.amount,
        currency=hit.currency,
        competitors=[Named(id=each.id, name=each.name) for each in hit.competitors],
        winner=_named(hit.winner),
        reasons=[Named(id=each.id, name=each.name) for each in hit.reasons],
        untested_reasons=[
            Named(id=each.id, name=each.name) for each in hit.reasons if each.id in hit.untested_ids
        ],
        author=hit.author,
        reopened=hit.is_reopened,
        excerpt=hit.excerpt,
        snippet=html.unescape(strip_tags(hit.snippet)) if hit.snippet else "",
    )


def _named(name: Name | None) -> Named | None:
    return Named(id=name.id, name=name.name) if name else None
