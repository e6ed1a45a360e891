"""The dimensions: what deals can be divided by, and what filters may name.

The dimension of an attribute that a CRM brought is `attribute:KEY`.
"""

from dataclasses import dataclass
from enum import StrEnum

from trends.errors import TrendError
from trends.layout import ATTRIBUTE


class Shape(StrEnum):
    """How many values a deal has in a dimension."""

    SINGLE = "single"  # one, or unknown
    SEVERAL = "several"  # several: bars overlap and add up to more than the deals
    TIME = "time"  # the period of the closing day


@dataclass(frozen=True)
class Dimension:
    """One dimension. `filter_only` ones can't be asked for with `by`."""

    name: str
    label: str
    shape: Shape = Shape.SINGLE
    filter_only: bool = False

    @property
    def is_time(self) -> bool:
        return self.shape is Shape.TIME


DIMENSIONS: dict[str, Dimension] = {
    each.name: each
    for each in (
        Dimension("month", "Month", Shape.TIME),
        Dimension("week", "Week", Shape.TIME),
        Dimension("quarter", "Quarter", Shape.TIME),
        Dimension("outcome", "Outcome"),
        Dimension("reason", "Reason", Shape.SEVERAL),
        Dimension("reason_group", "Kind of reason", Shape.SEVERAL),
        Dimension("untested_reason", "Reason, untested", Shape.SEVERAL),
        Dimension("price_check", "Price checks"),
        Dimension("unmet_need", "Unmet need"),
        Dimension("rival_strength", "Strength of the rival"),
        Dimension("competitor", "Competitor met", Shape.SEVERAL),
        Dimension("winner", "Who won"),
        Dimension("stage", "Stage"),
        Dimension("segment", "Segment"),
        Dimension("industry", "Industry"),
        Dimension("country", "Country"),
        Dimension("region", "Region"),
        Dimension("product", "Product"),
        Dimension("team", "Team"),
        Dimension("rep", "Rep"),
        Dimension("factor", "Factor that hurt", Shape.SEVERAL),
        Dimension("question", "Question answered no", Shape.SEVERAL),
        Dimension("debrief", "Debrief"),
        Dimension("amount", "Amount", filter_only=True),
        Dimension("primary_reason", "Primary reason", filter_only=True),
    )
}


def dimension(name: str, *, field: str) -> Dimension:
    """The dimension of that name. TrendError at `field` when there is none."""
    if name in DIMENSIONS:
        return DIMENSIONS[name]
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return Dimension(name, name.removeprefix(ATTRIBUTE))
    known = ", ".join(each.name for each in DIMENSIONS.values() if not each.filter_only)
    raise TrendError(
        field, f"There is no dimension called “{name}”. Choose from {known}, attribute:KEY."
    )
