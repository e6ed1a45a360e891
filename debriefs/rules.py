"""What makes a submission complete and true to its template and to the reason list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deals.models import Outcome
from debriefs.branching import answer_field
from debriefs.fields import FACTS, SCORES, WIDER, complaint, fields_of
from debriefs.kinds import complaint_about, parts_of
from debriefs.models import Audience, Basis, LossReason, Rating
from debriefs.questions import Question, QuestionKind, TemplateDefinition
from debriefs.submissions import (
    AnswerGiven,
    DebriefSubmission,
    FactorGiven,
    ReasonGiven,
    path_taken,
)

MOST_REASONS = 3
TAKES = {
    QuestionKind.RATING: "a rating and text",
    QuestionKind.SHORT_TEXT: "text",
    QuestionKind.LONG_TEXT: "text",
}


@dataclass(frozen=True)
class Standard:
    """What a submission is held against.

    `reasons` are those that it cites, by key; `outcome` is what the deal's will be once the
    submission's corrections are in; `must_refine` says that the author has to say how the
    deal was lost, because the CRM doesn't and they may correct it.
    """

    definition: TemplateDefinition
    outcome: str
    reasons: Mapping[str, LossReason]
    must_refine: bool = False

    @property
    def is_lost(self) -> bool:
        return self.outcome != Outcome.WON


def errors_of(submission: DebriefSubmission, standard: Standard) -> dict[str, str]:
    """What is wrong, by field name, in the order of the page; empty when all is well."""
    found: dict[str, str] = {}
    for name, message in _complaints(submission, standard):
        found.setdefault(name, message)
    return found


def _complaints(submission: DebriefSubmission, standard: Standard) -> Iterator[tuple[str, str]]:
    for name in submission.facts:
        if name not in FACTS:
            yield f"facts.{name}", f"There is no fact “{name[:60]}” to correct."
    if standard.outcome not in Outcome.values:
        yield "facts.outcome", f"“{standard.outcome[:60]}” is not an outcome."
    if standard.must_refine and standard.outcome == Outcome.LOST_UNSPECIFIED:
        yield "facts.outcome", "Choose how this deal ended."
    yield from _cited(submission.reasons, standard)
    yield from _runner_up(submission, standard)
    yield from _answered(submission.answers, standard.definition)
    yield from _missing(submission, standard)
    yield from _scored(submission.factors, standard.definition)
    yield from _too_long(submission, standard.definition)


def _cited(given: tuple[ReasonGiven, ...], standard: Standard) -> Iterator[tuple[str, str]]:
    if standard.is_lost and not given:
        yield "reasons.1.reason", "Choose the reason that weighed most."
    if len(given) > MOST_REASONS:
        yield f"reasons.{MOST_REASONS}.reason", f"Cite at most {MOST_REASONS} reasons."
    seen: set[str] = set()
    for rank, cited in enumerate(given[:MOST_REASONS], start=1):
        if cited.reason in seen:
            yield f"reasons.{rank}.reason", "This reason is cited already: choose another, or none."
        else:
            yield from _reason(cited, f"reasons.{rank}", standard.reasons.get(cited.reason))
        if cited.basis not in Basis.values:
            yield f"reasons.{rank}.basis", "Say how we know this."
        seen.add(cited.reason)


def _reason(cited: ReasonGiven, name: str, reason: LossReason | None) -> Iterator[tuple[str, str]]:
    if reason is None:
        yield f"{name}.reason", f"“{cited.reason[:60]}” is not on the reason list."
        return
    if message := _not_choosable(reason):
        yield f"{name}.reason", message
    if reason.needs_text and not cited.text.strip():
        yield f"{name}.text", f"“{reason.name}” needs a few words: what was it?"
    if reason.asks_price_checks:
        for check, said in cited.checks.complaints():
            yield f"{name}.{check}", said


def _not_choosable(reason: LossReason) -> str:
    if reason.merged_into is not None:
        return f"“{reason.name}” is now part of “{reason.merged_into.name}”: choose that one."
    if reason.split_at is not None:
        return f"“{reason.name}” was split: choose one of its parts."
    if reason.retired_at is not None:
        return f"“{reason.name}” has left the reason list: choose another reason."
    return ""


def _runner_up(submission: DebriefSubmission, standard: Standard) -> Iterator[tuple[str, str]]:
    if submission.was_runner_up and not standard.is_lost:
        yield "runner_up.was", "A won deal has no runner-up of ours."
    if submission.runner_up_basis and not submission.was_runner_up:
        yield "runner_up.basis", "This says that we were the runner-up: say so above."


def _answered(
    given: tuple[AnswerGiven, ...], definition: TemplateDefinition
) -> Iterator[tuple[str, str]]:
    questions = {question.key: question for question in definition.questions()}
    by_key = {answer.key: answer for answer in given}
    if len(by_key) < len(given):
        yield "answers", "A question is answered twice."
    for key, answer in by_key.items():
        if key not in questions:
            yield f"answers.{key}", f"There is no question “{key[:60]}” in this debrief."
        else:
            yield from _answer(answer, questions[key], definition)


def _missing(submission: DebriefSubmission, standard: Standard) -> Iterator[tuple[str, str]]:
    """What the path of these answers requires and they don't hold."""
    path = path_taken(submission, standard.definition, outcome=standard.outcome)
    given = {answer.key: answer for answer in submission.answers}
    for question in standard.definition.questions():
        answer = given.get(question.key, AnswerGiven(question.key))
        if question.key in path.required and not getattr(answer, parts_of(question.kind)[0]):
            yield answer_field(question.kind, question.key), f"Please answer “{question.text}”"


def _answer(
    answer: AnswerGiven, question: Question, definition: TemplateDefinition
) -> Iterator[tuple[str, str]]:
    name = f"answers.{answer.key}"
    for part in ("rating", "value", "text"):
        if getattr(answer, part) and part not in parts_of(question.kind):
            takes = TAKES.get(question.kind, "a value")
            yield f"{name}.{part}", f"“{question.text}” takes {takes} only."
    if answer.rating and answer.rating not in Rating.values:
        yield f"{name}.rating", f"“{question.text}”: choose one of the ratings."
    if answer.value and (message := complaint_about(question, answer.value)):
        yield f"{name}.value", message
    yield from _widened(
        answer.audience, definition.section_of(answer.key).audience, f"{name}.audience"
    )


def _widened(audience: str, default: Audience, name: str) -> Iterator[tuple[str, str]]:
    if audience and audience not in WIDER[default]:
        reads = Audience(default).label.lower()
        yield name, f"This section is for {reads}: it can only be opened wider."


def _scored(
    given: tuple[FactorGiven, ...], definition: TemplateDefinition
) -> Iterator[tuple[str, str]]:
    known = {factor.key: factor for factor in definition.factors()}
    if len({factor.key for factor in given}) < len(given):
        yield "factors", "A factor is scored twice."
    for factor in given:
        if factor.key not in known:
            yield f"factors.{factor.key}", f"There is no factor “{factor.key[:60]}”."
        elif factor.score is not None and factor.score not in SCORES:
            name = known[factor.key].name
            yield f"factors.{factor.key}.score", f"“{name}”: choose a score from -2 to +2."
        else:
            section = definition.section_of(factor.key)
            name = f"grids.{section.key}.audience"
            yield from _widened(factor.audience, section.audience, name)


def _too_long(
    submission: DebriefSubmission, definition: TemplateDefinition
) -> Iterator[tuple[str, str]]:
    known = fields_of(definition)
    for name, text in _texts(submission):
        if name in known and (message := complaint(known[name], text)):
            yield name, message


def _texts(submission: DebriefSubmission) -> Iterator[tuple[str, str]]:
    for rank, cited in enumerate(submission.reasons, start=1):
        yield f"reasons.{rank}.quote", cited.quote
        yield f"reasons.{rank}.text", cited.text
    yield "runner_up.evidence", submission.runner_up_evidence
    for answer in submission.answers:
        yield f"answers.{answer.key}.value", answer.value
        yield f"answers.{answer.key}.text", answer.text
    for factor in submission.factors:
        yield f"factors.{factor.key}.note", factor.note
    yield from submission.hindsight.values().items()
