"""The debrief's form, laid out with crispy-forms and rendered once per template version."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import render_crispy_form
from django import forms
from django.db.models import QuerySet
from django.template.context import Context
from django.template.loader import render_to_string

from deals.models import Outcome
from debriefs import hindsight
from debriefs.branching import answer_field, hideable
from debriefs.fields import CHECKS_ASKED, FACTS, RANKS, SCORES, SHORT, WIDER, fields_of
from debriefs.kinds import EARLIEST, LATEST, SCALE
from debriefs.models import TEXT_LIMIT, Audience, Basis, CheckAnswer, Rating, RunnerUpBasis
from debriefs.questions import Effect, Question, QuestionKind, Section, TemplateDefinition
from debriefs.skeleton import Skeleton, field_id
from debriefs.steps import (
    HINDSIGHT,
    OUTCOME,
    SECONDS_FOR,
    SECONDS_FOR_FACTOR,
    SECONDS_OF_OWN,
    Step,
    steps_of,
)
from people.models import User

LONGEST_LIST = 200
OUTCOMES = [choice for choice in Outcome.choices if choice[0] != Outcome.LOST_UNSPECIFIED]
SCORE_WORDS = {
    -2: "Hurt us a lot",
    -1: "Hurt us",
    0: "Neither",
    1: "Helped us",
    2: "Helped us a lot",
}
BASIS_HELP = {
    Basis.BUYER_SAID: "In a call, a mail or a document",
    Basis.INFERRED: "From what happened",
    Basis.GUESS: "We have no sign either way",
}


@dataclass(frozen=True)
class ReasonChoice:
    """A reason as the form offers it."""

    key: str
    name: str
    definition: str
    example: str
    group: str
    needs_text: bool
    asks_price_checks: bool


@dataclass(frozen=True)
class FactChoices:
    """What the facts' inputs offer."""

    stages: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()


class Part(LayoutObject):  # type: ignore[misc]
    """A part of the layout with a template and inputs of its own, around other parts."""

    def __init__(self, template: str, *parts: "Part", **inputs: Any) -> None:
        self.fields = list(parts)
        self.template = f"debriefs/fields/{template}.html"
        self.inputs = inputs

    def render(self, form: forms.Form, context: Context, **kwargs: Any) -> str:
        body = self.get_rendered_fields(form, context, **kwargs)
        return render_to_string(self.template, {**self.inputs, "form": form, "body": body})


class DebriefForm(forms.Form):
    """All fields of a debrief on one definition; `skeleton_of` renders it."""

    def __init__(
        self,
        definition: TemplateDefinition,
        reasons: Sequence[ReasonChoice],
        stages: Sequence[str],
    ) -> None:
        super().__init__()
        self.reasons = reasons
        self.definition = definition
        self.stages = stages
        for name, field in fields_of(definition).items():
            if not name.startswith("facts."):
                self.fields[name] = forms.CharField(label=field.label, required=False)
        steps = steps_of(definition)
        parts = [self._step(step, steps) for step in steps]
        if definition.rules:
            parts.append(Part("branching", branching=branching_of(definition)))
        self.helper = laid_out(*parts)

    def _step(self, step: Step, steps: Sequence[Step]) -> Part:
        own = {OUTCOME: self._why, HINDSIGHT: self._hindsight}
        parts = (
            [own[step.key]()]
            if step.key in own
            else [section_part(part, self.definition) for part in step.sections]
        )
        later = [each for each in steps if each.number > step.number]
        return Part(
            "step",
            *parts,
            step=step,
            is_last=not later,
            may_be_last=all(each.may_vanish for each in later),
        )

    def _why(self) -> Part:
        groups: dict[str, list[ReasonChoice]] = {}
        for reason in self.reasons:
            groups.setdefault(reason.group, []).append(reason)
        return Part(
            "why",
            **reason_inputs(self.reasons),
            groups=groups,
            others=[_rank(rank) for rank in RANKS[1:]],
            evidence=RunnerUpBasis.choices,
            checks=_checks(),
        )

    def _hindsight(self) -> Part:
        stage = _looked_back(hindsight.STAGE)
        questions = [_looked_back(name) for name in hindsight.ASKED if name != hindsight.STAGE]
        questions[0]["stage"] = stage
        return Part("hindsight", questions=questions, stages=self.stages, limit=TEXT_LIMIT)


class FactsForm(forms.Form):
    """The facts of the deal that the author corrects or adds."""

    def __init__(self, names: Sequence[str], choices: FactChoices) -> None:
        super().__init__()
        self.helper = laid_out(Part("facts", facts=[_fact(name, choices) for name in names]))


class AskForm(forms.Form):
    """Whom to ask for a second view: `people` are those who can be asked."""

    person = forms.ModelChoiceField(
        label="Who else worked on it?",
        help_text="They are asked for a debrief of their own, with two days for it.",
        queryset=User.objects.none(),
        empty_label="Choose a person",
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


@lru_cache(maxsize=32)
def skeleton_of(
    definition: TemplateDefinition, reasons: tuple[ReasonChoice, ...], stages: tuple[str, ...]
) -> Skeleton:
    """The whole form of a definition, ready to be filled."""
    return Skeleton(render_crispy_form(DebriefForm(definition, reasons, stages)))


@lru_cache(maxsize=32)
def facts_skeleton_of(names: tuple[str, ...], choices: FactChoices) -> Skeleton:
    return Skeleton(render_crispy_form(FactsForm(names, choices)))


def laid_out(*parts: Part) -> FormHelper:
    """The page has the form element and the token; crispy lays out what is inside."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*parts)
    return helper


def reason_inputs(reasons: Sequence[ReasonChoice]) -> dict[str, Any]:
    """What the questions of the outcome and the primary reason need."""
    return {
        "outcomes": OUTCOMES,
        "reasons": reasons,
        "bases": [(value, label, BASIS_HELP[Basis(value)]) for value, label in Basis.choices],
        "primary": _rank(RANKS[0]),
        "limit": TEXT_LIMIT,
    }


def _rank(rank: int) -> dict[str, Any]:
    return {"rank": rank, "name": f"reasons.{rank}", "id": f"reasons-{rank}"}


def branching_of(definition: TemplateDefinition) -> dict[str, Any]:
    """All that the page needs to follow the rules by itself; see `debrief-branching.js`."""
    steps = steps_of(definition)
    number = {section.key: step.number for step in steps for section in step.sections}
    return {
        "ownSeconds": {
            step.number: SECONDS_OF_OWN[step.key] for step in steps if not step.sections
        },
        "sections": [
            {
                "key": section.key,
                "isPrivate": section.audience == Audience.PRIVATE,
                "step": number[section.key],
                "factorSeconds": len(section.factors) * SECONDS_FOR_FACTOR,
                "questions": [
                    {
                        "key": question.key,
                        "field": answer_field(question.kind, question.key),
                        "isRequired": question.required,
                        "seconds": SECONDS_FOR[question.kind],
                    }
                    for question in section.questions
                ],
            }
            for section in definition.sections
        ],
        "rules": definition.as_json()["rules"],
    }


def section_part(section: Section, definition: TemplateDefinition) -> Part:
    wider = [(choice, choice.label) for choice in WIDER[section.audience]]
    factors = [
        {"factor": factor, "name": f"factors.{factor.key}", "id": field_id(f"factors.{factor.key}")}
        for factor in section.factors
    ]
    return Part(
        "section",
        section=section,
        audience=Audience(section.audience).label,
        is_private=section.audience == Audience.PRIVATE,
        is_open=section.audience == Audience.COMPANY,
        wider=wider if len(wider) > 1 else [],
        ratings=list(enumerate(Rating.choices, start=1)),
        scores=[(score, SCORE_WORDS[score]) for score in SCORES],
        questions=[_question(question, definition) for question in section.questions],
        factors=factors,
        limit=TEXT_LIMIT,
        short=SHORT,
        earliest=EARLIEST.isoformat(),
        latest=LATEST.isoformat(),
    )


def _checks() -> list[dict[str, Any]]:
    """The price checks as they are asked; only the last may well be unknown."""
    yes_or_no = [CheckAnswer.YES, CheckAnswer.NO]
    choices = {
        "gap_known": yes_or_no,
        "budget_owner_met": yes_or_no,
        "won_at_equal_price": list(CheckAnswer),
    }
    return [
        {
            "key": key,
            "asked": asked,
            "choices": [(choice.value, choice.label) for choice in choices.get(key, ())],
        }
        for key, asked in CHECKS_ASKED.items()
    ]


def _question(question: Question, definition: TemplateDefinition) -> dict[str, Any]:
    """What the template of its kind needs. A rule's doings have marks only where there is one."""
    required_by_rule = any(
        rule.effect is Effect.REQUIRE and rule.target == question.key for rule in definition.rules
    )
    ends = {SCALE[0]: question.low, SCALE[-1]: question.high}
    return {
        "question": question,
        "name": f"answers.{question.key}",
        "id": field_id(f"answers.{question.key}"),
        "template": f"debriefs/fields/{question.kind}.html",
        "rated": question.kind is QuestionKind.RATING,
        "may_hide": question.key in hideable(definition),
        "may_be_required": required_by_rule and not question.required,
        "scale": [(number, ends.get(number, "")) for number in SCALE],
    }


def _looked_back(name: str) -> dict[str, Any]:
    return {
        "name": f"hindsight.{name}",
        "id": f"hindsight-{name}",
        "asked": hindsight.ASKED[name],
        "help": hindsight.HELP.get(name, ""),
    }


def _fact(name: str, choices: FactChoices) -> dict[str, Any]:
    return {
        "key": name,
        "name": f"facts.{name}",
        "id": f"facts-{name}",
        "label": FACTS[name],
        "options": {"stage": choices.stages}.get(name, ()),
        "suggestions": {"winner": choices.competitors}.get(name, ()),
        "lines": name == "competitors",
        "type": {"closed_on": "date"}.get(name, "text"),
        "inputmode": {"amount": "decimal"}.get(name, "text"),
        "hint": {
            "competitors": "One per line.",
            "winner": "As written; a name not listed yet is added for review.",
            "currency": "Three letters, such as USD.",
        }.get(name, ""),
    }
