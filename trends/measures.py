"""The measures, and which of them goes with which dimension, with the reason where it doesn't."""

from dataclasses import dataclass
from enum import StrEnum

from trends.dimensions import Dimension
from trends.errors import TrendError


class Unit(StrEnum):
    COUNT = "count"
    RATE = "rate"  # 0 to 1
    MONEY = "money"  # in the reporting currency
    DAYS = "days"
    RATIO = "ratio"


@dataclass(frozen=True)
class Measure:
    """One measure. `denominator` says in words what a share or rate is of."""

    name: str
    label: str
    unit: Unit
    denominator: str


_DEALS = "the closed deals of the same period and filters"
_LOSSES = "the lost deals of the same period and filters"
_DEBRIEFED = "the debriefed lost deals of the same period and filters"

MEASURES: dict[str, Measure] = {
    each.name: each
    for each in (
        Measure("deals", "Closed deals", Unit.COUNT, _DEALS),
        Measure("lost", "Lost deals", Unit.COUNT, _LOSSES),
        Measure("won", "Won deals", Unit.COUNT, "the won deals of the same period and filters"),
        Measure("win_rate", "Win rate", Unit.RATE, "the closed deals of the row"),
        Measure("lost_amount", "Lost amount", Unit.MONEY, "lost deals whose amount is known"),
        Measure("won_amount", "Won amount", Unit.MONEY, "won deals whose amount is known"),
        Measure("median_amount", "Median amount", Unit.MONEY, "deals whose amount is known"),
        Measure("cycle_days", "Median days to close", Unit.DAYS, "deals whose opening is known"),
        Measure("mentions", "Losses citing", Unit.COUNT, _DEBRIEFED),
        Measure("primary", "Losses with it as primary reason", Unit.COUNT, _DEBRIEFED),
        Measure("coverage", "Coverage", Unit.RATE, "the closed deals of the row"),
        Measure("lift", "Lift", Unit.RATIO, "its share of losses against its share of wins"),
    )
}

CITED = frozenset({"reason", "reason_group", "untested_reason"})
SCORED = frozenset({"factor", "question"})
CODED = frozenset({"unmet_need", "rival_strength", "price_check"})
# Dimensions that tell what a debrief says; a deal without one has no value in them.
SAID = CITED | SCORED | CODED | {"primary_reason"}
# Measures that tell what debriefs say, whatever they are divided by.
SAYING = frozenset({"mentions", "primary"})

_BY_REASON = (
    "Reasons are asked of lost deals, so they have no {measure}: take lost, mentions or lift."
)
_BY_WINNER = "A winner stands on lost deals only: take lost or lost_amount."
_BY_OUTCOME = "An outcome is already won or lost, so its {measure} says nothing."
_BY_SCORE = "Factors and questions stand in debriefs only: coverage by them would always be 100 %."
_BY_CODE = "Codes and price checks stand in debriefs only: coverage by them would be 100 %."
_BY_DEBRIEF = "Coverage by whether there is a debrief is 0 or 100 % by itself."
_LIFT_TIME = "Lift compares losses with wins over the whole period: take win_rate over time."

# Pairs not named here are answered.
REFUSED: dict[str, dict[str, str]] = {
    "deals": {**dict.fromkeys(CITED, _BY_REASON), "winner": _BY_WINNER},
    "won": {**dict.fromkeys(CITED, _BY_REASON), "winner": _BY_WINNER},
    "win_rate": {
        **dict.fromkeys(CITED, _BY_REASON),
        "winner": _BY_WINNER,
        "outcome": _BY_OUTCOME,
    },
    "won_amount": {**dict.fromkeys(CITED, _BY_REASON), "winner": _BY_WINNER},
    "coverage": {
        **dict.fromkeys(CITED, "A reason stands in a debrief: its coverage is always 100 %."),
        **dict.fromkeys(SCORED, _BY_SCORE),
        **dict.fromkeys(CODED, _BY_CODE),
        "debrief": _BY_DEBRIEF,
    },
    "lift": {
        **dict.fromkeys(("month", "week", "quarter"), _LIFT_TIME),
        "outcome": _BY_OUTCOME,
        "winner": _BY_WINNER,
    },
}


def measure(name: str) -> Measure:
    """The measure of that name. TrendError when there is none."""
    if name not in MEASURES:
        raise TrendError(
            "measure", f"There is no measure called “{name}”. Choose from {', '.join(MEASURES)}."
        )
    return MEASURES[name]


def why_refused(measure_name: str, dimension: Dimension) -> str | None:
    """Why the measure doesn't go with the dimension, None when it does."""
    reason = REFUSED.get(measure_name, {}).get(dimension.name)
    return reason.format(measure=measure_name) if reason else None
