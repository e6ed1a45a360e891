"""How long a template takes, learned from how long real debriefs took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from debriefs.branching import path_of
from debriefs.questions import QuestionKind, TemplateDefinition
from debriefs.steps import SECONDS_FOR, SECONDS_FOR_FACTOR, SECONDS_OF_OWN

OWN = "own"
FACTOR = "factor"
ASSUMED: Mapping[str, float] = {
    OWN: sum(SECONDS_OF_OWN.values()),
    FACTOR: SECONDS_FOR_FACTOR,
    **{kind.value: seconds for kind, seconds in SECONDS_FOR.items()},
}
# How far one debrief's time lies from what its answers explain, in seconds. The larger, the
# more completions it takes to move a part away from what is assumed.
NOISE = 60.0
FASTEST, SLOWEST = 0.25, 4.0


@dataclass(frozen=True)
class Completion:
    """One debrief at its first submission: its seconds, and how often each part was answered."""

    seconds: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class Pace:
    """Seconds by part: the steps that every template has, one factor, each kind of question."""

    seconds: Mapping[str, float]
    completions: int = 0


@dataclass(frozen=True)
class Minutes:
    """Whole minutes, at least 1: with an answer to all that is asked, and to what is required."""

    all: int
    required: int


def learned(completions: Sequence[Completion]) -> Pace:
    """The pace that explains the completions best, leaning on what is assumed where they say little.

    Ridge regression towards the assumed seconds: each part may differ from them by about
    their own size. A pace is kept within a quarter and four times of what is assumed.
    """
    if not completions:
        return Pace(ASSUMED)
    names = list(ASSUMED)
    assumed = np.array([ASSUMED[name] for name in names], dtype=float)
    counts = np.array([[c.parts.get(name, 0) for name in names] for c in completions], dtype=float)
    taken = np.array([c.seconds for c in completions], dtype=float)
    weights = counts.T @ counts / NOISE**2 + np.diag(1 / assumed**2)
    goal = counts.T @ taken / NOISE**2 + 1 / assumed
    found = np.clip(np.linalg.solve(weights, goal), assumed * FASTEST, assumed * SLOWEST)
    seconds = {name: round(float(each), 1) for name, each in zip(names, found, strict=True)}
    return Pace(seconds, len(completions))


def minutes_of(definition: TemplateDefinition, pace: Pace, *, outcome: str) -> Minutes:
    """For a deal with this outcome, on the path that is open before anything is answered."""
    path = path_of(definition, {}, outcome=outcome)
    every = required = pace.seconds[OWN]
    for section in definition.sections:
        if section.key not in path.sections:
            continue
        every += len(section.factors) * pace.seconds[FACTOR]
        for question in section.questions:
            every += _seconds(question.kind, pace) * (question.key in path.questions)
            required += _seconds(question.kind, pace) * (question.key in path.required)
    return Minutes(_minutes(every), _minutes(required))


def _seconds(kind: QuestionKind, pace: Pace) -> float:
    return pace.seconds[kind.value]


def _minutes(seconds: float) -> int:
    return max(1, ceil(seconds / 60))
