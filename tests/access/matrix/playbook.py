"""Addresses of the playbook."""

from collections.abc import Mapping
from typing import Any

from tests.access.matrix.lines import (
    SIGNED_IN,
    line,
)
from tests.access.matrix.records import asked_debrief, begun, begun_debrief, lost_debrief, submitted
from tests.access.world import World


def won_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.won_debrief.pk}


def deal_asked(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.asked.deal_id}


def deal_lost(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.lost.deal_id}


def deal_won(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.won.deal_id}


def deal_open(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.open_deal.pk}


def asked(world: World) -> Mapping[str, Any]:
    """The closing of which `other_rep` is asked for a second view."""
    return {"closing_id": world.asked.pk}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("playbook:list", SIGNED_IN, shows=("lost_deal", "won_deal")),
    line("playbook:list", SIGNED_IN, query="scope=all&sort=amount"),
    line("playbook:list", "302 200 200 200 200 200 403", query="reason=1"),
    line("playbook:list", "302 200 200 200 200 200 403", query="team=999999999"),
    line("playbook:list", "302 400 400 400 400 400 400", query="outcome=drawn"),
    line(
        "playbook:detail",
        SIGNED_IN,
        lost_debrief,
        shows=("lost_deal", "company", "sales", "private"),
    ),
    line(
        "playbook:detail",
        "302 200 200 200 200 200 404",
        won_debrief,
        shows=("won_deal", "sales_won", "private_won"),
    ),
    line("playbook:detail", "302 404 404 404 404 404 404", begun_debrief),
    line("playbook:detail", "302 200 403 200 200 200 404", asked_debrief, shows=("withheld",)),
    line("playbook:list", SIGNED_IN, query="q=late", shows=("withheld",)),
    line("playbook:versions", "302 200 200 200 200 200 404", lost_debrief, shows=("private",)),
    line("playbook:versions", "302 200 403 200 200 200 404", asked_debrief, shows=("withheld",)),
    line("playbook:side_by_side", SIGNED_IN, submitted, shows=("company", "sales", "private")),
    line("playbook:side_by_side", "302 200 403 200 200 200 404", asked, shows=("withheld",)),
    line("playbook:side_by_side", "302 404 404 404 404 404 404", begun),
    line("playbook:of_deal", SIGNED_IN, deal_lost),
    line("playbook:of_deal", SIGNED_IN, deal_asked),
    line("playbook:of_deal", SIGNED_IN, deal_open),
    line("playbook:similar", SIGNED_IN, deal_lost, shows=("withheld",)),
    line("playbook:similar", "302 200 200 200 200 200 404", deal_won, query="all=1"),
    line("playbook:similar", "302 200 404 200 404 200 404", deal_open),
    line("playbook:competitor", SIGNED_IN, lambda world: {"pk": world.lost.winner_id}),
    line("playbook:account", SIGNED_IN, lambda world: {"pk": world.lost.deal.account_id}),
    line("playbook:account", SIGNED_IN, lambda world: {"pk": world.won.deal.account_id}),
    line("playbook:product", SIGNED_IN, lambda world: {"pk": world.lost.deal.product_id}),
    line("playbook:reason", SIGNED_IN, lambda world: {"pk": world.reason.pk}),
]
