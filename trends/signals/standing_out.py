"""One value that stands out from all others for a year: where deals die, to whom they are lost.

No change, so no scan: over the last year, a stage or a winner with clearly more losses than the next.
That it has more than a quarter above the next is tested by the binomial distribution of the two
together; that it is told at all takes half as many again.
"""

from dataclasses import dataclass

import numpy as np

from trends.signals.book import Book
from trends.signals.series import Series, Subject

A_YEAR = 52
FEWEST_LOSSES = 50
HALF_AGAIN = 1.5
STILL = 1.25
SURE = 0.001
_SUBJECTS = (Subject.STAGE, Subject.WINNER)


@dataclass(frozen=True)
class StandingOut:
    """`hits` of `deals` in the last year, where the next value has `next_hits`."""

    place: int
    next_place: int
    hits: int
    next_hits: int
    deals: int
    week: int
    p_value: float

    @property
    def onset(self) -> int:
        return self.week - A_YEAR


def standing_out(book: Book, week: int) -> list[StandingOut]:
    """The stage and the winner that stand out when `week` weeks are over."""
    found = [_first_of(book, week, subject) for subject in _SUBJECTS]
    return [
        each
        for each in found
        if each and each.hits >= HALF_AGAIN * each.next_hits and each.p_value < SURE
    ]


def still_stands_out(book: Book, week: int, series: Series) -> bool:
    """Whether a value that was told still has a quarter more than the next."""
    first = _first_of(book, week, series.of.subject)
    return (
        first is not None
        and book.series[first.place] == series
        and first.hits >= STILL * first.next_hits
    )


def _first_of(book: Book, week: int, subject: Subject) -> StandingOut | None:
    from scipy.stats import binom

    places = book.families.get((subject, None), np.empty(0, dtype=int))
    if len(places) < 2 or week < A_YEAR:
        return None
    hits, deals, _, _ = book.sums.window(week, A_YEAR)
    order = places[np.argsort(-hits[places], kind="stable")]
    first, second = int(order[0]), int(order[1])
    if deals[first] < FEWEST_LOSSES:
        return None
    both = hits[first] + hits[second]
    return StandingOut(
        place=first,
        next_place=second,
        hits=int(hits[first]),
        next_hits=int(hits[second]),
        deals=int(deals[first]),
        week=week,
        p_value=float(binom.sf(hits[first] - 1, both, STILL / (STILL + 1))),
    )
