"""What a template asks, in the shapes that the API gives to other front ends."""

from collections.abc import Iterable

from ninja import Schema
from pydantic import Field

from deals.models import Outcome
from debriefs.models import Audience, Basis, LossReason, Rating, TemplateVersion
from debriefs.questions import Comparison, Effect, Match, QuestionKind, TemplateDefinition


class OptionOut(Schema):
    key: str
    label: str


class QuestionOut(Schema):
    """`options` are those of a choice, `low` and `high` the words at the ends of a scale of 1 to
    5, `unit` what a number counts, `skill` the key of the skill that the question speaks to.
    """

    key: str
    kind: QuestionKind = Field(
        description="A rating takes `rating` and `text`, the texts take `text`, all others `value`."
    )
    text: str
    help: str
    required: bool
    options: list[OptionOut]
    low: str
    high: str
    unit: str
    skill: str


class FactorAsked(Schema):
    key: str
    name: str
    help: str


class SectionOut(Schema):
    key: str
    title: str
    audience: Audience = Field(description="Who reads it unless the author widens it.")
    questions: list[QuestionOut]
    factors: list[FactorAsked]


class ConditionOut(Schema):
    """`on` is a question's key, or `outcome`."""

    on: str
    comparison: Comparison
    values: list[str]


class RuleOut(Schema):
    """If all (or any) of the conditions hold: what happens to a question or a section.

    Something with `show` rules is shown only where one holds; `hide` wins over `show`; `jump`
    leaves out the sections before its target. A hidden question counts as unanswered. A
    draft's `asked` says what it comes to.
    """

    conditions: list[ConditionOut]
    match: Match
    effect: Effect
    target: str


class ReasonListed(Schema):
    key: str
    name: str
    group: str
    definition: str
    example: str
    needs_text: bool
    asks_price_checks: bool


class TemplateOut(Schema):
    """All that a front end needs to ask: what, in which order, with which choices."""

    template: str
    version: int
    sections: list[SectionOut]
    rules: list[RuleOut]
    reasons: list[ReasonListed]
    ratings: dict[str, str]
    bases: dict[str, str]
    outcomes: dict[str, str]
    audiences: dict[str, str]


def template_out(version: TemplateVersion, reasons: Iterable[LossReason]) -> TemplateOut:
    """A version with its template, and the reasons with their groups."""
    definition = TemplateDefinition.of(version)
    return TemplateOut(
        template=version.template.key,
        version=version.number,
        sections=[SectionOut.from_orm(section) for section in definition.sections],
        rules=[RuleOut.from_orm(rule) for rule in definition.rules],
        reasons=[
            ReasonListed(
                key=reason.key,
                name=reason.name,
                group=reason.group.name,
                definition=reason.definition,
                example=reason.example,
                needs_text=reason.needs_text,
                asks_price_checks=reason.asks_price_checks,
            )
            for reason in reasons
        ],
        ratings=dict(Rating.choices),
        bases=dict(Basis.choices),
        outcomes=dict(Outcome.choices),
        audiences=dict(Audience.choices),
    )
