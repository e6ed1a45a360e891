"""Addresses of the templates that say what a debrief asks."""

from collections.abc import Mapping
from typing import Any

from tests.access.matrix.lines import (
    ADMINS,
    ADMINS_DONE,
    line,
    post,
)
from tests.access.world import World


def a_template(world: World) -> Mapping[str, Any]:
    """Not the default, published once, with a draft of its next version."""
    return {"template_id": world.large_deals.pk}


def its_version(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "number": 1}


def its_section(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "section": "client"}


def its_part(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "key": "client"}


def its_question(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "key": "objections"}


def its_factor(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "key": "timing"}


def its_target(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "target": "objections"}


def its_rule(world: World) -> Mapping[str, Any]:
    return {**a_template(world), "place": 0}


def on_the_draft(_world: World) -> Mapping[str, Any]:
    """The revision that the draft of `large_deals` stands on."""
    return {"revision": 1}


LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("debriefs:template_list", ADMINS),
    line("debriefs:template_create", ADMINS),
    post("debriefs:template_create", ADMINS_DONE, sent=lambda _world: {"name": "Small deals"}),
    line("debriefs:template_import", ADMINS),
    line("debriefs:template_detail", ADMINS, a_template),
    line("debriefs:template_rename", ADMINS, a_template),
    post("debriefs:template_begin", ADMINS_DONE, a_template),
    post("debriefs:template_shift", ADMINS_DONE, a_template),
    line("debriefs:template_retire", ADMINS, a_template),
    post("debriefs:template_retire", ADMINS_DONE, a_template),
    line("debriefs:template_difference", ADMINS, a_template),
    line("debriefs:version_restore", ADMINS, its_version),
    post("debriefs:version_restore", ADMINS_DONE, its_version),
    line("debriefs:version_export", ADMINS, its_version),
    line("debriefs:template_draft", ADMINS, a_template),
    post("debriefs:template_move", ADMINS_DONE, a_template),
    line("debriefs:template_scope", ADMINS, a_template),
    line("debriefs:template_preview", ADMINS, a_template),
    line("debriefs:template_preview_form", ADMINS, a_template),
    post("debriefs:template_preview_form", ADMINS, a_template),
    line("debriefs:template_publish", ADMINS, a_template),
    post("debriefs:template_publish", ADMINS_DONE, a_template, on_the_draft),
    line("debriefs:template_discard", ADMINS, a_template),
    post("debriefs:template_discard", ADMINS_DONE, a_template, on_the_draft),
    line("debriefs:template_part_retire", ADMINS, its_question),
    post("debriefs:template_part_retire", ADMINS_DONE, its_question, on_the_draft),
    line("debriefs:template_section_add", ADMINS, a_template),
    line("debriefs:template_section", ADMINS, its_part),
    line("debriefs:template_question_add", ADMINS, its_section),
    line("debriefs:template_question_add", ADMINS, its_section, query="kind=choice"),
    line("debriefs:template_question", ADMINS, its_question),
    line("debriefs:template_factor_add", ADMINS, its_section),
    line("debriefs:template_factor", ADMINS, its_factor),
    line("debriefs:template_rule_add", ADMINS, its_target),
    line("debriefs:template_rule_add", ADMINS, its_target, query="on=outcome"),
    line("debriefs:template_rule", ADMINS, its_rule),
    line("debriefs:template_rule", ADMINS, its_rule, query="on=outcome"),
]
