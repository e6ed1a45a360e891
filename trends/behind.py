"""The deals behind a number, by the month blocks that it was counted from."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from trends.axes import period_bounds
from trends.codec import Column
from trends.counting import Frame, needs_reason
from trends.errors import TrendError
from trends.layout import UNKNOWN
from trends.query import TrendQuery
from trends.snapshot import Month
from trends.source import month_of_number


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
    total, known, amount = 0, 0, 0
    found: list[tuple[date, int]] = []
    for month in reversed(frame.months):
        mask = frame.mask(month)
        rows = np.arange(len(month)) if mask is None else np.flatnonzero(mask)
        total += len(rows)
        amounts = month.block["amount"][rows].astype(np.int64)
        amounts = amounts[amounts != UNKNOWN]
        known += len(amounts)
        amount += _sum(amounts)
        if len(found) <= limit:
            found += _in_order(month, rows, after)
    page = found[:limit]
    return Drill(
        closing_ids=tuple(closing for _, closing in page),
        total=total,
        after=page[-1] if page and len(found) > limit else None,
        known=known,
        amount=amount,
    )


def _sum(amounts: Column) -> int:
    """The exact sum: in two halves, either of which is far below what 64 bits hold."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())


def _in_order(month: Month, rows: Column, after: tuple[date, int] | None) -> list[tuple[date, int]]:
    days = month.block["day"][rows].astype(np.int64)
    closings = month.block["closing"][rows].astype(np.int64)
    first = month_of_number(month.number)
    if after is not None:
        after_day = (after[0] - first).days + 1
        later = (days < after_day) | ((days == after_day) & (closings < after[1]))
        days, closings = days[later], closings[later]
    order = np.lexsort((-closings, -days))
    return [
        (first + timedelta(days=day - 1), closing)
        for day, closing in zip(days[order].tolist(), closings[order].tolist(), strict=True)
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
