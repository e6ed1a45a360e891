"""The three planted stories, and the numbers that they must show (docs/demo.md tells them).

All are relative to the day of loading. A *full month* is a calendar month that is over.

1. **Norvik rises in mid-market.** Mid-market deals lost to Norvik: one in each full month until
   seven months ago, then 3, 4, 4, 3, 4, 4 in the last six full months. So any three months in
   a row before the change show 3, any three within the last six show 11.
2. **Deals die in the security review.** In each month three of ten lost deals are lost at the
   stage "Security review"; no other stage reaches half of that.
3. **The Start package fixed the onboarding.** From the first day of the month nine months ago,
   the firm offers a fixed six-week onboarding. Implementation effort is the primary reason of
   22 % of each month's debriefed losses before that day and of 7 % from then on.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.periods import add_months, month_end, month_start

FULL_MONTHS = 18
NORVIK_BEFORE = 1
NORVIK_SINCE = (3, 4, 4)
NORVIK_MONTHS = 6
DEADLY_STAGE = "Security review"
DEADLY_SHARE = 0.30
ACTION_MONTHS_AGO = 9
EFFORT_BEFORE = 0.22
EFFORT_SINCE = 0.07


@dataclass(frozen=True)
class Timeline:
    """The months of the demo, seen from the day of loading."""

    today: date

    @property
    def months(self) -> list[date]:
        """First days of the full months and, last, of the running one."""
        running = month_start(self.today)
        return [add_months(running, step) for step in range(-FULL_MONTHS, 1)]

    @property
    def norvik_since(self) -> date:
        """The first day of the six full months in which Norvik wins more."""
        return add_months(month_start(self.today), -NORVIK_MONTHS)

    @property
    def action_on(self) -> date:
        """The day from which the Start package was offered."""
        return add_months(month_start(self.today), -ACTION_MONTHS_AGO)

    def last_day(self, month: date) -> date:
        return min(month_end(month), self.today)

    def elapsed(self, month: date) -> float:
        """The share of the month that is over, 0 to 1."""
        days = monthrange(month.year, month.month)[1]
        return ((self.last_day(month) - month).days + 1) / days

    def norvik_losses(self, month: date) -> int:
        """Mid-market deals lost to Norvik in this month."""
        place = self.months.index(month) - self.months.index(self.norvik_since)
        if place < 0:
            return NORVIK_BEFORE
        full = NORVIK_SINCE[place % len(NORVIK_SINCE)]
        return round(full * self.elapsed(month))

    def effort_share(self, month: date) -> float:
        """The share of debriefed losses whose primary reason is the implementation effort."""
        return EFFORT_BEFORE if month < self.action_on else EFFORT_SINCE


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to `total`, as near to the weights as can be (largest remainder)."""
    exact = [total * weight / sum(weights) for weight in weights]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: counts[n] - exact[n])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
