"""Which records of the small company several addresses are asked about."""

from collections.abc import Mapping
from typing import Any

from tests.access.world import World


def lost_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.debrief.pk}


def asked_debrief(world: World) -> Mapping[str, Any]:
    """The one that `other_rep` reads only after their own."""
    return {"debrief_id": world.asked_debrief.pk}


def begun_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.begun.pk}


def begun(world: World) -> Mapping[str, Any]:
    """The closing on which the owner has a draft and nobody has submitted."""
    return {"closing_id": world.undebriefed.pk}


def submitted(world: World) -> Mapping[str, Any]:
    return {"closing_id": world.lost.pk}
