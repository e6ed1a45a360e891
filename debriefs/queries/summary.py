"""What was answered, as a person reads it before submitting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F

from deals.models import Outcome
from debriefs.branching import path_of
from debriefs.fields import FACTS, RANKS
from debriefs.forms import SCORE_WORDS, ReasonChoice
from debriefs.hindsight import ASKED as HINDSIGHT_ASKED
from debriefs.kinds import parts_of, typed_words
from debriefs.models import Answer, Audience, Basis, CitedReason, Rating, RunnerUpBasis
from debriefs.price import CHECKS, PriceChecks, is_untested, marked
from debriefs.queries.work import Work
from debriefs.questions import Question, QuestionKind, Section
from debriefs.steps import HINDSIGHT, OUTCOME, Step, steps_of
from debriefs.submissions import deciding_values, unasked_keys

RUNNER_UP = ("runner_up.was", "runner_up.basis", "runner_up.evidence")


@dataclass(frozen=True)
class Line:
    """One answer: where to change it, what it says, and what is wrong with it."""

    field: str
    label: str
    choice: str = ""
    text: str = ""
    readers: str = ""
    error: str = ""

    @property
    def anchor(self) -> str:
        return self.field.replace(".", "-")


@dataclass(frozen=True)
class Part:
    """The lines of one step of the form."""

    step: Step
    lines: list[Line]


def summary_of(
    work: Work, reasons: tuple[ReasonChoice, ...], errors: Mapping[str, str]
) -> list[Part]:
    """All that is answered, and what is missing or wrong, step by step."""
    return [
        Part(step, [*_lines(work, step, reasons, errors)])
        for step in steps_of(work.definition)
        if step.is_shown(work.path)
    ]


def dropped(work: Work, reasons: tuple[ReasonChoice, ...]) -> list[str]:
    """What was typed and will not be submitted, since the answers before it leave no place for it."""
    values = work.values
    evidence = values.get("runner_up.basis") or values.get("runner_up.evidence")
    found: list[str] = []
    if not work.is_lost and (values.get("runner_up.was") or evidence):
        found.append("whether we were the runner-up")
    elif evidence and values.get("runner_up.was") != "yes":
        found.append("what says that we were the runner-up")
    asking = {reason.key for reason in reasons if reason.asks_price_checks}
    for rank in RANKS:
        is_asked = values.get(f"reasons.{rank}.reason") in asking
        if not is_asked and any(PriceChecks.typed(values, rank).in_words()):
            found.append(f"the price checks of reason {rank}")
    return [*found, *_unasked(work)]


def _unasked(work: Work) -> Iterator[str]:
    """The questions and factors that were answered and that the path doesn't ask."""
    unasked = unasked_keys(work.definition, work.path)
    typed = {name for name, value in work.values.items() if value.strip()}
    for question in work.definition.questions():
        fields = {f"answers.{question.key}.{part}" for part in parts_of(question.kind)}
        if question.key in unasked and fields & typed:
            yield f"“{question.text}”"
    for factor in work.definition.factors():
        fields = {f"factors.{factor.key}.{part}" for part in ("score", "note")}
        if factor.key in unasked and fields & typed:
            yield f"“{factor.name}”"


def unanswered(work: Work) -> int:
    """How many questions on its path the version that counts leaves open."""
    answers = list(
        Answer.objects.filter(
            version__debrief=work.debrief_id, version=F("version__debrief__current_version")
        )
    )
    values = deciding_values(work.definition, answers)
    path = path_of(work.definition, values, outcome=work.facts["outcome"])
    return len(path.questions - {answer.key for answer in answers})


def reasons_cited(debrief_id: int) -> list[str]:
    """The reasons of the version that counts, in their order, untested ones marked."""
    cited = CitedReason.objects.filter(
        version__debrief=debrief_id, version=F("version__debrief__current_version")
    ).order_by("rank")
    return [
        marked(name, untested=untested)
        for name, untested in cited.values_list("reason__name", "is_untested")
    ]


def _lines(
    work: Work, step: Step, reasons: tuple[ReasonChoice, ...], errors: Mapping[str, str]
) -> Iterator[Line]:
    if step.key == OUTCOME:
        yield from _facts(work, errors)
        yield from _why(work, {reason.key: reason for reason in reasons}, errors)
    if step.key == HINDSIGHT:
        yield from _hindsight(work.values, errors)
    for section in step.sections:
        yield from _answers(section, work, errors)


def _facts(work: Work, errors: Mapping[str, str]) -> Iterator[Line]:
    values = work.values
    outcome = values.get("facts.outcome", "")
    yield Line(
        "facts.outcome",
        FACTS["outcome"],
        choice=Outcome(outcome).label if outcome else "",
        error=errors.get("facts.outcome", ""),
    )
    for name, label in FACTS.items():
        field = f"facts.{name}"
        corrected = field in values and values[field] != work.facts[name]
        if name != "outcome" and (corrected or field in errors):
            text = ", ".join(values.get(field, "").splitlines()) or "Not known"
            yield Line(field, f"{label} (corrected)", text=text, error=errors.get(field, ""))


def _why(
    work: Work, listed: Mapping[str, ReasonChoice], errors: Mapping[str, str]
) -> Iterator[Line]:
    values = work.values
    if work.is_lost and values.get("runner_up.was"):
        yield Line(
            "runner_up.was",
            "Runner-up",
            **_runner_up(values),
            error=next((errors[name] for name in RUNNER_UP if name in errors), ""),
        )
    for rank in RANKS:
        prefix = f"reasons.{rank}"
        key = values.get(f"{prefix}.reason", "")
        parts = [f"{prefix}.{part}" for part in ("reason", "text", *CHECKS, "basis", "quote")]
        bad = next((part for part in parts if part in errors), "")
        if not (key or bad):
            continue
        basis = values.get(f"{prefix}.basis", "")
        quote = values.get(f"{prefix}.quote", "")
        name, checks = _named(listed.get(key), key, PriceChecks.typed(values, rank))
        words = [values.get(f"{prefix}.text", ""), checks, f"“{quote}”" if quote else ""]
        yield Line(
            bad or parts[0],
            "Primary reason" if rank == 1 else f"Reason {rank}",
            choice=" · ".join(filter(None, [name, Basis(basis).label if basis else ""])),
            text="\n".join(filter(None, words)),
            error=errors.get(bad, ""),
        )


def _runner_up(values: Mapping[str, str]) -> dict[str, str]:
    if values["runner_up.was"] != "yes":
        return {"choice": "No"}
    basis = values.get("runner_up.basis", "")
    return {
        "choice": f"Yes · {RunnerUpBasis(basis).label}" if basis else "Yes",
        "text": values.get("runner_up.evidence", ""),
    }


def _named(reason: ReasonChoice | None, key: str, checks: PriceChecks) -> tuple[str, str]:
    """A reason's name and its checks in words, where it asks for them."""
    if reason is None:
        return key, ""
    if not reason.asks_price_checks:
        return reason.name, ""
    return marked(reason.name, untested=is_untested(checks)), " · ".join(checks.in_words())


def _hindsight(values: Mapping[str, str], errors: Mapping[str, str]) -> Iterator[Line]:
    for name, asked in HINDSIGHT_ASKED.items():
        field = f"hindsight.{name}"
        if values.get(field, "").strip() or field in errors:
            error = errors.get(field, "")
            yield Line(
                field,
                asked,
                text=values.get(field, ""),
                readers=Audience.SALES.label,
                error=error,
            )


def _answers(section: Section, work: Work, errors: Mapping[str, str]) -> Iterator[Line]:
    for question in section.questions:
        if question.key in work.path.questions:
            yield from _answer(question, section, work.values, errors)
    if section.key not in work.path.sections:
        return
    for factor in section.factors:
        prefix = f"factors.{factor.key}"
        score, note = work.values.get(f"{prefix}.score", ""), work.values.get(f"{prefix}.note", "")
        bad = next((n for n in (f"{prefix}.score", f"{prefix}.note") if n in errors), "")
        if score or note or bad:
            reader = work.values.get(f"grids.{section.key}.audience") or section.audience
            yield Line(
                bad or f"{prefix}.score",
                factor.name,
                choice=SCORE_WORDS[int(score)] if score else "",
                text=note,
                readers=Audience(reader).label,
                error=errors.get(bad, ""),
            )


def _answer(
    question: Question, section: Section, values: Mapping[str, str], errors: Mapping[str, str]
) -> Iterator[Line]:
    prefix = f"answers.{question.key}"
    parts = [f"{prefix}.{part}" for part in parts_of(question.kind)]
    given = [part for part in parts if values.get(part, "").strip()]
    bad = next((part for part in (*parts, f"{prefix}.audience") if part in errors), "")
    if not (given or bad):
        return
    rating, text = values.get(f"{prefix}.rating", ""), values.get(f"{prefix}.text", "")
    reader = values.get(f"{prefix}.audience") or section.audience
    yield Line(
        bad or given[0],
        question.text,
        choice=Rating(rating).label
        if question.kind is QuestionKind.RATING and rating
        else typed_words(question, values.get(f"{prefix}.value", "")),
        text=text,
        readers=Audience(reader).label,
        error=errors.get(bad, ""),
    )
