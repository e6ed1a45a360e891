"""Books of made-up series, a share a week."""

from collections.abc import Sequence

import numpy as np

from trends.signals.book import Book
from trends.signals.scan import Panel
from trends.signals.series import Series, Subject, Value

WEEKS = 130


def reason(name: str, segment: str | None = None) -> Series:
    within = Value(Subject.SEGMENT, segment) if segment else None
    return Series(Value(Subject.REASON, name), within)


def winner(name: str, segment: str | None = None) -> Series:
    within = Value(Subject.SEGMENT, segment) if segment else None
    return Series(Value(Subject.WINNER, name), within)


def steady(hits: Sequence[float] | float, weeks: int = WEEKS) -> np.ndarray:
    """So many hits a week on average, in whole numbers spread evenly."""
    a_week = np.broadcast_to(np.array(hits, dtype=float), (weeks,))
    return np.diff(np.floor(np.concatenate([[0.0], a_week.cumsum()]) + 0.5))


def stepped(before: float, after: float, since: int, weeks: int = WEEKS) -> np.ndarray:
    return steady([before if week < since else after for week in range(weeks)], weeks)


def book(rows: dict[Series, tuple[np.ndarray, float]]) -> Book:
    """Hits by week of each series, of so many deals a week."""
    hits = np.array([each for each, _ in rows.values()])
    deals = np.array([steady(of, hits.shape[1]) for _, of in rows.values()])
    return Book(list(rows), Panel(hits, deals))
