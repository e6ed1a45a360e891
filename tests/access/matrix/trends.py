"""Addresses of the dashboard, of signals and of participation."""

from collections.abc import Mapping
from typing import Any

from tests.access.matrix.lines import (
    BY_PERSON,
    DONE,
    LEADS,
    LEADS_DONE,
    OF_OWNER,
    SALES,
    SIGNED_IN,
    THEIRS,
    line,
    post,
)
from tests.access.world import World
from tests.factories import SignalFactory


def a_signal(world: World) -> Mapping[str, Any]:
    """Of losses to the rival; its one deal's debrief is the owner's."""
    return {"pk": SignalFactory.create(value=str(world.lost.winner_id)).pk}


def watched(_world: World) -> Mapping[str, Any]:
    return {"state": "watched", "note": ""}


def own_saved_view(world: World) -> Mapping[str, Any]:
    return {"pk": world.view.pk}


def shared_saved_view(world: World) -> Mapping[str, Any]:
    return {"pk": world.shared_view.pk}


def new_saved_view(_world: World) -> Mapping[str, Any]:
    return {"address": "/dashboard/reasons/?since=2026-01-01", "name": "Another"}


def an_annotation(world: World) -> Mapping[str, Any]:
    return {"pk": world.annotation.pk}


def new_annotation(_world: World) -> Mapping[str, Any]:
    return {"day": "2026-10-09", "kind": "launch", "words": "Quill 3"}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("trends:dashboard", SIGNED_IN),
    line("trends:reasons", SIGNED_IN),
    line("trends:competitors", SIGNED_IN),
    line("trends:competitor", SIGNED_IN, lambda world: {"pk": world.lost.winner_id}),
    line("trends:competitor", "302 404 404 404 404 404 404", lambda _world: {"pk": 999_999}),
    line("trends:stages", SIGNED_IN),
    line("trends:segments", SIGNED_IN),
    line("trends:questions", SIGNED_IN),
    line("trends:contrasts", SIGNED_IN),
    line("trends:contrasts_table", SIGNED_IN),
    line("trends:contrasts_attributes", SIGNED_IN),
    line("trends:perception", SALES),
    line("trends:perception_buyers", SALES),
    line("trends:teams", SALES),
    line("trends:rest", SIGNED_IN, lambda _world: {"slug": "overview"}),
    line("trends:rest", SALES, lambda _world: {"slug": "teams"}),
    line(
        "trends:rest", SIGNED_IN, lambda world: {"slug": "competitor", "pk": world.lost.winner_id}
    ),
    line("trends:rest", "302 404 404 404 404 404 404", lambda _world: {"slug": "nonsense"}),
    line("trends:choices", SIGNED_IN, query="choices=segment"),
    line("trends:choices", "302 200 200 200 200 200 403", query="choices=team"),
    line("trends:choices", "302 403 403 200 200 200 403", query="choices=rep"),
    line("trends:explore", SIGNED_IN),
    line("trends:explore", "302 200 200 200 200 200 403", query="measure=lost&by=team"),
    line("trends:explore", BY_PERSON, query="measure=lost&by=rep"),
    line("trends:view_list", SIGNED_IN),
    line("trends:view_open", "302 302 404 404 404 404 404", own_saved_view),
    line("trends:view_open", "302 302 302 302 302 302 404", shared_saved_view),
    line("trends:view_create", SIGNED_IN, query="address=/dashboard/reasons/"),
    line("trends:view_create", "302 422 422 422 422 422 422", query="address=/deals/"),
    post("trends:view_create", DONE, sent=new_saved_view),
    line("trends:view_change", "302 200 404 404 404 404 404", own_saved_view),
    line("trends:view_change", "302 200 403 403 403 403 404", shared_saved_view),
    post(
        "trends:view_change",
        "302 302 403 403 403 403 404",
        shared_saved_view,
        lambda _world: {"name": "Renamed"},
    ),
    post("trends:view_delete", "302 302 403 403 403 403 404", shared_saved_view),
    post("trends:view_delete", "302 302 404 404 404 404 404", own_saved_view),
    line("trends:view_weekly", "302 200 404 404 404 404 404", own_saved_view),
    line("trends:view_weekly", "302 200 200 200 200 200 404", shared_saved_view),
    post("trends:view_weekly_end", "302 302 302 302 302 302 404", shared_saved_view),
    line("trends:view_leave", "200 200 200 200 200 200 200", lambda _world: {"token": "1:x"}),
    line("trends:arrangement", LEADS),
    post(
        "trends:arrangement", LEADS_DONE, sent=lambda _world: {"widget": ["stages", "top-reasons"]}
    ),
    line("trends:annotation_list", SIGNED_IN),
    post("trends:annotation_list", LEADS_DONE, sent=new_annotation),
    line("trends:annotation_change", LEADS, an_annotation),
    post("trends:annotation_change", LEADS_DONE, an_annotation, new_annotation),
    post("trends:annotation_remove", LEADS_DONE, an_annotation),
    line("trends:printed", SIGNED_IN, lambda _world: {"slug": "overview", "kind": "pdf"}),
    line("trends:printed", SIGNED_IN, lambda _world: {"slug": "reasons", "kind": "png"}),
    line("trends:printed", SALES, lambda _world: {"slug": "teams", "kind": "pdf"}),
    line(
        "trends:printed",
        "302 404 404 404 404 404 404",
        lambda _world: {"slug": "overview", "kind": "docx"},
    ),
    line("trends:printed_participation", SALES, lambda _world: {"kind": "pdf"}),
    line(
        "trends:printed_participation",
        "302 403 403 200 403 403 403",
        lambda _world: {"kind": "png"},
        query="team=Atlas",
    ),
    line(
        "trends:printed_participation",
        "302 404 404 404 404 404 404",
        lambda _world: {"kind": "doc"},
    ),
    line("trends:printed_perception", SALES, lambda _world: {"kind": "pdf"}),
    line("trends:printed_perception_buyers", SALES, lambda _world: {"kind": "png"}),
    line(
        "trends:printed_perception", "302 404 404 404 404 404 404", lambda _world: {"kind": "doc"}
    ),
    line("trends:printed_contrasts", SIGNED_IN, lambda _world: {"kind": "pdf"}),
    line("trends:printed_contrasts", "302 404 404 404 404 404 404", lambda _world: {"kind": "doc"}),
    line(
        "trends:printed_about",
        SIGNED_IN,
        lambda world: {"slug": "competitor", "pk": world.lost.winner_id, "kind": "pdf"},
    ),
    line(
        "trends:printed_about",
        "302 404 404 404 404 404 404",
        lambda _world: {"slug": "competitor", "pk": 999_999, "kind": "pdf"},
    ),
    # the same of one person, which is asked for in every way in which a filter can be
    line("trends:dashboard", THEIRS, query=OF_OWNER),
    line("trends:reasons", THEIRS, query=OF_OWNER),
    line("trends:competitors", THEIRS, query=OF_OWNER),
    line("trends:competitor", THEIRS, lambda world: {"pk": world.lost.winner_id}, query=OF_OWNER),
    line("trends:stages", THEIRS, query=OF_OWNER),
    line("trends:segments", THEIRS, query=OF_OWNER),
    line("trends:questions", THEIRS, query=OF_OWNER),
    line("trends:contrasts", THEIRS, query=OF_OWNER),
    line("trends:contrasts_table", THEIRS, query=OF_OWNER),
    line("trends:contrasts_attributes", THEIRS, query=OF_OWNER),
    line("trends:perception", THEIRS, query=OF_OWNER),
    line("trends:perception_buyers", THEIRS, query=OF_OWNER),
    line("trends:teams", THEIRS, query=OF_OWNER),
    line("trends:explore", THEIRS, query=f"measure=lost&by=product&{OF_OWNER}"),
    line(
        "trends:printed",
        THEIRS,
        lambda _world: {"slug": "overview", "kind": "pdf"},
        query=OF_OWNER,
    ),
    line(
        "trends:printed",
        BY_PERSON,
        lambda _world: {"slug": "explore", "kind": "pdf"},
        query="measure=lost&by=rep&since=2026-10-01&until=2026-10-31",
    ),
    line(
        "trends:printed_about",
        THEIRS,
        lambda world: {"slug": "competitor", "pk": world.lost.winner_id, "kind": "pdf"},
        query=OF_OWNER,
    ),
    line("trends:printed_contrasts", THEIRS, lambda _world: {"kind": "pdf"}, query=OF_OWNER),
    line("trends:deals", THEIRS, query=f"measure=lost&{OF_OWNER}"),
    line("trends:deals", BY_PERSON, query="measure=lost&by=rep"),
    line("trends:table", THEIRS, query=f"measure=lost&by=reason&{OF_OWNER}"),
    line("trends:participation", "302 422 422 422 422 422 403", query=OF_OWNER),
    line("trends:participation_deals", "302 422 422 422 422 422 403", query=f"of=other&{OF_OWNER}"),
    line("trends:participation_table", "302 422 422 422 422 422 403", query=OF_OWNER),
    line(
        "trends:printed_participation",
        "302 422 422 422 422 422 403",
        lambda _world: {"kind": "pdf"},
        query=OF_OWNER,
    ),
    line(
        "trends:deals",
        SIGNED_IN,
        query="measure=deals",
        shows=("lost_deal", "won_deal", "undebriefed_deal"),
    ),
    line("trends:deals", SIGNED_IN, query="measure=mentions&by=reason"),
    line("trends:deals", "302 200 200 200 200 200 403", query="measure=lost&by=team"),
    line("trends:table", SIGNED_IN, query="measure=lost&by=reason"),
    line("trends:signals", SIGNED_IN),
    post("trends:signals_follow", "302 403 403 302 302 302 403"),
    line("trends:signal", SIGNED_IN, a_signal),
    line("trends:signal", "302 404 404 404 404 404 404", lambda _world: {"pk": 0}),
    post("trends:signal", "302 403 403 302 302 302 403", a_signal, watched),
    line("trends:participation", SALES),
    line("trends:participation", "302 403 403 200 403 403 403", query="team=Atlas"),
    line("trends:participation", "302 422 422 422 422 422 403", query="reason=price"),
    line("trends:participation_deals", SALES, query="of=other"),
    line("trends:participation_deals", "302 422 422 422 422 422 403"),
    line("trends:participation_table", SALES),
    line("trends:table", BY_PERSON, query="measure=win_rate&by=rep"),
]
