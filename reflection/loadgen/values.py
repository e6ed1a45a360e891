"""Made-up answers to questions that are neither ratings nor texts."""

import json
import random
from datetime import date, timedelta

from debriefs.kinds import SCALE, kept_value
from debriefs.questions import Question, QuestionKind

FIRST_DAY = date(2024, 1, 1)


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


def as_cell(question: Question, typed: str) -> str | None:
    """The value as its column takes it in a copy."""
    value = kept_value(question, typed)
    return None if value is None else json.dumps(value)
