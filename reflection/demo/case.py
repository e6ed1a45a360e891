"""A closed deal as the one who debriefs it knows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from deals.models import Outcome


@dataclass(frozen=True)
class Case:
    """A closing as its author knows it. `reasons` ranked, primary first; empty on most wins."""

    outcome: Outcome
    reasons: tuple[str, ...]
    words: Mapping[str, str]
    beaten_by_norvik: bool
    in_security_review: bool
    start_package: bool
    stage: str

    @property
    def is_lost(self) -> bool:
        return self.outcome.is_lost

    @property
    def primary(self) -> str:
        return self.reasons[0] if self.is_lost else ""
