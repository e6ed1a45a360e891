"""Addresses of the reason list and of triage, which reads debriefs by it."""

from collections.abc import Mapping
from typing import Any

from debriefs.models import (
    LossReason,
    ReasonChange,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.services.reasons import rename_reason
from tests.access.matrix.lines import (
    ADMINS,
    ADMINS_DONE,
    LEADS,
    LEADS_DONE,
    line,
    post,
)
from tests.access.world import World


def a_reason(world: World) -> Mapping[str, Any]:
    return {"pk": world.reason.pk}


def a_group(world: World) -> Mapping[str, Any]:
    return {"pk": world.reason.group_id}


def a_change(world: World) -> Mapping[str, Any]:
    rename_reason(world.reason, "Cost", by=world.admin)
    return {"pk": ReasonChange.objects.latest("pk").pk}


def a_citation(world: World) -> Mapping[str, Any]:
    return {"version_id": world.debrief.current_version_id, "reason_id": world.reason.pk}


def a_text(world: World) -> Mapping[str, Any]:
    return {"version_id": world.debrief.current_version_id, "of_text": "unmet_need"}


def a_recoding(world: World) -> Mapping[str, Any]:
    into = LossReason.objects.get(key="terms")
    version = world.debrief.versions.get()
    made = Recoding.objects.create(version=version, reason=world.reason, into=into)
    return {"pk": made.pk}


def a_code(_world: World) -> Mapping[str, Any]:
    return {"pk": TextCode.objects.get_or_create(of_text="unmet_need", name="API")[0].pk}


def a_coding(world: World) -> Mapping[str, Any]:
    version, code = world.debrief.versions.get(), a_code(world)["pk"]
    made = TextCoding.objects.create(version=version, of_text="unmet_need", code_id=code)
    return {"pk": made.pk}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("debriefs:triage", LEADS),
    post("debriefs:citation_meant", LEADS_DONE, a_citation),
    line("debriefs:citation_meant_new", ADMINS, a_citation),
    post("debriefs:text_coded", LEADS_DONE, a_text),
    post("debriefs:recoding_take_back", LEADS_DONE, a_recoding),
    post("debriefs:coding_take_back", LEADS_DONE, a_coding),
    line("debriefs:code_list", ADMINS, lambda _world: {"of_text": "unmet_need"}),
    line(
        "debriefs:code_list", "302 403 403 403 403 404 403", lambda _world: {"of_text": "answers"}
    ),
    line("debriefs:code_rename", ADMINS, a_code),
    line("debriefs:code_merge", ADMINS, a_code),
    post("debriefs:code_part", ADMINS_DONE, a_code),
    line("debriefs:reason_list", ADMINS),
    line("debriefs:reason_create", ADMINS),
    line("debriefs:reason_detail", ADMINS, a_reason),
    line("debriefs:reason_describe", ADMINS, a_reason),
    line("debriefs:reason_rename", ADMINS, a_reason),
    line("debriefs:reason_move", ADMINS, a_reason),
    line("debriefs:reason_merge", ADMINS, a_reason),
    line("debriefs:reason_split", ADMINS, a_reason),
    line("debriefs:reason_retire", ADMINS, a_reason),
    post("debriefs:reason_place", ADMINS_DONE, a_reason),
    post("debriefs:reason_remove", ADMINS_DONE, a_reason),
    post("debriefs:change_take_back", ADMINS_DONE, a_change),
    line("debriefs:group_create", ADMINS),
    line("debriefs:reason_group", ADMINS, a_group),
    line("debriefs:group_rename", ADMINS, a_group),
    post("debriefs:group_place", ADMINS_DONE, a_group),
    post("debriefs:group_retire", ADMINS_DONE, a_group),
]
