"""The deals behind a number, by the month blocks that it was counted from."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from trends.axes import Mask, period_bounds
from trends.counting import Frame, Sums, needs_reason
from trends.errors import TrendError
from trends.query import TrendQuery
from trends.snapshot import Month
from trends.source import month_of_number

# A closing's id has no more: with its day above them, one number tells its place.
ID_BITS = 32
LARGEST_ID = 2**ID_BITS - 1


@dataclass(frozen=True)
class Drill:
    """One page of the deals behind a number: closing ids, latest first, and how many in all.

    `after` is what to pass for the next page, None on the last one. `amount` is the sum over the
    `known` of all the deals whose amount is known, in minor units of the reporting currency.
    """

    closing_ids: tuple[int, ...]
    total: int
    after: tuple[date, int] | None
    known: int = 0
    amount: int = 0


def page_of(frame: Frame, after: tuple[date, int] | None, limit: int) -> Drill:
    """One page of the deals of a frame, latest closing first."""
    sums = Sums(frame, ())
    found: list[tuple[date, int]] = []
    for month in reversed(frame.months):
        if after is None or month_of_number(month.number) <= after[0]:
            found += _latest(month, frame.mask(month), after, limit + 1 - len(found))
        if len(found) > limit:
            break
    page = found[:limit]
    return Drill(
        closing_ids=tuple(closing for _, closing in page),
        total=int(sums["both"]),
        after=page[-1] if len(found) > limit else None,
        known=int(sums["known"]),
        amount=sums.amount("known", ()),
    )


def _latest(
    month: Month, mask: Mask, after: tuple[date, int] | None, most: int
) -> list[tuple[date, int]]:
    """The latest of a month's deals, by day and then by id."""
    days, closings = month.block["day"], month.block["closing"]
    if mask is not None:
        days, closings = days[mask], closings[mask]
    places = (days.astype(np.int64) << ID_BITS) | closings
    first = month_of_number(month.number)
    if after is not None:
        day, closing = (after[0] - first).days + 1, min(max(after[1], 0), LARGEST_ID)
        places = places[places < (day << ID_BITS) + closing]
    if len(places) > most:
        places = np.partition(places, -most)[-most:]
    return [
        (first + timedelta(days=(place >> ID_BITS) - 1), place & LARGEST_ID)
        for place in np.sort(places)[::-1].tolist()
    ]


_BEHIND: dict[str, tuple[str, ...]] = {
    "lost": ("lost",),
    "won": ("won",),
    "lost_amount": ("lost", "known"),
    "won_amount": ("won", "known"),
    "median_amount": ("known",),
    "cycle_days": ("timed",),
    "mentions": ("lost", "citing"),
    "primary": ("lost", "primary"),
    "lift": ("lost",),
}


def facts_behind(query: TrendQuery) -> tuple[str, ...]:
    """What is true of the deals that the measure's `n` counts."""
    facts = _BEHIND.get(query.measure, ())
    return (*facts, "lost") if needs_reason(query.by) or "winner" in query.by else facts


def cut_to(query: TrendQuery, name: str, value: str | None) -> TrendQuery:
    bounds = period_bounds(name, value or "")
    if bounds is None:
        raise TrendError(name, f"“{value}” is no {name}.")
    since = max(query.since, bounds.since) if query.since else bounds.since
    until = min(query.until, bounds.until) if query.until else bounds.until
    if until < since:
        raise TrendError(name, f"{value} lies outside the period.")
    return replace(query, since=since, until=until)
