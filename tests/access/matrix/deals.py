"""Addresses of deals, of the names in them and of imports."""

from collections.abc import Mapping
from typing import Any

from deals.models import ImportRun, Product, Rate
from deals.services import entry_named
from tests.access.matrix.lines import (
    ADMINS,
    ADMINS_DONE,
    LEADS,
    SALES,
    line,
    post,
)
from tests.access.world import World


def lost_deal(world: World) -> Mapping[str, Any]:
    return {"pk": world.lost.deal_id}


def open_deal(world: World) -> Mapping[str, Any]:
    return {"pk": world.open_deal.pk}


def product_name(world: World) -> Mapping[str, Any]:
    return {"kind": "products", "pk": world.lost.deal.product_id}


def name_to_review(_world: World) -> Mapping[str, Any]:
    return {"kind": "products", "pk": entry_named(Product, "As written").pk}


def an_account(world: World) -> Mapping[str, Any]:
    return {"pk": world.lost.deal.account_id}


def a_stage(world: World) -> Mapping[str, Any]:
    return {"pk": world.lost.stage_id}


def a_rate(_world: World) -> Mapping[str, Any]:
    return {"pk": Rate.objects.get().pk}


def an_import(world: World) -> Mapping[str, Any]:
    return {"pk": ImportRun.objects.create(started_by=world.manager).pk}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("deals:list", SALES, shows=("lost_deal", "won_deal", "undebriefed_deal")),
    line("deals:list", SALES, query="show=open", shows=("open_deal",)),
    line("deals:create", SALES),
    line("deals:detail", SALES, lost_deal, shows=("lost_deal",)),
    line(
        "deals:detail",
        "302 200 404 200 404 200 403",
        open_deal,
        shows=("open_deal", "open_deal_notes"),
    ),
    line("deals:edit", "302 200 403 200 403 200 403", lost_deal),
    line("deals:edit", "302 200 404 200 404 200 403", open_deal),
    line("deals:close", "302 200 404 200 404 200 403", open_deal),
    line("deals:closing_edit", "302 200 403 200 403 200 403", lost_deal),
    line("deals:reopen", "302 200 403 200 403 200 403", lost_deal),
    post("deals:reopen", "302 302 403 302 403 302 403", lost_deal),
    post(
        "deals:conflict",
        "302 404 403 404 403 404 403",
        lambda world: {"pk": world.lost.deal_id, "conflict_pk": 0},
    ),
    line("deals:review_list", LEADS),
    post("deals:review_decide", "302 403 403 302 302 302 403", name_to_review),
    line("deals:review_same", LEADS, name_to_review),
    post("deals:review_accept", "302 403 403 302 302 302 403", lambda _world: {"kind": "accounts"}),
    line("deals:entry_list", ADMINS, lambda _world: {"kind": "products"}),
    line("deals:entry_list", "302 403 403 403 403 404 403", lambda _world: {"kind": "deals"}),
    line("deals:entry_create", ADMINS, lambda _world: {"kind": "stages"}),
    line("deals:entry_detail", ADMINS, product_name),
    line("deals:entry_rename", ADMINS, product_name),
    line("deals:entry_merge", ADMINS, product_name),
    post("deals:entry_part", ADMINS_DONE, product_name),
    line("deals:account_edit", ADMINS, an_account),
    post("deals:stage_move", ADMINS_DONE, a_stage),
    line("deals:rate_list", ADMINS),
    post("deals:rate_remove", ADMINS_DONE, a_rate),
    line("deals:import_list", LEADS),
    line("deals:import_create", LEADS),
    line("deals:import_detail", LEADS, an_import),
    post("deals:import_check", "302 403 403 302 302 302 403", an_import),
    post("deals:import_start", "302 403 403 302 302 302 403", an_import),
    post("deals:import_discard", "302 403 403 302 302 302 403", an_import),
    line("deals:import_errors", LEADS, an_import),
]
