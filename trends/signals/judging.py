"""Which changes are told: beyond the level of their series, each once, the plainest of those alike."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.book import Book
from trends.signals.exact import tail, tail_down
from trends.signals.levels import Levels
from trends.signals.scan import DOWN, MOST_BEFORE, UP, scan
from trends.signals.season import is_seasonal
from trends.signals.series import Series, Subject
from trends.signals.shape import Change, change_at

Numbers = npt.NDArray[Any]

QUARTERS_A_YEAR = 4
_RAREST = 1e-9
_ARRIVALS = 0.01  # false ones a year, at most; the benchmark counts them with the others
ARRIVED_WITHIN = 13
ARRIVED_AFTER = 52
FEWEST_ARRIVED = 3

_WEAKEST = 5.0  # times its level: what is named beside a signal that it changed with
_OF_ITS_OWN = 0.002  # below it, what is left of a change is a change of its own
_A_SIGN = 0.02  # above it, what is left shows no sign of a change
_JUST_AFTER = 1e-9
_NEARLY_ALL = 0.9
_ARRIVING = (Subject.REASON, Subject.WINNER, Subject.COMPETITOR)
# What one value of these gains, the others lose.
_PARTS_OF_ONE = (Subject.STAGE, Subject.WINNER, Subject.REASON)


class Kind(StrEnum):
    LEVEL = "level"
    DRIFT = "drift"
    NEW = "new"


@dataclass(frozen=True)
class Finding:
    """A change of one series.

    `strength` is its score over the level of its series: at most 1 is a signal.
    `a_year` is how often this series would reach the score by chance, all weeks and windows counted;
    `any_a_year` how often any series would be as strong. `likewise` are the series that changed with
    it and are not told apart.
    """

    place: int
    kind: Kind
    direction: int
    strength: float
    score: float
    a_year: float
    any_a_year: float
    change: Change
    likewise: tuple[int, ...] = ()

    @property
    def once_in_quarters(self) -> float:
        """How rarely chance would do this to this series."""
        return QUARTERS_A_YEAR / max(self.a_year, _RAREST)

    @property
    def any_once_in_quarters(self) -> float:
        """How rarely chance would show any signal as strong, where nothing changes."""
        return QUARTERS_A_YEAR / max(self.any_a_year, _RAREST)


@dataclass(frozen=True)
class Standing:
    """A signal that was told and is not over, as far as a look needs to know it."""

    place: int
    direction: int


def look(
    book: Book,
    week: int,
    *,
    standing: Collection[Standing] = (),
    ended: dict[int, int] | None = None,
    is_first: bool = False,
) -> list[Finding]:
    """What to tell when `week` weeks are over, strongest first.

    `ended` are the weeks in which signals of a series were last over: what began before is told. What a
    season explains counts as told.
    The first look of all, at a history that was never looked at, is a single one and not one of
    52 a year: at the same cost in false alarms it may tell more.
    """
    levels = Levels(book, week, is_first=is_first)
    found = [*_arrivals(book, week), *_shifts(book, week, levels)]
    in_season = [
        each for each in found if is_seasonal(book.sums, each.place, each.change, each.direction)
    ]
    standing = [*standing, *(Standing(each.place, each.direction) for each in in_season)]
    taken = {each.place for each in standing}
    fresh = [each for each in found if each.place not in taken and _began_after(each, ended or {})]
    leaders = _told_apart(book, week, fresh, standing)
    return [each for each in leaders if each.strength <= 1]


def _shifts(book: Book, week: int, levels: Levels) -> Iterable[Finding]:
    for direction in (UP, DOWN):
        standards = levels.standards[direction]
        limits = _WEAKEST * standards
        found = scan(book.sums, week, direction=direction, limits=limits, spread=levels.spread)
        scores = found.scores
        with np.errstate(divide="ignore"):
            strengths = scores / standards
        for place in np.flatnonzero(strengths <= _WEAKEST).tolist():
            change = change_at(book.sums, place, week, direction)
            kind = Kind.DRIFT if change.is_drift else Kind.LEVEL
            if direction == UP and change.hits_before == 0:
                kind = Kind.NEW
            strength, score = float(strengths[place]), float(scores[place])
            yield Finding(
                place,
                kind,
                direction,
                strength,
                score,
                levels.a_year(place, score, direction),
                levels.any_a_year(place, score, direction),
                change,
            )


def _arrivals(book: Book, week: int) -> Iterable[Finding]:
    """Three deals within a quarter with what no deal had in the year or two before.

    Nothing that was there before does this by chance more than once in some hundred years.
    """
    if week - ARRIVED_WITHIN < ARRIVED_AFTER:
        return
    k, n, k_before, n_before = book.sums.window(week, ARRIVED_WITHIN)
    for subject in _ARRIVING:
        for place in book.families.get((subject, None), np.empty(0, dtype=int)).tolist():
            if k_before[place] == 0 and k[place] >= FEWEST_ARRIVED and n_before[place]:
                change = change_at(book.sums, place, week, UP)
                at = slice(place, place + 1)
                score = float(tail(k[at], n[at], k_before[at], n_before[at])[0])
                yield Finding(
                    place, Kind.NEW, UP, min(score, 1.0), score, _ARRIVALS, _ARRIVALS, change
                )


def _began_after(finding: Finding, ended: dict[int, int]) -> bool:
    return finding.change.onset >= ended.get(finding.place, 0)


def _told_apart(
    book: Book, week: int, found: list[Finding], standing: Collection[Standing]
) -> list[Finding]:
    """The strongest of each group that tells of one change, with the others as its likewise."""
    leaders: list[Finding] = []
    for finding in _in_order(book, week, found):
        if any(finding.place == each.place for each in leaders):
            continue
        if any(_is_part_of(book, week, finding, each.place, each.direction) for each in standing):
            continue
        for n, leader in enumerate(leaders):
            if _is_part_of(book, week, finding, leader.place, leader.direction):
                leaders[n] = replace(leader, likewise=(*leader.likewise, finding.place))
                break
        else:
            leaders.append(finding)
    return leaders


def _in_order(book: Book, week: int, found: list[Finding]) -> list[Finding]:
    """Strongest first; of a value and a pair of it that could both be told, the truer one first.

    That is the pair where nothing changes without it, else the value.
    """
    ranks = {each.place: each.strength for each in found}
    values = {
        (book.series[each.place].of, each.direction): each
        for each in found
        if not book.series[each.place].is_pair and each.strength <= 1
    }
    for each in sorted(found, key=lambda each: -each.strength):
        series = book.series[each.place]
        value = values.get((series.of, each.direction))
        if value and series.is_pair and each.strength <= 1:
            alone = _is_a_part(book, week, value, each.place) and not _changed_without(
                book, week, value, each.place, sure=_A_SIGN
            )
            first, second = (each, value) if alone else (value, each)
            ranks[second.place] = max(ranks[second.place], ranks[first.place] + _JUST_AFTER)
    return sorted(found, key=lambda each: (ranks[each.place], each.place))


def _is_part_of(book: Book, week: int, finding: Finding, place: int, direction: int) -> bool:
    """Whether a finding tells nothing beyond what the series at `place` tells."""
    mine, other = book.series[finding.place], book.series[place]
    if _same_subject(mine, other):
        if direction != finding.direction:
            return False
        if not mine.is_pair and other.is_pair and mine.of == other.of:
            return not _changed_without(book, week, finding, place)
        return True
    alike = mine.of.subject == other.of.subject and mine.within == other.within
    if alike and mine.of.subject in _PARTS_OF_ONE and direction != finding.direction:
        return not _changed_beside(book, week, finding, place)
    return False


def _same_subject(mine: Series, other: Series) -> bool:
    """The same value, or the same competitor met and lost to."""
    if mine.of == other.of:
        return True
    rivals = {Subject.WINNER, Subject.COMPETITOR}
    return {mine.of.subject, other.of.subject} == rivals and mine.of.id == other.of.id


def _changed_without(
    book: Book, week: int, finding: Finding, place: int, *, sure: float = _OF_ITS_OWN
) -> bool:
    """Whether a value's series still changed where the pair's deals are left out."""
    figures = _figures(book, finding, week)
    parts = _figures(book, replace(finding, place=place), week)
    rest = [whole - part for whole, part in zip(figures, parts, strict=True)]
    return _differs(rest, finding, sure=sure)


def _is_a_part(book: Book, week: int, finding: Finding, place: int) -> bool:
    """Whether there are deals beside the pair's, so that it says something to name it."""
    _, deals, _, before = _figures(book, finding, week)
    _, of_pair, _, of_pair_before = _figures(book, replace(finding, place=place), week)
    return of_pair + of_pair_before < _NEARLY_ALL * (deals + before)


def _changed_beside(book: Book, week: int, finding: Finding, place: int) -> bool:
    """Whether one part of a whole changed among what another, which changed, leaves of it."""
    k, n, k_before, n_before = _figures(book, finding, week)
    other, _, other_before, _ = _figures(book, replace(finding, place=place), week)
    return _differs([k, n - other, k_before, n_before - other_before], finding)


def _figures(book: Book, finding: Finding, week: int) -> list[float]:
    """`k, n, k_before, n_before` of the finding's series, parted where the finding began."""
    onset = finding.change.onset
    start = max(onset - MOST_BEFORE, 0)
    hits, deals = book.sums.hits[finding.place], book.sums.deals[finding.place]
    return [
        float(hits[week] - hits[onset]),
        float(deals[week] - deals[onset]),
        float(hits[onset] - hits[start]),
        float(deals[onset] - deals[start]),
    ]


def _differs(figures: list[float], finding: Finding, *, sure: float = _OF_ITS_OWN) -> bool:
    k, n, k_before, n_before = (np.array([max(each, 0.0)]) for each in figures)
    if not n[0] or not n_before[0] or k[0] > n[0] or k_before[0] > n_before[0]:
        return False
    test = tail if finding.direction == UP else tail_down
    return bool(test(k, n, k_before, n_before)[0] < sure)
