"""How much more often something is present in losses than in comparable wins, over strata.

Sources: N. Mantel and W. Haenszel, Journal of the National Cancer Institute 22 (1959); the ratio of
shares and its interval, S. Greenland and J. M. Robins, Biometrics 41 (1985); the exact test given
the margins of each stratum, A. Agresti, Categorical Data Analysis, 3rd edition (2013), section 7.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, log, sqrt

import numpy as np

from common.intervals import Z
from trends.association import Ratio, Sides, splits, two_sided
from trends.codec import Column
from trends.statistics import fewest

# Above this variance of the count the normal law stands for the exact one.
EXACT_BELOW = 30.0


@dataclass(frozen=True)
class Compared:
    """Of the deals of the strata that hold losses and wins: who has it, the ratio, and how probable so
    uneven a split is by chance. Without figures where too few deals are left.

    `alone` lost deals have no comparable win and `alone_wins` won ones no comparable loss: they are in
    neither.
    """

    sides: Sides
    alone: int
    alone_wins: int
    ratio: Ratio | None = None
    chance: float | None = None


@dataclass(frozen=True)
class Told:
    """Who has one thing, of all deals of which it is known, and like with like."""

    sides: Sides
    matched: Compared


@dataclass(frozen=True)
class Tables:
    """By stratum (rows) and thing (columns) how many lost and won deals have it, and of how many."""

    lost: Column
    losses: Column
    won: Column
    wins: Column

    def has(self, thing: int) -> bool:
        """Whether any deal has the thing."""
        return bool(self.lost[:, thing].any() or self.won[:, thing].any())

    def told(self, thing: int) -> Told:
        """One thing over all strata, and over those with both losses and wins."""
        every = [each[:, thing] for each in (self.lost, self.losses, self.won, self.wins)]
        whole = _sides(every)
        both = (every[1] > 0) & (every[3] > 0)
        lost, losses, won, wins = matched = [each[both] for each in every]
        sides = _sides(matched)
        alone = whole.losses - sides.losses, whole.wins - sides.wins
        if min(sides.losses, sides.wins, sides.n) < fewest():
            return Told(whole, Compared(sides, *alone))
        chance = conditional(lost, losses, won, wins)
        times = mantel_haenszel(lost, losses, won, wins)
        return Told(whole, Compared(sides, *alone, times, chance))


def _sides(counts: Sequence[Column]) -> Sides:
    return Sides(*(int(each.sum()) for each in counts))


def mantel_haenszel(lost: Column, losses: Column, won: Column, wins: Column) -> Ratio:
    """The common ratio of the shares in losses and in wins, for strata that have both.

    Where one side is without it anywhere, half a deal is spread over the strata of each side, as
    large as they are: in one stratum that is Walter's half deal.
    """
    if not (lost.any() and won.any()):
        half_lost, half_won = losses / losses.sum() / 2, wins / wins.sum() / 2
        lost, losses = lost + half_lost, losses + half_lost
        won, wins = won + half_won, wins + half_won
    deals = losses + wins
    in_losses, in_wins = float((lost * wins / deals).sum()), float((won * losses / deals).sum())
    spread = ((lost + won) * losses * wins - lost * won * deals) / deals**2.0
    value = in_losses / in_wins
    wide = Z * sqrt(max(0.0, float(spread.sum()) / (in_losses * in_wins)))
    return Ratio(value, exp(log(value) - wide), exp(log(value) + wide))


def conditional(lost: Column, losses: Column, won: Column, wins: Column) -> float:
    """The two-sided probability of so uneven a split, or a more uneven one, given each stratum's margins.

    Exact where the count varies little, by the normal law of Mantel and Haenszel with their
    correction for continuity else. In one stratum the exact one is Fisher's.
    """
    having, deals = (lost + won).astype(float), (losses + wins).astype(float)
    mean = having * losses / deals
    varied = deals > 1
    variance = np.zeros(len(deals))
    variance[varied] = (mean * wins / deals * (deals - having))[varied] / (deals[varied] - 1)
    if variance.sum() > EXACT_BELOW:
        away = abs(float((lost - mean).sum())) - 0.5
        return erfc(max(0.0, away) / sqrt(2 * float(variance.sum())))
    law, first = np.ones(1), 0
    # Where all have it, or none, there is one split only.
    varied = (having > 0) & (having < deals)
    lost, losses, won, wins = (each[varied] for each in (lost, losses, won, wins))
    if len(lost):
        for fewest_lost, weights in splits(lost + won, losses, wins):
            law, first = np.convolve(law, weights), first + fewest_lost
    return two_sided(law, int(lost.sum()) - first)
