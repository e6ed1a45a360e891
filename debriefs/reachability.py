"""Which required questions no answers lead to, found by trying the answers that rules tell apart."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise, product

from deals.models import Outcome
from debriefs.branching import answer_field, path_of
from debriefs.models import Rating
from debriefs.questions import (
    OUTCOME,
    Condition,
    Effect,
    Question,
    QuestionKind,
    TemplateDefinition,
)

# Above so many ways to answer the search gives up and takes the question as reachable.
MOST_WAYS = 20_000
LARGEST = Decimal(10) ** 12


def unreachable(definition: TemplateDefinition) -> list[str]:
    """The keys of required questions that stay hidden whatever is answered before.

    A question is required by itself or by a rule that can hold.
    """
    required = {question.key for question in definition.questions() if question.required}
    required |= {rule.target for rule in definition.rules if rule.effect is Effect.REQUIRE}
    return [
        q.key for q in definition.questions() if q.key in required and _is_hidden(definition, q)
    ]


def _is_hidden(definition: TemplateDefinition, question: Question) -> bool:
    looked_at = _looked_at(definition, question.key)
    if not looked_at:
        return False
    choices = _choices(definition, looked_at)
    ways = 1
    for each in choices.values():
        ways *= len(each)
    if ways > MOST_WAYS:
        return False
    return not any(
        question.key in path_of(definition, values, outcome=outcome).questions
        for values, outcome in _ways(choices)
    )


def _looked_at(definition: TemplateDefinition, key: str) -> set[str]:
    """The questions that decide whether one is shown, directly or through each other."""
    places = {section.key: n for n, section in enumerate(definition.sections)}
    homes = {q.key: section.key for section in definition.sections for q in section.questions}
    found: set[str] = set()
    waiting = [key]
    while waiting:
        home = homes[waiting[-1]]
        about = {waiting.pop(), home}
        for rule in definition.rules:
            jumps_over = rule.effect is Effect.JUMP and places.get(rule.target, -1) > places[home]
            if jumps_over or (rule.effect in (Effect.SHOW, Effect.HIDE) and rule.target in about):
                new = {each.on for each in rule.conditions} - found
                found |= new
                waiting += [on for on in new if on in homes]
    return found


def _choices(definition: TemplateDefinition, keys: set[str]) -> dict[str, list[str]]:
    """The answers of each question that its conditions tell apart, under its field's name."""
    conditions: dict[str, list[Condition]] = {}
    for rule in definition.rules:
        for each in rule.conditions:
            conditions.setdefault(each.on, []).append(each)
    found = {OUTCOME: list(Outcome.values)} if OUTCOME in keys else {}
    for question in definition.questions():
        if question.key in keys:
            name = answer_field(question.kind, question.key)
            given = list(dict.fromkeys(_answers(question, conditions.get(question.key, []))))
            found[name] = given if question.required else ["", *given]
    return found


def _answers(question: Question, conditions: list[Condition]) -> Iterator[str]:
    if question.kind is QuestionKind.RATING:
        yield from Rating.values
    elif question.kind is QuestionKind.CHOICE:
        yield from (option.key for option in question.options)
    elif question.kind is QuestionKind.CHOICES:
        yield from _sets(question)
    elif question.kind is QuestionKind.SCALE:
        yield from "12345"
    else:
        yield from _around(conditions, is_text=question.kind.is_text)


def _sets(question: Question) -> Iterator[str]:
    """Each option alone, and all of them; which is what "one of" and "none of" tell apart."""
    keys = [option.key for option in question.options]
    yield from keys
    yield "\n".join(keys)


def _around(conditions: list[Condition], *, is_text: bool) -> Iterator[str]:
    """The bounds themselves, what lies between them, and what lies beyond them."""
    bounds = [value for each in conditions for value in each.values]
    yield from bounds or ["words" if is_text else "0"]
    days = sorted(day for day in map(_day, bounds) if day)
    for one, other in pairwise([date.min, *days, date.max] if days else []):
        yield (one + (other - one) / 2).isoformat()
    numbers = sorted(number for number in map(_number, bounds) if number is not None)
    for low, high in pairwise([-LARGEST, *numbers, LARGEST] if numbers else []):
        yield format((low + high) / 2, "f")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _ways(choices: Mapping[str, list[str]]) -> Iterator[tuple[dict[str, str], str]]:
    for answers in product(*choices.values()):
        values = dict(zip(choices, answers, strict=True))
        yield values, values.pop(OUTCOME, Outcome.LOST_TO_COMPETITOR)
