"""The editor of a template's draft: its cards, the forms behind them, and publishing."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debriefs.access import draft_to_edit
from debriefs.checks import MOST_QUESTIONS, REQUIRED_BY_THE_FORM, REQUIRED_PROMISED, name_of
from debriefs.differences import differences
from debriefs.edits import Edit, Move, Retire, Shift, keys_of
from debriefs.errors import DebriefError, PublishingRefused, TemplateMovedOn
from debriefs.models import TemplateVersion
from debriefs.queries.scopes import names_in_scopes
from debriefs.queries.templates import findings_by_place, limits_of, section_cards
from debriefs.questions import TemplateDefinition
from debriefs.scopes import Scope
from debriefs.services import templates
from debriefs.template_forms import DraftForm, ScopeForm
from debriefs.views.templates import crumbs
from debriefs.wording import rule_words
from people.access import require_role, signed_in
from people.forms import posted
from people.models import Role


@never_cache
@require_safe
@require_role(Role.ADMIN)
def template_draft(request: HttpRequest, template_id: int) -> HttpResponse:
    """The draft as cards, with what publishing would refuse beside them."""
    draft = draft_to_edit(template_id)
    definition = TemplateDefinition.from_json(draft.definition)
    report = templates.draft_report(draft)
    found = findings_by_place(report)
    limits = limits_of(definition)
    context = {
        "draft": draft,
        "template": draft.template,
        "sections": section_cards(definition, found),
        "whole": found.get("", []),
        "scope_findings": found.get("scope", []),
        "refusals": report.refusals,
        "limits": limits,
        "most_questions": MOST_QUESTIONS,
        "required_answers": limits.required + REQUIRED_BY_THE_FORM,
        "required_promised": REQUIRED_PROMISED,
        "asks_about": asks_about(draft),
        "moved": request.GET.get("moved", ""),
        "direction": request.GET.get("by", ""),
        "crumbs": crumbs(draft.template),
    }
    return render(request, "debriefs/templates/editor.html", context)


@require_POST
@require_role(Role.ADMIN)
def template_move(request: HttpRequest, template_id: int) -> HttpResponse:
    """Put something elsewhere: `shift` is "KEY up" or "KEY down", or `key`, `section` and `place`."""
    draft = draft_to_edit(template_id)
    key, _, direction = request.POST.get("shift", "").partition(" ")
    edit: Edit
    if key:
        edit = Shift(key, -1 if direction == "up" else 1)
    else:
        key = request.POST.get("key", "")
        place = number_from(request.POST.get("place"))
        edit = Move(key, place, request.POST.get("section", ""))
    try:
        changed = templates.edit_draft(
            draft, edit, revision=number_from(request.POST.get("revision"))
        )
    except DebriefError as refused:
        messages.error(request, str(refused))
        return redirect("debriefs:template_draft", template_id)
    definition = TemplateDefinition.from_json(changed.definition)
    messages.success(request, _place_words(definition, key))
    address = reverse("debriefs:template_draft", args=[template_id])
    if direction:  # the button that moved it has the focus again, which a fragment would prevent
        return redirect(f"{address}?moved={key}&by={direction}")
    return redirect(f"{address}#item-{key}")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_part_retire(request: HttpRequest, template_id: int, key: str) -> HttpResponse:
    """Ask first, then take a section, a question or a factor out of the draft."""
    draft = draft_to_edit(template_id)
    definition = TemplateDefinition.from_json(draft.definition)
    if key not in set(keys_of(definition)):
        raise Http404
    form = DraftForm(posted(request), initial={"revision": draft.revision})
    if form.carry_out(lambda: edit(draft, Retire(key), form)):
        messages.success(request, f"“{name_of(definition, key)}” is out of the draft.")
        return redirect("debriefs:template_draft", template_id)
    section = next((s for s in definition.sections if s.key == key), None)
    context = {
        "inside": len(section.questions) + len(section.factors) if section else 0,
        "looking": [
            rule_words(definition, rule)
            for rule in definition.rules
            if key in {each.on for each in rule.conditions}
        ],
    }
    return page(request, draft, form, "retire", f"Retire “{name_of(definition, key)}”?", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_scope(request: HttpRequest, template_id: int) -> HttpResponse:
    """Say which deals the template asks about."""
    draft = draft_to_edit(template_id)
    if draft.template.is_default:
        raise Http404
    initial = {
        "revision": draft.revision,
        "outcomes": draft.outcomes,
        "amount_from": _plain(draft.amount_from),
        "amount_below": _plain(draft.amount_below),
        "amount_currency": draft.amount_currency_id,
        "products": [product.today_id for product in draft.products.all()],
        "teams": list(draft.teams.all()),
    }
    form = ScopeForm(posted(request), initial=initial)
    if form.carry_out(lambda: _change_scope(draft, form)):
        messages.success(request, "Saved.")
        return redirect("debriefs:template_draft", template_id)
    return page(request, draft, form, "scope", "Which deals does it ask about?")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_publish(request: HttpRequest, template_id: int) -> HttpResponse:
    """The difference and the checks, then the button."""
    draft = draft_to_edit(template_id)
    form = DraftForm(posted(request), initial={"revision": draft.revision})
    if form.is_valid():
        try:
            published = templates.publish_draft(
                draft, revision=form.cleaned_data["revision"], by=signed_in(request)
            )
        except TemplateMovedOn as refused:
            form.add_error(None, str(refused))
        except PublishingRefused:
            form.add_error(None, "It can't be published as it is: see below.")
        else:
            messages.success(
                request,
                f"Version {published.number} is published. Debriefs begun from now on are"
                " written on it; those begun before finish on theirs.",
            )
            return redirect("debriefs:template_detail", template_id)
    definition = TemplateDefinition.from_json(draft.definition)
    before = draft.based_on
    old = TemplateDefinition.of(before) if before else TemplateDefinition.made_of(())
    context = {
        "report": templates.draft_report(draft),
        "definition": definition,
        "before": before,
        "differences": differences(old, definition) if before else [],
        "asks_about": asks_about(draft),
        "limits": limits_of(definition),
    }
    return page(request, draft, form, "publish", f"Publish version {draft.number}", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def template_discard(request: HttpRequest, template_id: int) -> HttpResponse:
    """Ask first, then throw the draft away."""
    draft = draft_to_edit(template_id)
    template = draft.template
    form = DraftForm(posted(request), initial={"revision": draft.revision})
    discard = templates.discard_draft
    if form.carry_out(lambda: discard(draft, revision=form.cleaned_data["revision"])):
        messages.success(request, f"The draft of “{template}” is gone.")
        return redirect("debriefs:template_list")
    return page(request, draft, form, "discard", f"Discard version {draft.number}?")


def edit(draft: TemplateVersion, change: Edit, form: DraftForm) -> None:
    templates.edit_draft(draft, change, revision=form.cleaned_data["revision"])


def page(
    request: HttpRequest,
    draft: TemplateVersion,
    form: DraftForm,
    name: str,
    title: str,
    **context: Any,
) -> HttpResponse:
    """A page with one form on the draft; a form that was refused stands on today's revision."""
    status = 422 if form.errors else 200
    if form.is_bound:
        form.stand_on(draft.revision)
    whole = {
        "draft": draft,
        "template": draft.template,
        "form": form,
        "title": title,
        "cancel": reverse("debriefs:template_draft", args=[draft.template_id]),
        "crumbs": [
            *crumbs(draft.template),
            (
                f"Version {draft.number}",
                reverse("debriefs:template_draft", args=[draft.template_id]),
            ),
        ],
    }
    return render(request, f"debriefs/templates/{name}.html", {**whole, **context}, status=status)


def number_from(text: str | None) -> int:
    """A small whole number that was posted; -1 for anything else, which no revision is."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else -1


def asks_about(draft: TemplateVersion) -> str:
    scope = Scope.of(draft)
    if draft.template.is_default:
        return "Every deal that no other template asks about"
    if scope.is_everything:
        return "Not said yet"
    words = names_in_scopes().words(scope)
    return words[:1].upper() + words[1:]


def _plain(amount: Decimal | None) -> str:
    """As a person writes it: 100000, not 100000.000."""
    return "" if amount is None else f"{amount.normalize():f}"


def _change_scope(draft: TemplateVersion, form: ScopeForm) -> None:
    said = form.cleaned_data
    templates.change_scope(
        draft,
        revision=said["revision"],
        outcomes=said["outcomes"],
        amount_from=said["amount_from"],
        amount_below=said["amount_below"],
        currency=said["amount_currency"],
        products=said["products"],
        teams=said["teams"],
    )


def _place_words(definition: TemplateDefinition, key: str) -> str:
    """Where something stands now, for those who don't see it."""
    sections = [section.key for section in definition.sections]
    if key in sections:
        return f"“{name_of(definition, key)}” is now section {sections.index(key) + 1}."
    home = definition.section_of(key)
    keys = [q.key for q in home.questions]
    keys = keys if key in keys else [f.key for f in home.factors]
    return (
        f"“{name_of(definition, key)}” is now {keys.index(key) + 1} of {len(keys)} in"
        f" “{home.title}”."
    )
