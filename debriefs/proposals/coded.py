"""A debriefed deal as training sees it."""

from dataclasses import dataclass

from debriefs.proposals.words import Case

# What the kept weights and their threshold mean: another number, and they are trained anew.
LAYOUT = 2
# The class of everything that is never proposed: other, don't know, retired and rare reasons.
NO_REASON = 0
# Below these there is no proposal at all, and none of a reason.
FEWEST_DEBRIEFS = 100
FEWEST_OF_A_REASON = 5


@dataclass(frozen=True)
class CodedCase:
    """A case with the primary reason that was coded for it, by the reason's id, and what the
    debrief says in words that all of sales may read."""

    case: Case
    reason: int
    told: str = ""
