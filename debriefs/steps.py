"""The form's steps: one at a time on a phone, all on one page from 992 px."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from debriefs.branching import Path, hideable
from debriefs.questions import QuestionKind, Section, TemplateDefinition

OUTCOME = "outcome"
HINDSIGHT = "hindsight"
# Seconds that each part takes a person who knows the deal, before any has been measured.
SECONDS_OF_OWN = {OUTCOME: 75, HINDSIGHT: 20}
SECONDS_FOR_FACTOR = 4
SECONDS_FOR: Mapping[QuestionKind, int] = {
    QuestionKind.RATING: 15,
    QuestionKind.SCALE: 8,
    QuestionKind.CHOICE: 10,
    QuestionKind.CHOICES: 15,
    QuestionKind.NUMBER: 10,
    QuestionKind.DATE: 10,
    QuestionKind.SHORT_TEXT: 15,
    QuestionKind.LONG_TEXT: 40,
}


@dataclass(frozen=True)
class Step:
    """`sections` are empty for the two steps that every template has: the outcome with the
    reasons, and the look back.

    A step that `may_vanish` has one section, which rules may hide or empty.
    """

    number: int
    key: str
    title: str
    sections: tuple[Section, ...]
    may_vanish: bool = False

    def is_shown(self, path: Path) -> bool:
        return not self.may_vanish or any(
            section.key in path.sections
            and (section.factors or any(q.key in path.questions for q in section.questions))
            for section in self.sections
        )


@lru_cache(maxsize=64)
def steps_of(definition: TemplateDefinition) -> tuple[Step, ...]:
    """The outcome first, then the sections, then the look back.

    Neighbours with one question each share a step; a section that rules may hide has a step
    of its own, which goes with it.
    """
    may_go = hideable(definition)
    groups: list[list[Section]] = []
    for section in definition.sections:
        if groups and all(
            _is_small(each) and not _may_vanish(each, may_go) for each in (section, *groups[-1])
        ):
            groups[-1].append(section)
        else:
            groups.append([section])
    first = Step(1, OUTCOME, "How it ended, and why", ())
    return (
        first,
        *(
            Step(
                number=number,
                key=sections[0].key,
                title=sections[0].title,
                sections=tuple(sections),
                may_vanish=_may_vanish(sections[0], may_go),
            )
            for number, sections in enumerate(groups, start=2)
        ),
        Step(len(groups) + 2, HINDSIGHT, "Looking back", ()),
    )


def next_step(steps: Iterable[Step], path: Path, *, after: int) -> int:
    """The number of the first step shown after this one; 0 for none."""
    return next((s.number for s in steps if s.number > after and s.is_shown(path)), 0)


def step_before(steps: Iterable[Step], path: Path, *, before: int) -> int:
    """The number of the last step shown before this one; the first is always shown."""
    return max((s.number for s in steps if s.number < before and s.is_shown(path)), default=1)


def minutes_left(
    steps: Iterable[Step], path: Path, *, median_seconds: int | None
) -> dict[int, int]:
    """By each step's number the minutes from its beginning to the end, at least 1.

    The estimates of what the path asks, stretched so that the whole takes what it took the
    median of the last completions, where there is one.
    """
    taken = {step.number: seconds_on(step, path) for step in steps}
    whole = sum(taken.values())
    left = 0
    minutes: dict[int, int] = {}
    for number in sorted(taken, reverse=True):
        left += taken[number]
        minutes[number] = max(1, ceil(left * (median_seconds or whole) / whole / 60))
    return minutes


def seconds_on(step: Step, path: Path) -> int:
    """What a step takes on this path."""
    if not step.sections:
        return SECONDS_OF_OWN[step.key]
    return sum(
        sum(SECONDS_FOR[q.kind] for q in section.questions if q.key in path.questions)
        + len(section.factors) * SECONDS_FOR_FACTOR
        for section in step.sections
        if section.key in path.sections
    )


def _is_small(section: Section) -> bool:
    return len(section.questions) + len(section.factors) == 1


def _may_vanish(section: Section, may_go: frozenset[str]) -> bool:
    if section.key in may_go:
        return True
    return not section.factors and all(question.key in may_go for question in section.questions)
