"""Which questions a person sees: the rules of a template, applied to what was answered so far.

The page does the same in `static/js/debrief-branching.js`; both agree on every template.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from debriefs.questions import (
    OUTCOME,
    Comparison,
    Condition,
    Effect,
    Match,
    QuestionKind,
    Rule,
    TemplateDefinition,
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_PARTS = {
    QuestionKind.RATING: "rating",
    QuestionKind.SHORT_TEXT: "text",
    QuestionKind.LONG_TEXT: "text",
}


@dataclass(frozen=True)
class Path:
    """The keys of the sections and questions that are shown, and of those that must be answered."""

    sections: frozenset[str]
    questions: frozenset[str]
    required: frozenset[str]


def answer_field(kind: QuestionKind, key: str) -> str:
    """The field that decides whether and how a question is answered."""
    return f"answers.{key}.{_PARTS.get(kind, 'value')}"


def path_of(definition: TemplateDefinition, values: Mapping[str, str], *, outcome: str) -> Path:
    """What is shown for these values of a draft, on a deal with this outcome.

    Something with `show` rules is shown only where one of them holds; `hide` wins over
    `show`; a jump hides the sections between that of the last question looked at and its
    target. A hidden question counts as unanswered, whatever was typed into it.
    """
    walk = _Walk(definition, outcome)
    for place, section in enumerate(definition.sections):
        if not walk.shows(section.key) or walk.is_jumped(place):
            continue
        walk.sections.add(section.key)
        for question in section.questions:
            if walk.shows(question.key):
                given = values.get(answer_field(question.kind, question.key), "").strip()
                walk.meet(question.key, given, is_required=question.required)
    return Path(frozenset(walk.sections), frozenset(walk.questions), frozenset(walk.required))


class _Walk:
    """One pass over the template in its order, since rules look at earlier questions only."""

    def __init__(self, definition: TemplateDefinition, outcome: str) -> None:
        self.sections: set[str] = set()
        self.questions: set[str] = set()
        self.required: set[str] = set()
        self._answers = {OUTCOME: outcome}
        self._places = {section.key: n for n, section in enumerate(definition.sections)}
        self._place_of_question = {
            question.key: n
            for n, section in enumerate(definition.sections)
            for question in section.questions
        }
        self._rules: dict[tuple[Effect, str], list[Rule]] = {}
        for rule in definition.rules:
            self._rules.setdefault((rule.effect, rule.target), []).append(rule)
        self._jumps = [rule for rule in definition.rules if rule.effect is Effect.JUMP]

    def shows(self, key: str) -> bool:
        if any(map(self._holds, self._rules.get((Effect.HIDE, key), ()))):
            return False
        shown_by = self._rules.get((Effect.SHOW, key))
        return shown_by is None or any(map(self._holds, shown_by))

    def is_jumped(self, place: int) -> bool:
        return any(
            self._origin(rule) < place < self._places.get(rule.target, -1) and self._holds(rule)
            for rule in self._jumps
        )

    def meet(self, key: str, answer: str, *, is_required: bool) -> None:
        self.questions.add(key)
        self._answers[key] = answer
        if is_required or any(map(self._holds, self._rules.get((Effect.REQUIRE, key), ()))):
            self.required.add(key)

    def _origin(self, rule: Rule) -> int:
        """The section of the last question looked at; -1 when only the outcome is."""
        return max(
            (self._place_of_question.get(each.on, -1) for each in rule.conditions), default=-1
        )

    def _holds(self, rule: Rule) -> bool:
        results = (holds(each, self._answers.get(each.on, "")) for each in rule.conditions)
        return all(results) if rule.match is Match.ALL else any(results)


def holds(condition: Condition, answer: str) -> bool:
    """Whether a condition holds for an answer; several choices stand one per line."""
    if condition.comparison is Comparison.UNANSWERED:
        return not answer
    if not answer or condition.comparison is Comparison.ANSWERED:
        return bool(answer)
    if condition.comparison in (Comparison.ONE_OF, Comparison.NONE_OF):
        met = not set(answer.splitlines()).isdisjoint(condition.values)
        return met is (condition.comparison is Comparison.ONE_OF)
    return _compared(condition.comparison, answer, condition.values)


def _compared(comparison: Comparison, answer: str, bounds: Iterable[str]) -> bool:
    """Numbers by their size, days by the calendar; what is neither compares with nothing."""
    given = _measure(answer)
    for bound in map(_measure, bounds):
        if given is None or bound is None or given[0] != bound[0]:
            return False
        is_met = given >= bound if comparison is Comparison.AT_LEAST else given <= bound
        if not is_met:
            return False
    return True


def _measure(text: str) -> tuple[str, Decimal] | None:
    """What kind of quantity it is, and how much."""
    try:
        if _DAY.fullmatch(text):
            return "day", Decimal(date.fromisoformat(text).toordinal())
        return ("number", Decimal(text)) if _NUMBER.fullmatch(text) else None
    except ValueError:
        return None
