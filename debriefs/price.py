"""When a reason of price counts as tested: the three checks that choosing it asks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from debriefs.models import CheckAnswer, CitedReason

# The fields of a cited reason, in the order in which they are asked.
CHECKS = ("gap_known", "gap_percent", "budget_owner_met", "won_at_equal_price")
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d)?)\s*%?", re.ASCII)


@dataclass(frozen=True)
class PriceChecks:
    """The checks as a person answered them; `gap_percent` as written, such as "20" or "12,5 %"."""

    gap_known: str = ""
    gap_percent: str = ""
    budget_owner_met: str = ""
    won_at_equal_price: str = ""

    @classmethod
    def of(cls, cited: CitedReason) -> "PriceChecks":
        percent = cited.gap_percent
        return cls(
            cited.gap_known,
            "" if percent is None else f"{percent.normalize():f}",
            cited.budget_owner_met,
            cited.won_at_equal_price,
        )

    @classmethod
    def typed(cls, values: Mapping[str, str], rank: int) -> "PriceChecks":
        """Those of the reason at this rank among a draft's values."""
        return cls(**{check: values.get(f"reasons.{rank}.{check}", "") for check in CHECKS})

    @property
    def percent(self) -> Decimal | None:
        """How much dearer we were, in percent of the other offer; None where it isn't known."""
        found = _PERCENT.fullmatch(self.gap_percent.strip())
        if self.gap_known != CheckAnswer.YES or found is None:
            return None
        return Decimal(found[1].replace(",", "."))

    def in_words(self) -> tuple[str, ...]:
        """What was answered, a phrase each."""
        gap = f"{self.percent.normalize():f} % dearer" if self.percent else "gap known, no figure"
        said = (
            {"yes": gap, "no": "gap not known"}.get(self.gap_known),
            {"yes": "budget owner met", "no": "budget owner not met"}.get(self.budget_owner_met),
            {
                "yes": "would have won at an equal price",
                "no": "would have lost at an equal price too",
                "dont_know": "unknown whether we would have won at an equal price",
            }.get(self.won_at_equal_price),
        )
        return tuple(phrase for phrase in said if phrase)

    def complaints(self) -> Iterator[tuple[str, str]]:
        """What can't be kept, by check. None of them has to be answered."""
        if self.gap_known == CheckAnswer.YES and self.gap_percent.strip() and not self.percent:
            yield (
                "gap_percent",
                "Say how much dearer we were, in percent of the other offer, such as 20.",
            )


def is_untested(checks: PriceChecks) -> bool:
    """Price, untested: not all three checks passed.

    They pass when the gap was known and is put in figures, the budget owner was met, and we
    would have won at an equal price. A check that isn't answered doesn't pass.
    """
    return not (
        checks.percent
        and checks.budget_owner_met == CheckAnswer.YES
        and checks.won_at_equal_price == CheckAnswer.YES
    )


def marked(name: str, *, untested: bool) -> str:
    """A reason's name as it is shown: "Price, untested"."""
    return f"{name}, untested" if untested else name
