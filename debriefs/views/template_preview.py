"""A draft as its reps will see it: the real form at two widths, to be tried without saving."""

from collections.abc import Mapping

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from deals.models import Outcome
from debriefs.access import draft_to_edit
from debriefs.branching import path_of
from debriefs.errors import FieldsRefused
from debriefs.fields import cleaned, fields_of
from debriefs.forms import skeleton_of
from debriefs.queries.templates import limits_of
from debriefs.queries.work import fact_choices, reason_choices
from debriefs.questions import TemplateDefinition
from debriefs.services.submission import missing_in
from debriefs.steps import Step, next_step, step_before, steps_of
from debriefs.views.form import hidden_marks, posted_value, progress_marks
from debriefs.views.template_editor import number_from
from debriefs.views.templates import crumbs
from people.access import require_role
from people.models import Role

TRIED_ON = Outcome.LOST_TO_COMPETITOR


@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@never_cache
@require_safe
@require_role(Role.ADMIN)
def preview(request: HttpRequest, template_id: int) -> HttpResponse:
    """The draft's form in two frames, as wide as a phone and as a laptop."""
    draft = draft_to_edit(template_id)
    context = {
        "draft": draft,
        "template": draft.template,
        "limits": limits_of(TemplateDefinition.from_json(draft.definition)),
        "crumbs": crumbs(draft.template),
    }
    return render(request, "debriefs/templates/preview.html", context)


@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
@xframe_options_sameorigin
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.ADMIN)
def preview_form(request: HttpRequest, template_id: int) -> HttpResponse:
    """The form itself. A POST goes on with what was typed, or says what submitting would refuse.

    Nothing is written, whatever is sent.
    """
    draft = draft_to_edit(template_id)
    definition = TemplateDefinition.from_json(draft.definition)
    goal = request.POST.get("go", "")
    values = {
        name: posted_value(request.POST, name, field.kind)
        for name, field in fields_of(definition).items()
        if name in request.POST
    }
    errors = _errors(definition, values) if goal == "check" else {}
    outcome = values.get("facts.outcome") or TRIED_ON
    path = path_of(definition, values, outcome=outcome)
    steps = steps_of(definition)
    number = _step(goal, steps, errors) or 1
    if goal.startswith("after-"):
        number = next_step(steps, path, after=number_from(goal[6:])) or number
    elif goal.startswith("before-"):
        number = step_before(steps, path, before=number_from(goal[7:]))
    marks = {**progress_marks(steps, number, path, None), **hidden_marks(definition, path)}
    shown = {"facts.outcome": outcome, **values, **marks}
    context = {
        "draft": draft,
        "template": draft.template,
        "steps": steps,
        "vanished": [step.number for step in steps if not step.is_shown(path)],
        "minutes": marks["page.minutes.1"],
        "outcome": outcome,
        "is_lost": outcome != Outcome.WON,
        "fields": skeleton_of(definition, reason_choices(), fact_choices().stages).fill(
            shown, errors
        ),
        "errors": [(name.replace(".", "-"), message) for name, message in errors.items()],
        "is_sound": goal == "check" and not errors,
    }
    return render(request, "debriefs/templates/preview_form.html", context)


def _errors(definition: TemplateDefinition, values: Mapping[str, str]) -> dict[str, str]:
    """What submitting would refuse, by field."""
    try:
        clean = cleaned(definition, values)
    except FieldsRefused as refused:
        return refused.errors
    outcome = clean.get("facts.outcome") or TRIED_ON
    return missing_in(definition, clean, outcome=outcome, must_refine=False)


def _step(goal: str, steps: tuple[Step, ...], errors: Mapping[str, str]) -> int:
    """The step to show after a check: that of the first thing to mend, the last one else."""
    if goal != "check":
        return 0
    first = next(iter(errors), "")
    for step in steps:
        keys = {q.key for section in step.sections for q in section.questions}
        keys |= {f.key for section in step.sections for f in section.factors}
        if first.split(".")[1:2] and first.split(".")[1] in keys:
            return step.number
    return 1 if errors else steps[-1].number
