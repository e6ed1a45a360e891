"""Submissions for tests: complete ones, of which a test changes what it is about."""

from typing import Any
from uuid import UUID

from debriefs.submissions import AnswerGiven, DebriefSubmission, FactorGiven, ReasonGiven

FIRST = UUID("00000000-0000-4000-8000-000000000001")
SECOND = UUID("00000000-0000-4000-8000-000000000002")
LESSON = AnswerGiven(key="do_differently", text="Meet the finance head before the offer.")
BY_PRICE = ReasonGiven(reason="price", basis="buyer_said", quote="You were 20 % above.")


def quick(**changes: Any) -> DebriefSubmission:
    """The least that a lost deal asks for."""
    return DebriefSubmission(**({"answers": (LESSON,), "reasons": (BY_PRICE,)} | changes))


def full() -> DebriefSubmission:
    """Everything answered."""
    rated = [
        "pain_points", "decision_makers", "priorities", "value_roi", "objections",
        "positioning", "internal_roadblocks", "external_factors", "adaptability",
    ]  # fmt: skip
    factors = [
        "client_feedback", "timing", "decision_making", "budget_constraints",
        "stakeholder_involvement", "competitor_actions", "market_conditions", "team_skills",
        "communication",
    ]  # fmt: skip
    return DebriefSubmission(
        answers=(
            *(AnswerGiven(key=key, rating="partly", text=f"About {key}.") for key in rated),
            LESSON,
            AnswerGiven(key="for_my_coach", text="How do I open such a talk?"),
        ),
        factors=tuple(FactorGiven(key=key, score=-1, note="A note.") for key in factors),
        reasons=(
            BY_PRICE,
            ReasonGiven(reason="no_access", basis="inferred"),
            ReasonGiven(reason="other", basis="guess", text="Their building flooded."),
        ),
        was_runner_up=True,
        runner_up_evidence="The buyer wrote it.",
    )


FIELDS = {
    "reasons.1.reason": "price",
    "reasons.1.basis": "buyer_said",
    "reasons.1.quote": "You were 20 % above.",
    "answers.do_differently.text": "Meet the finance head before the offer.",
}
