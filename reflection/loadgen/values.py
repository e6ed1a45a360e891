"""Made-up answers to questions that are neither ratings nor texts."""

import json
import random
from datetime import date, timedelta

from debriefs.kinds import SCALE, kept_value
from debriefs.price import PriceChecks
from debriefs.questions import Question, QuestionKind

FIRST_DAY = date(2024, 1, 1)
TESTED_PRICES = 0.45


def drawn_value(question: Question, draw: random.Random) -> str:
    """A value as a draft would hold it."""
    match question.kind:
        case QuestionKind.SCALE:
            return str(draw.choice(SCALE))
        case QuestionKind.CHOICE:
            return draw.choice(question.options).key
        case QuestionKind.CHOICES:
            chosen = draw.sample(question.options, draw.randint(1, len(question.options)))
            return "\n".join(option.key for option in chosen)
        case QuestionKind.NUMBER:
            return str(draw.randint(1, 500))
        case QuestionKind.DATE:
            return (FIRST_DAY + timedelta(days=draw.randrange(1000))).isoformat()
    return ""


def drawn_checks(draw: random.Random) -> PriceChecks:
    """Price checks that are passed, or of which some weren't or weren't answered."""
    percent = str(draw.randint(2, 40))
    if draw.random() < TESTED_PRICES:
        return PriceChecks("yes", percent, "yes", "yes")
    known = draw.choice(("yes", "no", ""))
    return PriceChecks(
        gap_known=known,
        gap_percent=percent if known == "yes" else "",
        budget_owner_met=draw.choice(("no", "no", "yes", "")),
        won_at_equal_price=draw.choice(("no", "dont_know", "")),
    )


def as_cell(question: Question, typed: str) -> str | None:
    """The value as its column takes it in a copy."""
    value = kept_value(question, typed)
    return None if value is None else json.dumps(value)
