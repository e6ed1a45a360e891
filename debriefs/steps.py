"""The form's steps: one at a time on a phone, all on one page from 992 px."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from debriefs.questions import QuestionKind, Section, TemplateDefinition

OUTCOME = "outcome"
# Seconds that each part takes a person who knows the deal, before any has been measured.
SECONDS_FOR_OUTCOME = 75
SECONDS_FOR_RATING = 15
SECONDS_FOR_TEXT = 40
SECONDS_FOR_FACTOR = 4


@dataclass(frozen=True)
class Step:
    """`sections` are empty for the first step, which asks for the outcome and the reasons."""

    number: int
    key: str
    title: str
    sections: tuple[Section, ...]
    seconds: int


@lru_cache(maxsize=64)
def steps_of(definition: TemplateDefinition) -> tuple[Step, ...]:
    """The outcome first, then the sections; neighbours with one question each share a step."""
    groups: list[list[Section]] = []
    for section in definition.sections:
        if groups and _is_small(section) and all(map(_is_small, groups[-1])):
            groups[-1].append(section)
        else:
            groups.append([section])
    first = Step(1, OUTCOME, "How it ended, and why", (), SECONDS_FOR_OUTCOME)
    return (
        first,
        *(
            Step(
                number=number,
                key=sections[0].key,
                title=sections[0].title,
                sections=tuple(sections),
                seconds=sum(map(_seconds, sections)),
            )
            for number, sections in enumerate(groups, start=2)
        ),
    )


def minutes_left(steps: Sequence[Step], number: int, *, median_seconds: int | None) -> int:
    """Minutes from the beginning of a step to the end, at least 1.

    The steps' own estimates, stretched so that the whole takes what it took the median of
    the last completions, where there is one.
    """
    whole = sum(step.seconds for step in steps)
    left = sum(step.seconds for step in steps if step.number >= number)
    return max(1, ceil(left * (median_seconds or whole) / whole / 60))


def _is_small(section: Section) -> bool:
    return len(section.questions) + len(section.factors) == 1


def _seconds(section: Section) -> int:
    rated = sum(question.kind is QuestionKind.RATING for question in section.questions)
    texts = len(section.questions) - rated
    return (
        rated * SECONDS_FOR_RATING
        + texts * SECONDS_FOR_TEXT
        + len(section.factors) * SECONDS_FOR_FACTOR
    )
