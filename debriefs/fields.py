"""The names of a debrief's fields: one flat vocabulary for the page, the draft and the API.

    facts.outcome · facts.winner · …        what the CRM knows, where the author corrects it
    reasons.1.reason · .basis · .quote · .text     ranked 1 to 3; the reason by its key
    reasons.1.gap_known · .gap_percent · .budget_owner_met · .won_at_equal_price
    runner_up.was · runner_up.basis · runner_up.evidence
    answers.KEY.rating · .value · .text · .audience    which of them, its kind says
    factors.KEY.score · .note · grids.SECTION.audience    of all the factors of a section
    hindsight.missed_sign · .missed_sign_stage · .unmet_need · .rival_better · .idea

Every value is a string; an empty one means "not answered".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from deals.models import Outcome
from debriefs.errors import FieldsRefused
from debriefs.hindsight import ASKED as HINDSIGHT
from debriefs.hindsight import STAGE as HINDSIGHT_STAGE
from debriefs.kinds import choices_of, tidy_number
from debriefs.models import TEXT_LIMIT, Audience, Basis, CheckAnswer, Rating, RunnerUpBasis
from debriefs.questions import Question, QuestionKind, Section, TemplateDefinition

RANKS = (1, 2, 3)
SCORES = (-2, -1, 0, 1, 2)
WIDER = {
    Audience.PRIVATE: (Audience.PRIVATE, Audience.SALES, Audience.COMPANY),
    Audience.SALES: (Audience.SALES, Audience.COMPANY),
    Audience.COMPANY: (Audience.COMPANY,),
}
SHORT = 250
FACTS = {
    "outcome": "Outcome",
    "closed_on": "Closed on",
    "stage": "Stage at which it closed",
    "amount": "Amount",
    "currency": "Currency",
    "account": "Account",
    "product": "Product",
    "competitors": "Competitors met",
    "winner": "Who won",
}

CHECKS_ASKED = {
    "gap_known": "Did we know how much dearer we were?",
    "gap_percent": "How much dearer, in percent of the other offer?",
    "budget_owner_met": "Did we meet who owns the budget?",
    "won_at_equal_price": "Would we have won at an equal price?",
}


@dataclass(frozen=True)
class Field:
    """One field: what a person calls it, and what it may hold.

    `kind` is that of the question whose value it is.
    """

    name: str
    label: str
    choices: tuple[str, ...] = ()
    limit: int = TEXT_LIMIT
    kind: QuestionKind | None = None


@lru_cache(maxsize=64)
def fields_of(definition: TemplateDefinition) -> Mapping[str, Field]:
    """All fields of a debrief on this definition, by name, in the order of the page."""
    return {field.name: field for field in _all(definition)}


def cleaned(definition: TemplateDefinition, values: Mapping[str, object]) -> dict[str, str]:
    """The values as they are kept. FieldsRefused names each one that can't be.

    Line ends become \\n and NUL, which no database text can hold, goes. An unknown name is
    refused, so that a typo in a program can't lose an answer silently.
    """
    known = fields_of(definition)
    clean: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            errors[name] = f"There is no field “{name[:60]}” in this debrief."
        elif not isinstance(value, str):
            errors[name] = f"“{field.label}” must be text."
        else:
            clean[name] = _tidy(field, value)
            if error := complaint(field, clean[name]):
                errors[name] = error
    if errors:
        raise FieldsRefused(errors)
    return clean


def complaint(field: Field, value: str) -> str:
    """What is wrong with the value, or nothing."""
    chosen = value.split("\n") if field.kind is QuestionKind.CHOICES else [value]
    for choice in chosen if field.choices and value else ():
        if choice not in field.choices:
            return f"“{field.label}”: “{choice[:60]}” is not one of the choices."
    if len(value) > field.limit:
        return (
            f"“{field.label}” has {len(value):,} characters; at most {field.limit:,} can be kept."
        )
    return ""


def _tidy(field: Field, value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return tidy_number(value) if field.kind is QuestionKind.NUMBER else value


def _all(definition: TemplateDefinition) -> Iterator[Field]:
    for name, label in FACTS.items():
        choices = tuple(Outcome.values) if name == "outcome" else ()
        yield Field(f"facts.{name}", label, choices, TEXT_LIMIT if name == "competitors" else SHORT)
    for rank in RANKS:
        yield from _reason(rank)
    yield Field("runner_up.was", "Were we the runner-up?", ("yes", "no"))
    yield Field("runner_up.basis", "What says that we were", tuple(RunnerUpBasis.values))
    yield Field("runner_up.evidence", "How we know that we were the runner-up")
    for section in definition.sections:
        yield from _section(section)
    for name, asked in HINDSIGHT.items():
        limit = SHORT if name == HINDSIGHT_STAGE else TEXT_LIMIT
        yield Field(f"hindsight.{name}", asked, limit=limit)


def _reason(rank: int) -> Iterator[Field]:
    label = f"Reason {rank}"
    yield Field(f"reasons.{rank}.reason", label, limit=SHORT)
    yield Field(f"reasons.{rank}.basis", f"{label}, how we know", tuple(Basis.values))
    yield Field(f"reasons.{rank}.quote", f"{label}, the buyer's own words")
    yield Field(f"reasons.{rank}.text", f"{label}, what it was")
    for check, asked in CHECKS_ASKED.items():
        choices = () if check == "gap_percent" else tuple(CheckAnswer.values)
        yield Field(f"reasons.{rank}.{check}", f"{label}: {asked}", choices, SHORT)


def _section(section: Section) -> Iterator[Field]:
    for question in section.questions:
        name = f"answers.{question.key}"
        yield from _question(name, question)
        yield Field(
            f"{name}.audience",
            f"{question.text} (who reads it)",
            tuple(choice.value for choice in WIDER[section.audience]),
        )
    if section.factors:
        choices = tuple(choice.value for choice in WIDER[section.audience])
        yield Field(f"grids.{section.key}.audience", f"{section.title} (who reads it)", choices)
    for factor in section.factors:
        name = f"factors.{factor.key}"
        yield Field(f"{name}.score", factor.name, tuple(str(score) for score in SCORES))
        yield Field(f"{name}.note", f"{factor.name}, note")


def _question(name: str, question: Question) -> Iterator[Field]:
    match question.kind:
        case QuestionKind.RATING:
            yield Field(f"{name}.rating", f"{question.text} (rating)", tuple(Rating.values))
            yield Field(f"{name}.text", question.text)
        case QuestionKind.LONG_TEXT:
            yield Field(f"{name}.text", question.text)
        case QuestionKind.SHORT_TEXT:
            yield Field(f"{name}.text", question.text, limit=SHORT)
        case QuestionKind.CHOICES:
            choices = choices_of(question)
            yield Field(f"{name}.value", question.text, choices, kind=question.kind)
        case kind:
            choices = choices_of(question)
            yield Field(f"{name}.value", question.text, choices, SHORT, kind)
