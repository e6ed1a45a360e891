"""The forms behind the editor's cards: a section, a question, a factor, a condition."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from debriefs.access import draft_to_edit
from debriefs.checks import name_of
from debriefs.edits import (
    AddFactor,
    AddQuestion,
    AddRule,
    AddSection,
    ChangeFactor,
    ChangeQuestion,
    ChangeRule,
    ChangeSection,
)
from debriefs.models import Audience, TemplateVersion
from debriefs.questions import (
    OUTCOME,
    Condition,
    Effect,
    Match,
    QuestionKind,
    Rule,
    Section,
    TemplateDefinition,
)
from debriefs.services import templates
from debriefs.template_forms import (
    KINDS,
    DraftForm,
    FactorForm,
    QuestionForm,
    RuleForm,
    SectionForm,
)
from debriefs.views.template_editor import edit, page
from debriefs.wording import condition_words
from people.access import require_role
from people.forms import posted
from people.models import Role

WHAT_A_KIND_IS_FOR = {
    QuestionKind.RATING: "Compares over time; with room for words",
    QuestionKind.SCALE: "How much, how well, how sure",
    QuestionKind.CHOICE: "One of the answers that you list",
    QuestionKind.CHOICES: "Any of the answers that you list",
    QuestionKind.NUMBER: "Days, people, percent",
    QuestionKind.DATE: "A day of the calendar",
    QuestionKind.SHORT_TEXT: "A name, a few words",
    QuestionKind.LONG_TEXT: "In their own words",
}


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def section_edit(request: HttpRequest, template_id: int, key: str = "") -> HttpResponse:
    """Add a section, or change one."""
    draft, definition = _opened(template_id)
    section = _section(definition, key) if key else None
    initial = SectionForm.values_of(section) if section else {"audience": Audience.SALES}
    form = SectionForm(posted(request), initial={**initial, "revision": draft.revision})

    def change() -> None:
        said = form.cleaned_data
        audience = Audience(said["audience"])
        made = (
            ChangeSection(key, said["title"], audience, said["intro"])
            if section
            else AddSection(said["title"], audience, said["intro"])
        )
        edit(draft, made, form)

    if form.carry_out(change):
        return _done(request, draft, key)
    title = f"Section “{section.title}”" if section else "Add a section"
    return page(request, draft, form, "section", title)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def question_add(request: HttpRequest, template_id: int, section: str) -> HttpResponse:
    """Choose the kind first, then ask for what that kind needs."""
    draft, definition = _opened(template_id)
    home = _section(definition, section)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in set(QuestionKind):
        kinds = [(value, label, WHAT_A_KIND_IS_FOR[QuestionKind(value)]) for value, label in KINDS]
        return page(
            request, draft, DraftForm(), "kind", f"Add a question to “{home.title}”", kinds=kinds
        )
    initial = {"revision": draft.revision, "kind": kind}
    form = QuestionForm(posted(request), kind=QuestionKind(kind), initial=initial)
    if form.carry_out(lambda: edit(draft, AddQuestion(section, form.asked()), form)):
        return _done(request, draft, section)
    title = f"Add a question to “{home.title}”"
    return page(request, draft, form, "question", title, kind_label=QuestionKind(kind).label)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def question_edit(request: HttpRequest, template_id: int, key: str) -> HttpResponse:
    """Change a question; what debriefs may have answered is asked about when its words change."""
    draft, definition = _opened(template_id)
    question = next((q for q in definition.questions() if q.key == key), None)
    if question is None:
        raise Http404
    kind = request.POST.get("kind", question.kind)
    form = QuestionForm(
        posted(request),
        kind=QuestionKind(kind) if kind in set(QuestionKind) else question.kind,
        question=question,
        is_published=key in templates.key_history().published,
        initial={**QuestionForm.values_of(question), "revision": draft.revision},
    )
    change = lambda: edit(draft, ChangeQuestion(form.asked(), form.meaning_given), form)  # noqa: E731
    if form.carry_out(change):
        return _done(request, draft, key)
    return page(request, draft, form, "question", "Change a question", question=question)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def factor_add(request: HttpRequest, template_id: int, section: str) -> HttpResponse:
    draft, definition = _opened(template_id)
    home = _section(definition, section)
    form = FactorForm(posted(request), is_published=False, initial={"revision": draft.revision})

    def change() -> None:
        said = form.cleaned_data
        edit(draft, AddFactor(section, said["name"], said["help"]), form)

    if form.carry_out(change):
        return _done(request, draft, section)
    return page(request, draft, form, "factor", f"Add a factor to “{home.title}”")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def factor_edit(request: HttpRequest, template_id: int, key: str) -> HttpResponse:
    draft, definition = _opened(template_id)
    factor = next((f for f in definition.factors() if f.key == key), None)
    if factor is None:
        raise Http404
    form = FactorForm(
        posted(request),
        is_published=key in templates.key_history().published,
        initial={"revision": draft.revision, "name": factor.name, "help": factor.help},
    )

    def change() -> None:
        said = form.cleaned_data
        edit(draft, ChangeFactor(key, said["name"], said["help"], form.meaning_given), form)

    if form.carry_out(change):
        return _done(request, draft, key)
    return page(request, draft, form, "factor", f"Factor “{factor.name}”")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def rule_add(request: HttpRequest, template_id: int, target: str) -> HttpResponse:
    """A first condition for a section or a question: what it looks at, then what it waits for."""
    draft, definition = _opened(template_id)
    if target not in set(_targets(definition)):
        raise Http404
    on = request.GET.get("on", "")
    if on not in dict(_subjects(definition, target)):
        return _choose(request, draft, definition, target)
    form = _rule_form(request, draft, definition, target, on)

    def change() -> None:
        edit(draft, AddRule(_rule(form, target, (form.condition(on),))), form)

    if form.carry_out(change):
        return _done(request, draft, target)
    subject = condition_subject(definition, on)
    title = f"A condition for “{name_of(definition, target)}”"
    return page(request, draft, form, "rule", title, subject=subject)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def rule_edit(request: HttpRequest, template_id: int, place: int) -> HttpResponse:
    """A rule's conditions: add one, take one out, or remove the rule."""
    draft, definition = _opened(template_id)
    if place >= len(definition.rules):
        raise Http404
    rule = definition.rules[place]
    if request.method == "POST" and "remove" in request.POST:
        return _without(request, draft, rule, place)
    on = request.GET.get("on", "")
    about = name_of(definition, rule.target)
    conditions = [condition_words(definition, each) for each in rule.conditions]
    if on not in dict(_subjects(definition, rule.target)):
        return _choose(
            request, draft, definition, rule.target, rule=rule, conditions=conditions, place=place
        )
    form = _rule_form(request, draft, definition, rule.target, on, rule)

    def change() -> None:
        changed = _rule(form, rule.target, (*rule.conditions, form.condition(on)))
        edit(draft, ChangeRule(place, changed), form)

    if form.carry_out(change):
        return _done(request, draft, rule.target)
    return page(
        request,
        draft,
        form,
        "rule",
        f"One more condition for “{about}”",
        subject=condition_subject(definition, on),
        conditions=conditions,
    )


def condition_subject(definition: TemplateDefinition, on: str) -> str:
    return "How the deal ended" if on == OUTCOME else definition.wording(on)


def _opened(template_id: int) -> tuple[TemplateVersion, TemplateDefinition]:
    draft = draft_to_edit(template_id)
    return draft, TemplateDefinition.from_json(draft.definition)


def _section(definition: TemplateDefinition, key: str) -> Section:
    section = next((s for s in definition.sections if s.key == key), None)
    if section is None:
        raise Http404
    return section


def _done(request: HttpRequest, draft: TemplateVersion, key: str) -> HttpResponse:
    messages.success(request, "Saved in the draft.")
    address = reverse("debriefs:template_draft", args=[draft.template_id])
    return redirect(f"{address}#item-{key}" if key else address)


def _targets(definition: TemplateDefinition) -> list[str]:
    """What a rule can be about: sections and questions."""
    return [s.key for s in definition.sections] + [q.key for q in definition.questions()]


def _subjects(definition: TemplateDefinition, target: str) -> list[tuple[str, str]]:
    """What a rule about the target can look at: the outcome and the questions before it."""
    found = [(OUTCOME, "How the deal ended")]
    for section in definition.sections:
        if section.key == target:
            break
        for question in section.questions:
            if question.key == target:
                return found
            found.append((question.key, question.text))
    return found


def _choose(
    request: HttpRequest,
    draft: TemplateVersion,
    definition: TemplateDefinition,
    target: str,
    **context: Any,
) -> HttpResponse:
    """Which question the condition looks at."""
    form = DraftForm(initial={"revision": draft.revision})
    title = f"A condition for “{name_of(definition, target)}”"
    subjects = _subjects(definition, target)
    return page(request, draft, form, "rule_subject", title, subjects=subjects, **context)


def _rule_form(
    request: HttpRequest,
    draft: TemplateVersion,
    definition: TemplateDefinition,
    target: str,
    on: str,
    rule: Rule | None = None,
) -> RuleForm:
    sections = [section.key for section in definition.sections]
    home = definition.section_of(on).key if on != OUTCOME else ""
    effect = rule.effect if rule else Effect.SHOW
    return RuleForm(
        posted(request),
        definition=definition,
        on=on,
        is_section=target in sections,
        may_jump=target in sections[sections.index(home) + 2 if home else 1 :],
        is_first=rule is None,
        initial={
            "revision": draft.revision,
            "effect": effect,
            "match": rule.match if rule else Match.ALL,
        },
    )


def _rule(form: RuleForm, target: str, conditions: tuple[Condition, ...]) -> Rule:
    said = form.cleaned_data
    match = Match(said.get("match") or Match.ALL)
    return Rule(conditions, Effect(said["effect"]), target, match)


def _without(request: HttpRequest, draft: TemplateVersion, rule: Rule, place: int) -> HttpResponse:
    """One condition less; without any the rule is gone."""
    form = DraftForm(request.POST)
    number = request.POST["remove"]
    gone = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    left = tuple(each for n, each in enumerate(rule.conditions) if n != gone)
    changed = (
        Rule(left, rule.effect, rule.target, rule.match) if left and number != "rule" else None
    )
    if form.carry_out(lambda: edit(draft, ChangeRule(place, changed), form)):
        return _done(request, draft, rule.target)
    messages.error(request, " ".join(map(str, form.non_field_errors())))
    return redirect("debriefs:template_draft", draft.template_id)
