"""What an answer is, by the kind of its question: as typed, as kept in `Answer.value`, as read."""

import re
from datetime import date
from decimal import Decimal

from common.text import plain_number
from debriefs.questions import Question, QuestionKind

Value = int | str | list[str] | None

SCALE = (1, 2, 3, 4, 5)
# No debrief is about an earlier or a later day: what lies outside is a slip of the fingers.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_PARTS = {
    QuestionKind.RATING: ("rating", "text"),
    QuestionKind.SHORT_TEXT: ("text",),
    QuestionKind.LONG_TEXT: ("text",),
}


def parts_of(kind: QuestionKind) -> tuple[str, ...]:
    """The fields of the draft that hold an answer of this kind, the deciding one first."""
    return _PARTS.get(kind, ("value",))


def choices_of(question: Question) -> tuple[str, ...]:
    """What the value must be taken from; empty where it is free."""
    if question.kind is QuestionKind.SCALE:
        return tuple(map(str, SCALE))
    return tuple(option.key for option in question.options)


def complaint_about(question: Question, typed: str) -> str:
    """What is wrong with a value that is no choice, or nothing."""
    said = f"“{question.text}”: “{typed[:40]}”"
    if question.kind is QuestionKind.NUMBER and number_of(tidy_number(typed)) is None:
        return f"{said} is no number such as 1200 or 12.5 (at most 15 and 6 digits)."
    if question.kind is QuestionKind.DATE:
        day = day_of(typed.strip())
        if day is None:
            return f"{said} is no date such as 2026-03-31."
        if not EARLIEST <= day <= LATEST:
            return f"{said} must lie between {EARLIEST.year} and {LATEST.year}."
    return ""


def kept_value(question: Question, typed: str) -> Value:
    """A sound value as `Answer.value` keeps it; None for an empty one."""
    typed = typed.strip()
    if not typed:
        return None
    if question.kind is QuestionKind.SCALE:
        return int(typed)
    if question.kind is QuestionKind.CHOICES:
        chosen = set(typed.split("\n"))
        return [option.key for option in question.options if option.key in chosen]
    if question.kind is QuestionKind.NUMBER:
        return format(Decimal(tidy_number(typed)).normalize(), "f")
    return typed


def typed_value(value: Value) -> str:
    """A kept value as the draft has it."""
    if value is None:
        return ""
    return "\n".join(value) if isinstance(value, list) else str(value)


def value_words(question: Question, value: Value) -> str:
    """A kept value as a person reads it: with its labels, its unit, its date written out."""
    if value is None:
        return ""
    labels = {option.key: option.label for option in question.options}
    if isinstance(value, list):
        return ", ".join(labels.get(key, key) for key in value)
    text = str(value)
    if question.kind is QuestionKind.SCALE:
        ends = (("1", question.low), (str(SCALE[-1]), question.high))
        named = ", ".join(f"{end}: {words}" for end, words in ends if words)
        return f"{text} of {SCALE[-1]}" + (f" ({named})" if named else "")
    if question.kind is QuestionKind.NUMBER and (number := number_of(text)) is not None:
        return f"{number:,f} {question.unit}".strip()
    if question.kind is QuestionKind.DATE and (day := day_of(text)):
        return f"{day:%-d %B %Y}"
    return labels.get(text, text)


def typed_words(question: Question, typed: str) -> str:
    """What was typed, in the words of `value_words`; as it stands where it can't be kept."""
    if not typed.strip() or complaint_about(question, typed):
        return typed.strip()
    return value_words(question, kept_value(question, typed))


def tidy_number(typed: str) -> str:
    """A number without what groups its digits; what is no number stays as it was typed."""
    plain = plain_number(typed)
    return typed if number_of(plain) is None else plain


def number_of(text: str) -> Decimal | None:
    """A number of at most 15 digits before the point and 6 after it."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def day_of(text: str) -> date | None:
    """The day that an ISO date such as 2026-03-31 names."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
