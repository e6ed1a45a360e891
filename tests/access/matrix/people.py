"""Addresses of people and teams."""

from collections.abc import Mapping
from typing import Any

from tests.access.matrix.lines import (
    ADMINS,
    ADMINS_DONE,
    LEADS,
    SIGNED_IN,
    line,
    post,
)
from tests.access.world import World


def owner(world: World) -> Mapping[str, Any]:
    return {"pk": world.owner.pk}


def named(world: World) -> Mapping[str, Any]:
    return {"pk": world.named.pk}


def team(world: World) -> Mapping[str, Any]:
    return {"pk": world.team.pk}


def closed_setup(_world: World) -> Mapping[str, Any]:
    return {"secret": "unknown"}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("people:profile", SIGNED_IN),
    line("people:token_list", SIGNED_IN, shows=("token",)),
    post(
        "people:token_revoke",
        "302 302 404 404 404 404 404",
        lambda world: {"pk": world.token.pk},
    ),
    line("people:list", LEADS),
    line("people:create", ADMINS),
    line("people:detail", LEADS, owner),
    line("people:edit", "302 403 403 403 403 200 404", owner),
    line("people:move", "302 403 403 403 403 200 404", owner),
    line("people:leave", "302 403 403 403 403 200 404", owner),
    line("people:confirm", "302 403 403 403 403 200 404", named),
    line("people:merge", "302 403 403 403 403 200 404", named),
    post("people:activity", "302 403 403 403 403 302 404", owner),
    post("people:invite", "302 403 403 403 403 200 404", owner),
    line("people:team_tree", LEADS),
    line("people:team_create", ADMINS),
    line("people:team_edit", ADMINS, team),
    line("people:team_retire", ADMINS, team),
    post("people:team_retire", ADMINS_DONE, team),
    line("people:setup", "404 404 404 404 404 404 404"),
    line("people:setup_link", "303 303 303 303 303 303 303", closed_setup),
]
