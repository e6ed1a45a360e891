"""What calls about debriefs take, and how it stands in a draft."""

from decimal import Decimal

from pydantic import Field, StrictFloat, StrictInt

from common.api import (
    Id,
    Strict,
    Text,
)
from deals.models import Outcome
from debriefs.fields import RANKS
from debriefs.models import (
    Audience,
    Basis,
    CheckAnswer,
    Rating,
    RunnerUpBasis,
)
from debriefs.price import CHECKS


class AnswerBody(Strict):
    """Which of `rating`, `value` and `text` a question takes, its kind says."""

    rating: Rating | None = None
    value: StrictInt | StrictFloat | Text | list[Text] | None = Field(
        None,
        description="1 to 5 on a scale, the key of an option, the keys of several, a number, "
        "a date such as 2026-03-31.",
    )
    text: Text | None = None
    audience: Audience | None = Field(
        None, description="Wider than its section's; that of the section where empty."
    )


class FactorBody(Strict):
    score: int | None = Field(None, ge=-2, le=2, description="From hurt us a lot to helped a lot.")
    note: Text | None = None


class GridBody(Strict):
    audience: Audience | None = Field(
        None, description="Wider than its section's; that of the section where empty."
    )


class PriceChecksBody(Strict):
    """The checks of a reason that asks for them; without three good answers it is “untested”."""

    gap_known: CheckAnswer | None = None
    gap_percent: Decimal | None = Field(
        default=None,
        gt=0,
        lt=1000,
        decimal_places=1,
        description="How much dearer, of the other offer.",
    )
    budget_owner_met: CheckAnswer | None = None
    won_at_equal_price: CheckAnswer | None = None


class ReasonBody(Strict):
    reason: Text = Field(description="Its key in the reason list.")
    basis: Basis = Field(description="How we know.")
    quote: Text = Field("", description="The buyer's own words.")
    text: Text = Field("", description="What it was, for “other” and “don't know”.")
    price_checks: PriceChecksBody | None = None


class RunnerUpBody(Strict):
    was: bool | None = None
    basis: RunnerUpBasis | None = None
    evidence: Text | None = None


class HindsightBody(Strict):
    """What the author says looking back; read by sales."""

    missed_sign: Text | None = None
    missed_sign_stage: Text | None = Field(None, description="A stage, by its name.")
    unmet_need: Text | None = None
    rival_better: Text | None = None
    idea: Text | None = None


class FactsBody(Strict):
    """Corrections of what the CRM knows, as written; an empty one says that it isn't known."""

    outcome: Outcome | None = None
    closed_on: Text | None = None
    stage: Text | None = None
    amount: Text | None = None
    currency: Text | None = None
    account: Text | None = None
    product: Text | None = None
    competitors: Text | None = Field(None, description="Names, one a line.")
    winner: Text | None = None


class DraftBody(Strict):
    """What to save. What is left out stays; `reasons` replaces all reasons, in rank order."""

    answers: dict[Text, AnswerBody] = {}
    factors: dict[Text, FactorBody] = {}
    grids: dict[Text, GridBody] = Field({}, description="By section: who reads its factors.")
    reasons: list[ReasonBody] | None = Field(None, max_length=3)
    runner_up: RunnerUpBody | None = None
    hindsight: HindsightBody | None = None
    facts: FactsBody | None = None
    base_revision: int | None = Field(
        None, ge=0, description="The revision you read; without it, what you send is kept."
    )

    def values(self) -> dict[str, str]:
        """The fields by the names under which a draft keeps them."""
        values: dict[str, str] = {}
        for key, answer in self.answers.items():
            values |= _said(f"answers.{key}", answer)
        for key, factor in self.factors.items():
            values |= _said(f"factors.{key}", factor)
        for key, grid in self.grids.items():
            values |= _said(f"grids.{key}", grid)
        for rank in RANKS if self.reasons is not None else ():
            values |= _reason_values(rank, self.reasons or [])
        if self.runner_up:
            values |= _said("runner_up", self.runner_up)
        if self.hindsight:
            values |= _said("hindsight", self.hindsight)
        if self.facts:
            values |= _said("facts", self.facts)
        return values


class DebriefIn(Strict):
    deal: Id


def _said(prefix: str, part: Strict) -> dict[str, str]:
    """The values that were sent, as a draft keeps them: strings, an empty one for null."""
    sent = {name: getattr(part, name) for name in part.model_fields_set}
    return {f"{prefix}.{name}": _as_text(value) for name, value in sent.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _reason_values(rank: int, reasons: list[ReasonBody]) -> dict[str, str]:
    given = reasons[rank - 1] if rank <= len(reasons) else None
    checks = given.price_checks if given else None
    parts = {part: getattr(given, part, "") for part in ("reason", "basis", "quote", "text")}
    parts |= {check: getattr(checks, check, "") for check in CHECKS}
    return {f"reasons.{rank}.{part}": _as_text(value) for part, value in parts.items()}
