"""Who gets which status from which address: one line each, `tests.access` says how to add one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deals.models import ImportRun, Product, Rate
from deals.services import entry_named
from debriefs.models import (
    DebriefRequest,
    LossReason,
    ReasonChange,
    Recoding,
    TextCode,
    TextCoding,
)
from debriefs.services.reasons import rename_reason
from tests.access.world import ACTORS, World
from tests.factories import SignalFactory

Given = Callable[[World], Mapping[str, Any]]


def nothing(_world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Line:
    """`name` is a URL name, or a path where it begins with a slash.

    `given` are the address's arguments, `query` and `sent` what follows the question mark
    and what is posted; `shows` are words of the world that the answer must hold for each
    actor who may read them and gets a 200.
    """

    name: str
    statuses: tuple[int, ...]
    given: Given = nothing
    method: str = "get"
    query: str = ""
    sent: Given = nothing
    shows: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.name}{'?' + self.query if self.query else ''}"


def line(
    name: str,
    statuses: str,
    given: Given = nothing,
    *,
    method: str = "get",
    query: str = "",
    sent: Given = nothing,
    shows: tuple[str, ...] = (),
) -> Line:
    """`statuses` in the order of ACTORS, one for each, parted by spaces."""
    codes = tuple(int(code) for code in statuses.split())
    assert len(codes) == len(ACTORS), f"{name}: one status for each of {ACTORS}"
    return Line(name, codes, given, method, query, sent, shows)


def call(
    name: str,
    statuses: str,
    given: Given = nothing,
    *,
    query: str = "",
    shows: tuple[str, ...] = (),
) -> Line:
    return line(name, statuses, given, query=query, shows=shows)


def sends(
    name: str,
    statuses: str,
    given: Given = nothing,
    *,
    sent: Given = nothing,
    method: str = "post",
) -> Line:
    return line(name, statuses, given, method=method, sent=sent)


def post(name: str, statuses: str, given: Given = nothing, sent: Given = nothing) -> Line:
    return line(name, statuses, given, method="post", sent=sent)


def owner(world: World) -> Mapping[str, Any]:
    return {"pk": world.owner.pk}


def named(world: World) -> Mapping[str, Any]:
    return {"pk": world.named.pk}


def team(world: World) -> Mapping[str, Any]:
    return {"pk": world.team.pk}


def lost_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.debrief.pk}


def won_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.won_debrief.pk}


def asked_debrief(world: World) -> Mapping[str, Any]:
    """The one that `other_rep` reads only after their own."""
    return {"debrief_id": world.asked_debrief.pk}


def deal_asked(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.asked.deal_id}


def begun_debrief(world: World) -> Mapping[str, Any]:
    return {"debrief_id": world.begun.pk}


def deal_lost(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.lost.deal_id}


def deal_won(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.won.deal_id}


def deal_open(world: World) -> Mapping[str, Any]:
    return {"deal_id": world.open_deal.pk}


def closed_setup(_world: World) -> Mapping[str, Any]:
    return {"secret": "unknown"}


def a_signal(world: World) -> Mapping[str, Any]:
    """Of losses to the rival; its one deal's debrief is the owner's."""
    return {"pk": SignalFactory.create(value=str(world.lost.winner_id)).pk}


def watched(_world: World) -> Mapping[str, Any]:
    return {"state": "watched", "note": ""}


def begun(world: World) -> Mapping[str, Any]:
    """The closing on which the owner has a draft and nobody has submitted."""
    return {"closing_id": world.undebriefed.pk}


def submitted(world: World) -> Mapping[str, Any]:
    return {"closing_id": world.lost.pk}


def asked(world: World) -> Mapping[str, Any]:
    """The closing of which `other_rep` is asked for a second view."""
    return {"closing_id": world.asked.pk}


def debrief_request(world: World) -> Mapping[str, Any]:
    return {"request_id": DebriefRequest.objects.get(closing=world.undebriefed).pk}


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


def lost_deal(world: World) -> Mapping[str, Any]:
    return {"pk": world.lost.deal_id}


def open_deal(world: World) -> Mapping[str, Any]:
    return {"pk": world.open_deal.pk}


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


def an_import(world: World) -> Mapping[str, Any]:
    return {"pk": ImportRun.objects.create(started_by=world.manager).pk}


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


# Addresses of libraries, by the beginning of their route, and why they have no line.
ELSEWHERE = {
    "accounts/": "allauth's own pages; ours of them are specified in tests/people/test_pages.py",
}

# Two actors' rows of statuses that come often.
ANYONE = "200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200"
SALES = "302 200 200 200 200 200 403"
CALLS = "401 200 200 200 200 200 200"
SALES_CALLS = "401 200 200 200 200 200 403"
LEADS = "302 403 403 200 200 200 403"
ADMINS = "302 403 403 403 403 200 403"
DONE = "302 302 302 302 302 302 302"
LEADS_DONE = "302 403 403 302 302 302 403"
ADMINS_DONE = "302 403 403 403 403 302 403"
# Of `owner`: theirs, and for the managers above. By person: for whoever has people below.
THEIRS = "302 200 403 200 403 403 403"
THEIRS_CALLS = "401 200 403 200 403 403 403"
BY_PERSON = "302 403 403 200 200 403 403"
OF_OWNER = "since=2026-10-01&until=2026-10-31&rep=Rita+Rep"

LINES = [
    #                            anon ownr othr mgr omgr adm part
    line("home", "302 302 302 302 302 302 302"),
    line("theme", "405 405 405 405 405 405 405"),
    post("theme", "302 302 302 302 302 302 302", sent=lambda _world: {"theme": "dark"}),
    # people
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
    # notices
    line("notices:reminders", SIGNED_IN),
    # outbox
    line("audit", ADMINS),
    line("outbox:dead_letters", ADMINS),
    post("outbox:replay_all", ADMINS_DONE),
    post("outbox:replay", ADMINS_DONE, lambda world: {"pk": 1}),
    # playbook
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
    # debriefs
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
    # triage
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
    # the reason list
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
    # deals
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
    # trends
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
    # the API, each call with a token of the actor's own
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
