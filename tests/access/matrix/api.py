"""Calls of the API, each with a token of the actor's own."""

from collections.abc import Mapping
from typing import Any

from tests.access.matrix.lines import (
    ANYONE,
    CALLS,
    OF_OWNER,
    SALES_CALLS,
    THEIRS_CALLS,
    call,
    line,
    sends,
)
from tests.access.matrix.records import asked_debrief
from tests.access.world import World


def call_open_deal(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.open_deal.pk}


def call_lost_deal(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.lost.deal_id}


def new_deal(_world: World) -> Mapping[str, Any]:
    return {"source": "hubspot", "external_id": "1", "name": "New"}


def new_deals(_world: World) -> Mapping[str, Any]:
    return {"source": "hubspot", "deals": [{"external_id": "1", "name": "New"}]}


def same_deal(world: World) -> Mapping[str, Any]:
    return {"source": "crm", "external_id": world.open_deal.external_id}


def call_undebriefed(world: World) -> Mapping[str, Any]:
    return {"deal": world.undebriefed.deal_id}


def call_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.debrief.pk}


def call_won_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.won_debrief.pk}


def call_begun(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.begun.pk}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    call("api:deals", SALES_CALLS, shows=("won_deal", "undebriefed_deal", "open_deal")),
    call("api:deals", SALES_CALLS, query="state=open", shows=("open_deal_notes",)),
    call("api:deal", "401 200 404 200 404 200 403", call_open_deal, shows=("open_deal_notes",)),
    call("api:deal", SALES_CALLS, call_lost_deal, shows=("lost_deal",)),
    sends("api:deals", "401 201 201 201 201 201 403", sent=new_deal),
    sends("api:deals", "401 200 403 200 403 200 403", sent=same_deal),
    sends("api:deals_bulk", "401 200 200 200 200 200 403", sent=new_deals),
    call("api:debriefs", CALLS, shows=("lost_deal", "won_deal")),
    call("api:debrief", CALLS, call_debrief, shows=("company", "sales", "private")),
    call("api:debrief", "401 200 200 200 200 200 404", call_won_debrief, shows=("private_won",)),
    call("api:debrief", "401 200 404 200 200 200 404", asked_debrief, shows=("withheld",)),
    call("api:debrief", "401 200 404 404 404 404 404", call_begun, shows=("draft",)),
    sends("api:debriefs", "401 200 201 201 201 201 404", sent=call_undebriefed),
    sends("api:debrief", "401 200 404 404 404 404 404", call_begun, method="patch"),
    sends("api:debrief", "401 409 403 403 403 403 403", call_debrief, method="patch"),
    sends("api:debrief_submit", "401 422 404 404 404 404 404", call_begun),
    call("api:template_current", CALLS),
    call("api:playbook_search", CALLS, shows=("lost_deal", "won_deal")),
    call("api:playbook_search", CALLS, query="q=marmaladeprivatelost"),
    call("api:playbook_search", "401 200 200 200 200 200 403", query="team=999999999"),
    call("api:trends", CALLS, query="by=product"),
    call("api:trends", "401 403 403 200 200 403 403", query="by=rep"),
    call("api:trends", THEIRS_CALLS, query=OF_OWNER),
    call("api:trend_contrasts", CALLS),
    call("api:trend_contrasts", THEIRS_CALLS, query=OF_OWNER),
    call("api:trend_contrasts", "401 422 422 422 422 422 422", query="by=reason"),
    call("api:signals", CALLS, query="state=all"),
    call("api:signals", "401 422 422 422 422 422 422", query="state=loud"),
    line("api:openapi-json", ANYONE),
    line("api:docs", ANYONE),
    line("api:unknown", "404 404 404 404 404 404 404", lambda _world: {"rest": "nothing"}),
    line("api:api-root", "302 302 302 302 302 302 302"),
]
