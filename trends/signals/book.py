"""All series of a company with their counts, and how they hang together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from trends.signals.scan import LEAST_BEFORE, Panel, Sums
from trends.signals.series import Family, Series

Numbers = npt.NDArray[Any]

_BIN = 4
_LOOKED_BACK_ON = 143  # weeks: the longest window and what it is held against
_FEWEST_EXPECTED = 1.0
_TRIMMED = 0.2
_BEYOND_NOISE = 1.64


@dataclass(frozen=True)
class Book:
    """The series in a fixed order, and their counts up to the last week that is over and ripe."""

    series: Sequence[Series]
    panel: Panel

    @cached_property
    def sums(self) -> Sums:
        return Sums.of(self.panel)

    @cached_property
    def places(self) -> dict[Series, int]:
        return {each: place for place, each in enumerate(self.series)}

    @cached_property
    def families(self) -> dict[Family, Numbers]:
        """The places of each family's series."""
        found: dict[Family, list[int]] = {}
        for place, each in enumerate(self.series):
            found.setdefault(each.family, []).append(place)
        return {family: np.array(places) for family, places in found.items()}

    def expected(self, week: int) -> Numbers:
        """Hits a week of each series in the weeks looked back on."""
        return _a_week(self.sums.hits, week)

    def deals_a_week(self, week: int) -> Numbers:
        """Of which so many deals a week."""
        return _a_week(self.sums.deals, week)

    def dispersion(self, week: int) -> Numbers:
        """For each series the variance of its family's counts over what chance alone gives; at least 1.

        Pearson's statistic over bins of four weeks, a trimmed mean over the family so that a series
        that did change says nothing, and only as far as it exceeds its own uncertainty (C. P.
        Farrington et al., JRSS A 159, 1996, widen their limits alike). Pairs take that of the
        whole dimension.
        """
        spread = np.ones(len(self.series))
        whole = {
            subject: self._spread_of(places, week)
            for (subject, within), places in self.families.items()
            if within is None
        }
        for (subject, _), places in self.families.items():
            spread[places] = whole.get(subject, 1.0)
        return spread

    def _spread_of(self, places: Numbers, week: int) -> float:
        first = max(week - _LOOKED_BACK_ON, 0)
        bins = (week - first) // _BIN
        if bins * _BIN < LEAST_BEFORE:
            return 1.0
        edges = week - _BIN * np.arange(bins, -1, -1)
        hits = np.diff(self.sums.hits[places][:, edges], axis=1)
        deals = np.diff(self.sums.deals[places][:, edges], axis=1)
        share = hits.sum(axis=1) / np.maximum(deals.sum(axis=1), 1)
        variance = deals * (share * (1 - share))[:, None]
        counted = variance.mean(axis=1) >= _FEWEST_EXPECTED
        if not counted.any():
            return 1.0
        off = (hits - deals * share[:, None])[counted] ** 2 / np.maximum(variance[counted], 1e-9)
        by_series = np.sort(off.sum(axis=1) / (bins - 1))
        cut = int(len(by_series) * _TRIMMED)
        kept = by_series[cut : len(by_series) - cut]
        noise = np.sqrt(2 / (len(kept) * (bins - 1)))
        return float(max(1.0, kept.mean() / (1 + _BEYOND_NOISE * noise)))


def _a_week(sums: Numbers, week: int) -> Numbers:
    first = max(week - _LOOKED_BACK_ON, 0)
    found: Numbers = (sums[:, week] - sums[:, first]) / max(week - first, 1)
    return found
