"""What the plan hands to the loader: deals, closings and debriefs as plain frozen values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from deals.models import Outcome
from debriefs.hindsight import Hindsight
from debriefs.models import Basis
from debriefs.price import PriceChecks


@dataclass(frozen=True)
class PlannedAccount:
    name: str
    team: str
    country: str
    industry: str
    segment: str
    employees: int
    currency: str
    sites: tuple[str, ...]
    system: str


@dataclass(frozen=True)
class PlannedClosing:
    """One closing; `reopened_on` when the deal was opened again."""

    closed_on: date
    outcome: Outcome
    stage: str
    winner: str | None
    amount: Decimal | None
    recorded_at: datetime
    reopened_at: datetime | None = None


@dataclass(frozen=True)
class PlannedReason:
    key: str
    basis: Basis
    quote: str = ""
    text: str = ""
    checks: PriceChecks | None = None


@dataclass(frozen=True)
class PlannedAnswer:
    key: str
    rating: str
    text: str
    audience: str


@dataclass(frozen=True)
class PlannedVersion:
    """One submitted version; factors are key to (score, note)."""

    submitted_at: datetime
    answers: tuple[PlannedAnswer, ...]
    factors: dict[str, tuple[int, str]]
    reasons: tuple[PlannedReason, ...]
    was_runner_up: bool | None
    evidence: str
    evidence_kind: str
    hindsight: Hindsight
    seconds: int


@dataclass(frozen=True)
class PlannedDebrief:
    """All versions by one author of the closing at this place in the deal's list."""

    closing: int
    author: str
    versions: tuple[PlannedVersion, ...]


@dataclass(frozen=True)
class PlannedDeal:
    """A deal; open when its last closing was reopened or it has none. Names, not ids."""

    number: int
    name: str
    account: PlannedAccount
    owner: str
    product: str
    met: tuple[str, ...]
    stage: str
    opened_on: date
    amount: Decimal | None
    lead_source: str
    notes: str
    closings: tuple[PlannedClosing, ...] = ()
    debriefs: tuple[PlannedDebrief, ...] = field(default=())

    @property
    def is_open(self) -> bool:
        return not self.closings or self.closings[-1].reopened_at is not None

    @property
    def last(self) -> PlannedClosing:
        return self.closings[-1]
