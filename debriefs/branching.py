"""Which questions a person sees: the rules of a template, applied to what was answered so far.

The page does the same in `static/js/debrief-branching.js`; both agree on every template.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from debriefs.kinds import day_of, number_of, parts_of
from debriefs.models import Audience
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


@dataclass(frozen=True)
class Path:
    """The keys of the sections and questions that are shown, and of those that must be answered."""

    sections: frozenset[str]
    questions: frozenset[str]
    required: frozenset[str]


def answer_field(kind: QuestionKind, key: str) -> str:
    """The field that decides whether and how a question is answered."""
    return f"answers.{key}.{parts_of(kind)[0]}"


def path_of(definition: TemplateDefinition, values: Mapping[str, str], *, outcome: str) -> Path:
    """What is shown for these values of a draft, on a deal with this outcome.

    Something with `show` rules is shown only where one of them holds; `hide` wins over
    `show`; a jump hides the sections between that of the last question looked at and its
    target. A hidden question counts as unanswered, whatever was typed into it; so does one
    of a private section wherever others could tell from what is shown how it was answered.
    """
    walk = _Walk(definition, outcome)
    for place, section in enumerate(definition.sections):
        if not walk.enters(place):
            continue
        walk.sections.add(section.key)
        for question in section.questions:
            if walk.shows(question.key):
                given = values.get(answer_field(question.kind, question.key), "").strip()
                walk.meet(question.key, given, is_required=question.required)
    return Path(frozenset(walk.sections), frozenset(walk.questions), frozenset(walk.required))


@lru_cache(maxsize=64)
def hideable(definition: TemplateDefinition) -> frozenset[str]:
    """The keys of the sections and questions that a rule may hide."""
    targets = {r.target for r in definition.rules if r.effect in (Effect.SHOW, Effect.HIDE)}
    walk = _Walk(definition, "")
    jumped = (section.key for n, section in enumerate(definition.sections) if walk.jumps_over(n))
    return frozenset(targets.union(jumped))


class _Walk:
    """One pass over the template in its order, since rules look at earlier questions only."""

    def __init__(self, definition: TemplateDefinition, outcome: str) -> None:
        self.sections: set[str] = set()
        self.questions: set[str] = set()
        self.required: set[str] = set()
        self._sections = definition.sections
        self._is_private = False
        self._answers = {OUTCOME: outcome}
        self._private_keys = {
            question.key
            for section in definition.sections
            if section.audience == Audience.PRIVATE
            for question in section.questions
        }
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

    def enters(self, place: int) -> bool:
        """Whether the section at this place is shown."""
        section = self._sections[place]
        self._is_private = section.audience == Audience.PRIVATE
        return self.shows(section.key) and not any(map(self._holds, self.jumps_over(place)))

    def jumps_over(self, place: int) -> list[Rule]:
        return [
            rule
            for rule in self._jumps
            if self._origin(rule) < place < self._places.get(rule.target, -1)
        ]

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
        results = (holds(each, self._answer(each.on)) for each in rule.conditions)
        return all(results) if rule.match is Match.ALL else any(results)

    def _answer(self, key: str) -> str:
        is_withheld = key in self._private_keys and not self._is_private
        return "" if is_withheld else self._answers.get(key, "")


def holds(condition: Condition, answer: str) -> bool:
    """Whether a condition holds for an answer; several choices stand one per line."""
    if condition.comparison is Comparison.UNANSWERED:
        return not answer
    if not answer or condition.comparison is Comparison.ANSWERED:
        return bool(answer)
    if condition.comparison in (Comparison.ONE_OF, Comparison.NONE_OF):
        met = not set(answer.split("\n")).isdisjoint(condition.values)
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
    if (day := day_of(text)) is not None:
        return "day", Decimal(day.toordinal())
    number = number_of(text)
    return None if number is None else ("number", number)
