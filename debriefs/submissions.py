"""What a person submits, as plain frozen values, and how it is read from a draft's fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from debriefs.branching import Path, answer_field, path_of
from debriefs.errors import FieldsRefused
from debriefs.fields import FACTS, RANKS
from debriefs.hindsight import Hindsight
from debriefs.kinds import parts_of, typed_value
from debriefs.models import Answer, DebriefVersion
from debriefs.price import CHECKS, PriceChecks
from debriefs.questions import TemplateDefinition


@dataclass(frozen=True)
class AnswerGiven:
    """`value` as a draft has it; `audience` empty means that of the question's section."""

    key: str
    rating: str = ""
    value: str = ""
    text: str = ""
    audience: str = ""


@dataclass(frozen=True)
class FactorGiven:
    """`score` from -2 (hurt us a lot) to +2 (helped us a lot); `audience` empty means that of
    the factor's section."""

    key: str
    score: int | None = None
    note: str = ""
    audience: str = ""


@dataclass(frozen=True)
class ReasonGiven:
    """A reason by its key, how we know it, and the words that go with it.

    `checks` count for a reason that asks for them; for others they are left out.
    """

    reason: str
    basis: str
    quote: str = ""
    text: str = ""
    checks: PriceChecks = field(default_factory=PriceChecks)


@dataclass(frozen=True)
class DebriefSubmission:
    """A whole debrief. `reasons` in rank order, the primary first.

    `facts` holds what the author corrects, as written, by the names of `fields.FACTS`; an
    empty value says that it is not known.
    """

    answers: tuple[AnswerGiven, ...] = ()
    factors: tuple[FactorGiven, ...] = ()
    reasons: tuple[ReasonGiven, ...] = ()
    was_runner_up: bool | None = None
    runner_up_basis: str = ""
    runner_up_evidence: str = ""
    hindsight: Hindsight = field(default_factory=Hindsight)
    facts: Mapping[str, str] = field(default_factory=dict)


def submission_of(definition: TemplateDefinition, values: Mapping[str, str]) -> DebriefSubmission:
    """The submission that a draft's values make. FieldsRefused where ranks have a hole."""
    return DebriefSubmission(
        answers=_answers(definition, values),
        factors=_factors(definition, values),
        reasons=_reasons(values),
        was_runner_up={"yes": True, "no": False}.get(values.get("runner_up.was", "")),
        runner_up_basis=values.get("runner_up.basis", ""),
        runner_up_evidence=values.get("runner_up.evidence", "").strip(),
        hindsight=Hindsight.typed(values),
        facts={
            name: values[f"facts.{name}"].strip() for name in FACTS if f"facts.{name}" in values
        },
    )


def path_taken(
    submission: DebriefSubmission, definition: TemplateDefinition, *, outcome: str
) -> Path:
    """What its own answers ask for, on a deal with this outcome."""
    return path_of(definition, deciding_values(definition, submission.answers), outcome=outcome)


def deciding_values(
    definition: TemplateDefinition, answers: Iterable[AnswerGiven | Answer]
) -> dict[str, str]:
    """The values, as a draft has them, by which rules are decided."""
    given = {answer.key: answer for answer in answers}
    return {
        answer_field(question.kind, question.key): typed_value(
            getattr(given[question.key], parts_of(question.kind)[0])
        )
        for question in definition.questions()
        if question.key in given
    }


def on_path(
    submission: DebriefSubmission, definition: TemplateDefinition, *, outcome: str
) -> DebriefSubmission:
    """The submission without the answers to what its path doesn't ask."""
    path = path_taken(submission, definition, outcome=outcome)
    unasked = unasked_keys(definition, path)
    return replace(
        submission,
        answers=tuple(each for each in submission.answers if each.key not in unasked),
        factors=tuple(each for each in submission.factors if each.key not in unasked),
    )


def left_out_of(given: DebriefSubmission, submitted: DebriefSubmission) -> list[str]:
    """The keys of the questions and factors that were answered and that the path didn't ask."""
    kept = _keys(submitted)
    return [key for key in _keys(given) if key not in kept]


def _keys(submission: DebriefSubmission) -> list[str]:
    answers = [each.key for each in submission.answers]
    return answers + [each.key for each in submission.factors]


def unasked_keys(definition: TemplateDefinition, path: Path) -> set[str]:
    """The keys of the questions and factors that the path leaves out."""
    unasked = {each.key for each in definition.questions()} - path.questions
    for section in definition.sections:
        if section.key not in path.sections:
            unasked.update(factor.key for factor in section.factors)
    return unasked


def values_of(version: DebriefVersion, definition: TemplateDefinition) -> dict[str, str]:
    """The field values that a submitted version was made of: what an amendment begins with."""
    grid = {
        factor.key: section.key for section in definition.sections for factor in section.factors
    }
    values = {
        "runner_up.basis": version.runner_up_basis,
        "runner_up.evidence": version.runner_up_evidence,
        **Hindsight.of(version).values(),
    }
    if version.was_runner_up is not None:
        values["runner_up.was"] = "yes" if version.was_runner_up else "no"
    for answer in version.answers.all():
        name = f"answers.{answer.key}"
        values |= {
            f"{name}.rating": answer.rating,
            f"{name}.value": typed_value(answer.value),
            f"{name}.text": answer.text,
            f"{name}.audience": answer.audience,
        }
    for factor in version.factors.all():
        score = "" if factor.score is None else str(factor.score)
        values |= {f"factors.{factor.key}.score": score, f"factors.{factor.key}.note": factor.note}
        values[f"grids.{grid[factor.key]}.audience"] = factor.audience
    for cited in version.reasons.select_related("reason"):
        name = f"reasons.{cited.rank}"
        values |= {
            f"{name}.reason": cited.reason.key,
            f"{name}.basis": cited.basis,
            f"{name}.quote": cited.quote,
            f"{name}.text": cited.text,
        }
        checks = PriceChecks.of(cited)
        values |= {f"{name}.{check}": getattr(checks, check) for check in CHECKS}
    return {name: value for name, value in values.items() if value}


def _answers(definition: TemplateDefinition, values: Mapping[str, str]) -> tuple[AnswerGiven, ...]:
    given = (
        AnswerGiven(
            key=question.key,
            rating=values.get(f"answers.{question.key}.rating", ""),
            value=values.get(f"answers.{question.key}.value", "").strip(),
            text=values.get(f"answers.{question.key}.text", "").strip(),
            audience=values.get(f"answers.{question.key}.audience", ""),
        )
        for question in definition.questions()
    )
    return tuple(answer for answer in given if answer.rating or answer.value or answer.text)


def _factors(definition: TemplateDefinition, values: Mapping[str, str]) -> tuple[FactorGiven, ...]:
    given = (
        FactorGiven(
            key=factor.key,
            score=int(score) if (score := values.get(f"factors.{factor.key}.score")) else None,
            note=values.get(f"factors.{factor.key}.note", "").strip(),
            audience=values.get(f"grids.{section.key}.audience", ""),
        )
        for section in definition.sections
        for factor in section.factors
    )
    return tuple(factor for factor in given if factor.score is not None or factor.note)


def _reasons(values: Mapping[str, str]) -> tuple[ReasonGiven, ...]:
    given: list[ReasonGiven] = []
    errors: dict[str, str] = {}
    for rank in RANKS:
        basis, quote, text, key = (
            values.get(f"reasons.{rank}.{part}", "").strip()
            for part in ("basis", "quote", "text", "reason")
        )
        if key and len(given) < rank - 1:
            errors.setdefault(
                f"reasons.{len(given) + 1}.reason", f"Choose reason {len(given) + 1} first."
            )
        elif key:
            checks = PriceChecks.typed(values, rank)
            given.append(ReasonGiven(key, basis, quote, text, checks))
        elif quote or text:
            errors[f"reasons.{rank}.reason"] = "Choose the reason that these words belong to."
    if errors:
        raise FieldsRefused(errors)
    return tuple(given)
