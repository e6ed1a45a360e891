"""What was answered, as a person reads it before submitting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deals.models import Outcome
from debriefs.fields import FACTS, RANKS
from debriefs.forms import SCORE_WORDS, ReasonChoice
from debriefs.models import Audience, Basis, Rating
from debriefs.queries.work import Work
from debriefs.questions import Section
from debriefs.steps import OUTCOME, Step, steps_of


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
        Part(step, [*_lines(work, step, reasons, errors)]) for step in steps_of(work.definition)
    ]


def dropped(work: Work) -> list[str]:
    """What was typed and will not be submitted, since a won deal has no runner-up."""
    values = work.values
    typed = values.get("runner_up.was") or values.get("runner_up.evidence")
    return ["Whether we were the runner-up"] if typed and not work.is_lost else []


def _lines(
    work: Work, step: Step, reasons: tuple[ReasonChoice, ...], errors: Mapping[str, str]
) -> Iterator[Line]:
    if step.key == OUTCOME:
        yield from _facts(work, errors)
        yield from _why(work, {reason.key: reason.name for reason in reasons}, errors)
    for section in step.sections:
        yield from _answers(section, work.values, errors)


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


def _why(work: Work, names: Mapping[str, str], errors: Mapping[str, str]) -> Iterator[Line]:
    values = work.values
    if work.is_lost and values.get("runner_up.was"):
        yield Line(
            "runner_up.was",
            "Runner-up",
            choice="Yes" if values["runner_up.was"] == "yes" else "No",
            text=values.get("runner_up.evidence", ""),
            error=errors.get("runner_up.was", "") or errors.get("runner_up.evidence", ""),
        )
    for rank in RANKS:
        prefix = f"reasons.{rank}"
        key = values.get(f"{prefix}.reason", "")
        parts = [f"{prefix}.{part}" for part in ("reason", "text", "basis", "quote")]
        bad = next((part for part in parts if part in errors), "")
        if not (key or bad):
            continue
        basis = values.get(f"{prefix}.basis", "")
        quote = values.get(f"{prefix}.quote", "")
        words = [values.get(f"{prefix}.text", ""), f"“{quote}”" if quote else ""]
        yield Line(
            bad or parts[0],
            "Primary reason" if rank == 1 else f"Reason {rank}",
            choice=" · ".join(
                filter(None, [names.get(key, key), Basis(basis).label if basis else ""])
            ),
            text="\n".join(filter(None, words)),
            error=errors.get(bad, ""),
        )


def _answers(
    section: Section, values: Mapping[str, str], errors: Mapping[str, str]
) -> Iterator[Line]:
    for question in section.questions:
        prefix = f"answers.{question.key}"
        rating, text = values.get(f"{prefix}.rating", ""), values.get(f"{prefix}.text", "")
        parts = [f"{prefix}.{part}" for part in ("rating", "text", "audience")]
        bad = next((part for part in parts if part in errors), "")
        if rating or text.strip() or bad:
            reader = values.get(f"{prefix}.audience") or section.audience
            yield Line(
                bad or (parts[0] if rating else parts[1]),
                question.text,
                choice=Rating(rating).label if rating else "",
                text=text,
                readers=Audience(reader).label,
                error=errors.get(bad, ""),
            )
    for factor in section.factors:
        prefix = f"factors.{factor.key}"
        score, note = values.get(f"{prefix}.score", ""), values.get(f"{prefix}.note", "")
        bad = next((n for n in (f"{prefix}.score", f"{prefix}.note") if n in errors), "")
        if score or note or bad:
            yield Line(
                bad or f"{prefix}.score",
                factor.name,
                choice=SCORE_WORDS[int(score)] if score else "",
                text=note,
                error=errors.get(bad, ""),
            )
