"""Addresses of debriefs: the form, requests and what becomes of a debrief."""

from collections.abc import Mapping
from typing import Any

from debriefs.models import (
    DebriefRequest,
)
from tests.access.matrix.lines import (
    SIGNED_IN,
    line,
    post,
)
from tests.access.matrix.records import asked_debrief, begun, begun_debrief, lost_debrief, submitted
from tests.access.world import World


def debrief_request(world: World) -> Mapping[str, Any]:
    return {"request_id": DebriefRequest.objects.get(closing=world.undebriefed).pk}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("debriefs:mine", "302 200 200 200 200 200 403"),
    line("debriefs:signed_in", SIGNED_IN),
    line("debriefs:form", "302 200 200 200 200 200 404", begun, shows=("draft",)),
    post("debriefs:form", "302 302 302 302 302 302 404", begun),
    line("debriefs:proposal", "302 200 200 200 200 200 404", begun),
    line("debriefs:quick", "302 200 200 200 200 200 404", begun),
    post("debriefs:quick", "302 302 302 302 302 302 404", begun),
    line("debriefs:backlog", "302 302 302 302 302 302 403"),
    line("debriefs:submit", "302 302 302 302 302 302 302", begun),
    line("debriefs:draft", "401 200 200 200 200 200 404", begun),
    post("debriefs:draft", "401 400 400 400 400 400 404", begun),
    line("debriefs:check", "302 200 302 302 302 302 404", begun, shows=("draft",)),
    post("debriefs:submit", "302 422 404 404 404 404 404", begun),
    post("debriefs:discard", "302 302 302 302 302 302 404", begun),
    line("debriefs:receipt", "302 200 302 302 302 302 404", submitted, shows=("lost_deal",)),
    post("debriefs:amend", "302 302 302 302 302 302 404", submitted),
    line("debriefs:actions", SIGNED_IN, lost_debrief),
    line("debriefs:actions", "302 200 404 404 404 404 404", begun_debrief),
    post("debriefs:reopen", "302 403 403 302 403 403 403", lost_debrief),
    line("debriefs:actions", "302 200 404 200 200 200 404", asked_debrief),
    line("debriefs:ask", "302 200 403 200 403 200 404", submitted),
    post(
        "debriefs:ask",
        "302 302 403 302 403 302 404",
        submitted,
        sent=lambda world: {"person": world.other_manager.pk},
    ),
    post("debriefs:confirm", "302 403 403 302 403 403 403", lost_debrief),
    line("debriefs:judge", "302 403 403 200 403 403 403", lost_debrief),
    line("debriefs:judge", "302 403 404 404 404 404 404", begun_debrief),
    post("debriefs:withdraw", "302 403 403 302 403 403 403", lost_debrief),
    line("debriefs:dismiss", "302 200 404 200 404 404 404", debrief_request),
    line("debriefs:snooze", "302 200 404 403 404 404 404", debrief_request),
    post("debriefs:wake", "302 302 404 403 404 404 404", debrief_request),
    line("debriefs:hand_over", "302 200 404 200 404 404 404", debrief_request),
]
