"""When a change began, whether by a step or steadily, and whether it is over."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.exact import signed_root
from trends.signals.scan import LEAST_BEFORE, MOST_BEFORE, Sums

Numbers = npt.NDArray[Any]

QUARTER = 13  # weeks
LONGEST_SINCE = 52
SHORTEST_SINCE = 2
SHORTEST_DRIFT = 13
SHORTEST_LATE = 8
SETTLED_AFTER = 78
_CLEARLY = 1.0  # by how much the better of two likelihoods must be so, as a logarithm
_BACK = 2.0


@dataclass(frozen=True)
class Change:
    """A series since its onset (a week's place in the panel) and in up to 104 weeks before it."""

    onset: int
    week: int
    hits: int
    deals: int
    hits_before: int
    deals_before: int
    weeks_before: int
    is_drift: bool = False

    @property
    def weeks(self) -> int:
        return self.week - self.onset

    @property
    def share(self) -> float:
        return self.hits / self.deals if self.deals else 0.0

    @property
    def share_before(self) -> float:
        return self.hits_before / self.deals_before if self.deals_before else 0.0

    @property
    def a_quarter(self) -> float:
        """Hits in 13 weeks since the onset."""
        return self.hits * QUARTER / self.weeks

    @property
    def a_quarter_before(self) -> float:
        return self.hits_before * QUARTER / self.weeks_before


def change_at(sums: Sums, place: int, week: int, direction: int) -> Change:
    """The change of one series by the onset that makes it likeliest (maximum likelihood)."""
    hits, deals = sums.hits[place], sums.deals[place]
    lengths = np.arange(SHORTEST_SINCE, min(LONGEST_SINCE, week - LEAST_BEFORE) + 1)
    first = week - lengths
    start = np.maximum(first - MOST_BEFORE, 0)
    roots = direction * signed_root(
        hits[week] - hits[first],
        deals[week] - deals[first],
        hits[first] - hits[start],
        deals[first] - deals[start],
    )
    best = int(np.argmax(roots))
    onset, since = int(first[best]), int(start[best])
    return Change(
        onset=onset,
        week=week,
        hits=int(hits[week] - hits[onset]),
        deals=int(deals[week] - deals[onset]),
        hits_before=int(hits[onset] - hits[since]),
        deals_before=int(deals[onset] - deals[since]),
        weeks_before=onset - since,
        is_drift=_is_drift(np.diff(hits), np.diff(deals), onset, week),
    )


def _is_drift(hits: Numbers, deals: Numbers, onset: int, week: int) -> bool:
    """Whether a steady rise or fall from some week on is clearly likelier than the step at `onset`."""
    start = max(onset - MOST_BEFORE, 0)
    k, n = hits[start:week], deals[start:week]
    step = _likelihood(k[: onset - start], n[: onset - start]) + _likelihood(
        k[onset - start :], n[onset - start :]
    )
    lengths = range(SHORTEST_DRIFT, min(LONGEST_SINCE, week - start - LEAST_BEFORE) + 1)
    ramps = [_ramp(k, n, length) for length in lengths]
    return bool(ramps) and max(ramps) > step + _CLEARLY


def _likelihood(k: Numbers, n: Numbers) -> float:
    share = k.sum() / max(n.sum(), 1)
    return _at_shares(k, n, np.full(len(k), share))


def _ramp(k: Numbers, n: Numbers, length: int) -> float:
    """The likelihood of a share that was level and then changed by as much each week of `length`."""
    before = k[:-length].sum() / max(n[:-length].sum(), 1)
    steps = np.arange(1, length + 1) / length
    recent, deals = k[-length:], n[-length:]
    slope = (recent.sum() - before * deals.sum()) / max((deals * steps).sum(), 1e-9)
    shares = np.concatenate([np.full(len(k) - length, before), before + slope * steps])
    return _at_shares(k, n, shares)


def _at_shares(k: Numbers, n: Numbers, shares: Numbers) -> float:
    p = np.clip(shares, 1e-6, 1 - 1e-6)
    return float((k * np.log(p) + (n - k) * np.log(1 - p)).sum())


class Ending(StrEnum):
    """Why a signal is over."""

    BACK = "back"
    SETTLED = "settled"


def ending_of(change: Change, sums: Sums, place: int, week: int) -> Ending | None:
    """Whether a change is over when `week` weeks are.

    Back: the last quarter speaks clearly for the share before it. Settled: a year and a half
    later it still isn't back, so that it is how things are now.
    """
    first = max(change.onset, week - QUARTER)
    if week - first >= SHORTEST_LATE:
        hits = sums.hits[place, week] - sums.hits[place, first]
        deals = sums.deals[place, week] - sums.deals[place, first]
        if _speaks_for_before(change, float(hits), float(deals)):
            return Ending.BACK
    return Ending.SETTLED if week - change.onset >= SETTLED_AFTER else None


def _speaks_for_before(change: Change, hits: float, deals: float) -> bool:
    before = (change.hits_before + 0.5) / (change.deals_before + 1)
    after = (change.hits + 0.5) / (change.deals + 1)
    gain = hits * np.log(before / after) + (deals - hits) * np.log((1 - before) / (1 - after))
    return bool(gain > _BACK)
