"""What may be true of a deal, and so counted or asked for, by name."""

from collections.abc import Callable

import numpy as np

from trends.codec import Column
from trends.coding import Coding, cited_in
from trends.layout import DISMISSED, SUBMITTED, UNKNOWN, WON
from trends.snapshot import Month

# Amounts are summed in two halves, so that float64 sums of either are exact.
HALF_BITS = 26
LOW = (1 << HALF_BITS) - 1


def _lost(month: Month) -> Column:
    true: Column = month.block["outcome"] != WON
    return true


def _won(month: Month) -> Column:
    true: Column = month.block["outcome"] == WON
    return true


def _debriefed(month: Month) -> Column:
    true: Column = month.block["debrief"] == SUBMITTED
    return true


def _dismissed(month: Month) -> Column:
    true: Column = month.block["debrief"] == DISMISSED
    return true


def known(month: Month) -> Column:
    true: Column = month.block["amount"] != UNKNOWN
    return true


def _citing(month: Month, judged: int) -> Column:
    """Deals that cite something in a judgement."""
    citing = np.zeros(len(month), dtype=bool)
    citing[month.block["cited.row"][cited_in(month, judged)]] = True
    return citing


def _has_primary(month: Month, judged: int) -> Column:
    """Deals of which a primary reason is named in a judgement."""
    primary = np.zeros(len(month), dtype=bool)
    first = cited_in(month, judged) & (month.block["cited.rank"] == 1)
    primary[month.block["cited.row"][first]] = True
    return primary


# What may be true of a deal, and so counted, by name.
FACTS: dict[str, Callable[[Month], Column]] = {
    "both": lambda month: np.ones(len(month), dtype=bool),
    "lost": _lost,
    "won": _won,
    "known": known,
    "timed": lambda month: month.block["cycle"] != UNKNOWN,
    "debriefed": _debriefed,
    "lost_debriefed": lambda month: _lost(month) & _debriefed(month),
    "lost_undebriefed": lambda month: _lost(month) & ~_debriefed(month),
    "undebriefed_known": lambda month: _lost(month) & ~_debriefed(month) & known(month),
    "won_debriefed": lambda month: _won(month) & _debriefed(month),
    "lost_dismissed": lambda month: _lost(month) & _dismissed(month),
    "won_dismissed": lambda month: _won(month) & _dismissed(month),
    "lost_known": lambda month: _lost(month) & known(month),
    "won_known": lambda month: _won(month) & known(month),
}


# Of these it depends on whose judgement counts.
JUDGED_FACTS: dict[str, Callable[[Month, int], Column]] = {
    "citing": _citing,
    "primary": _has_primary,
    "lost_citing": lambda month, judged: _lost(month) & _citing(month, judged),
}


def true_of(month: Month, fact: str, coding: Coding) -> Column:
    """Of which of the month's deals the fact is true; worked out once in a block's life."""
    judged = coding.judged if fact in JUDGED_FACTS else 0
    key = ("fact", fact, judged)
    found: Column | None = month.derived.get(key)
    if found is None:
        made = JUDGED_FACTS[fact](month, judged) if judged else FACTS[fact](month)
        found = month.derived[key] = made
    return found


# Sums whose deals are those of another name, counted in their own way.
ALIKE = {
    "lost_asked": "lost",
    "won_asked": "won",
    "lost_primary": "lost",
    "lost_high": "lost_known",
    "lost_low": "lost_known",
    "undebriefed_high": "undebriefed_known",
    "undebriefed_low": "undebriefed_known",
    "won_high": "won_known",
    "won_low": "won_known",
    "known_high": "known",
    "known_low": "known",
}
