"""What is watched: one series for each value of a dimension, and for each pair of values.

A series counts hits among deals, so that neither more deals nor fewer debriefs make a signal:
citations among debriefed losses, losses to a competitor or at a stage among losses, losses among
closed deals. A pair is the same within one value of another dimension.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from trends.signals.scan import DOWN, UP


class Subject(StrEnum):
    """What a series is about; the values are names of dimensions."""

    REASON = "reason"
    WINNER = "winner"
    COMPETITOR = "competitor"
    STAGE = "stage"
    SEGMENT = "segment"


@dataclass(frozen=True)
class Value:
    """A value of a dimension, by the id that a filter takes."""

    subject: Subject
    id: str


@dataclass(frozen=True)
class Series:
    """One series: `within` narrows the deals to those of another value."""

    of: Value
    within: Value | None = None

    @property
    def key(self) -> str:
        """The name under which its signals are kept; it never changes."""
        values = [self.of] if self.within is None else [self.of, self.within]
        return "|".join(f"{value.subject}:{value.id}" for value in values)

    @property
    def is_pair(self) -> bool:
        return self.within is not None

    @property
    def family(self) -> "Family":
        return self.of.subject, self.within.subject if self.within else None


# A subject, and within what for pairs.
Family = tuple[Subject, Subject | None]

# False alarms a year that each family may cost, for rises and for falls. A level of its own for each
# weights the hypotheses (C. R. Genovese, K. Roeder and L. Wasserman, Biometrika 93, 2006): most goes to
# what the product is for, reasons that grow; what changes in one segment mostly shows in the whole too.
# Together a little less than one, since what arrives costs some beside it.
BUDGET: Mapping[Family, Mapping[int, float]] = {
    (Subject.REASON, None): {UP: 0.62, DOWN: 0.02},
    (Subject.WINNER, None): {UP: 0.02, DOWN: 0.004},
    (Subject.COMPETITOR, None): {UP: 0.01, DOWN: 0.004},
    (Subject.STAGE, None): {UP: 0.015, DOWN: 0.004},
    (Subject.SEGMENT, None): {UP: 0.01, DOWN: 0.004},
    (Subject.REASON, Subject.SEGMENT): {UP: 0.02, DOWN: 0.004},
    (Subject.REASON, Subject.WINNER): {UP: 0.008, DOWN: 0.002},
    (Subject.REASON, Subject.STAGE): {UP: 0.008, DOWN: 0.002},
    (Subject.WINNER, Subject.SEGMENT): {UP: 0.08, DOWN: 0.004},
    (Subject.WINNER, Subject.STAGE): {UP: 0.008, DOWN: 0.002},
    (Subject.STAGE, Subject.SEGMENT): {UP: 0.008, DOWN: 0.002},
}

PAIRS: tuple[Family, ...] = tuple(family for family in BUDGET if family[1])
