"""From deals as columns to the book of series: one bincount for each dimension and pair."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.book import Book
from trends.signals.scan import FEWEST_HITS, Panel
from trends.signals.series import PAIRS, Series, Subject, Value

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Deals:
    """Closed deals of whole weeks, as columns.

    `codes` are places in `ids` (the first is unknown): of each deal where `rows` has no entry for
    the subject, else of each pair of a deal's row and a value. Losses only have a winner and reasons.
    """

    week: Numbers
    weeks: int
    lost: Numbers
    debriefed: Numbers
    codes: Mapping[Subject, Numbers]
    rows: Mapping[Subject, Numbers]
    ids: Mapping[Subject, Sequence[str | None]]


def book_of(deals: Deals, *, leave_out: Collection[Value] = ()) -> Book:
    """The series that have enough hits to ever change, each with its counts by week.

    Values to leave out are in no series, though their deals count among the others.
    """
    series: list[Series] = []
    hits: list[Numbers] = []
    of: list[Numbers] = []
    for found, counts, among in _counted(deals):
        if found.of in leave_out or found.within in leave_out:
            continue
        series.append(found)
        hits.append(counts)
        of.append(among)
    none = np.zeros((0, deals.weeks))
    return Book(series, Panel(np.array(hits) if hits else none, np.array(of) if of else none))


def _counted(deals: Deals) -> Iterator[tuple[Series, Numbers, Numbers]]:
    for subject in Subject:
        if subject is Subject.SEGMENT:
            yield from _losses_by_segment(deals)
            continue
        counts = _by_week(deals, subject, None)[:, 0]
        among = _deals_by_week(deals, subject, None)[0]
        for code in _frequent(counts):
            yield Series(_value(deals, subject, code)), counts[code], among
    for subject, within in PAIRS:
        assert within is not None
        table, among = _by_week(deals, subject, within), _deals_by_week(deals, subject, within)
        for code, group in np.argwhere(table.sum(axis=2) >= FEWEST_HITS).tolist():
            if code and group:
                pair = Series(_value(deals, subject, code), _value(deals, within, group))
                yield pair, table[code, group], among[group]


def _losses_by_segment(deals: Deals) -> Iterator[tuple[Series, Numbers, Numbers]]:
    """A segment's own series: its losses among its closed deals."""
    group = deals.codes[Subject.SEGMENT]
    size = len(deals.ids[Subject.SEGMENT])
    closed = _bincount([group, deals.week], (size, deals.weeks))
    lost = _bincount([group[deals.lost], deals.week[deals.lost]], (size, deals.weeks))
    for code in _frequent(lost):
        yield Series(_value(deals, Subject.SEGMENT, code)), lost[code], closed[code]


def _frequent(counts: Numbers) -> list[int]:
    """The known codes with enough hits in all."""
    return [code for code in np.flatnonzero(counts.sum(axis=1) >= FEWEST_HITS).tolist() if code]


def _value(deals: Deals, subject: Subject, code: int) -> Value:
    return Value(subject, str(deals.ids[subject][code]))


def _base(deals: Deals, subject: Subject) -> Numbers:
    """The deals of which a subject's hits are a part."""
    if subject is Subject.COMPETITOR:
        return np.ones(len(deals.week), dtype=bool)
    return deals.lost & deals.debriefed if subject is Subject.REASON else deals.lost


def _by_week(deals: Deals, subject: Subject, within: Subject | None) -> Numbers:
    """Hits by code, group and week; one group where nothing narrows."""
    codes = deals.codes[subject]
    rows = deals.rows.get(subject, np.arange(len(deals.week)))
    keep = _base(deals, subject)[rows]
    rows, codes = rows[keep], codes[keep]
    group = np.zeros(len(rows), dtype=np.int64) if within is None else deals.codes[within][rows]
    groups = 1 if within is None else len(deals.ids[within])
    return _bincount(
        [codes, group, deals.week[rows]], (len(deals.ids[subject]), groups, deals.weeks)
    )


def _deals_by_week(deals: Deals, subject: Subject, within: Subject | None) -> Numbers:
    base = _base(deals, subject)
    week = deals.week[base]
    if within is None:
        return _bincount([week], (deals.weeks,))[None, :]
    return _bincount([deals.codes[within][base], week], (len(deals.ids[within]), deals.weeks))


def _bincount(places: Sequence[Numbers], shape: tuple[int, ...]) -> Numbers:
    flat = np.zeros(len(places[0]), dtype=np.int64)
    for place, size in zip(places, shape, strict=True):
        flat = flat * size + place
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(float)
