"""What reasons would read if managers had judged them all: a correction by the measured agreement.

Of the debriefs that a manager judged, how often is each reason of an author confirmed, and what
is it else? That table of agreement, with how little it rests on, is applied to the debriefs that
nobody judged. A row of the table is a Dirichlet distribution; the interval comes from drawing
rows and from drawing what each debrief would be called (A. Gelman et al., Bayesian Data
Analysis, chapter 3; the correction itself is that of J. Buonaccorsi, Measurement Error, 2010,
chapter 2, with the predictive values known and not inverted).
"""

from dataclasses import dataclass

import numpy as np

from trends.codec import Column

DRAWS = 1_000
SEED = 20_261_126
BORROWED = 2.0  # judgements that each row borrows from all reasons together
INSIDE = (2.5, 97.5)


@dataclass(frozen=True)
class Corrected:
    """By period and reason: the mean of the draws and the ends of their middle 95 %."""

    mean: Column
    low: Column
    high: Column


@dataclass(frozen=True)
class Agreement:
    """`table[a, c]` judged debriefs whose author cited reason a first and the manager c."""

    table: Column

    @property
    def judged(self) -> int:
        return int(self.table.sum())

    @property
    def agreed(self) -> int:
        return int(np.trace(self.table))

    def judged_of(self, reason: int) -> int:
        return int(self.table[reason].sum())

    def rows(self) -> Column:
        """The parameters of each reason's row: its own judgements and those that it borrows.

        What is borrowed agrees as often as all judged debriefs do, and disagrees towards
        the reasons that managers name.
        """
        size = len(self.table)
        rate = (self.agreed + 1) / (self.judged + 2)
        named = self.table.sum(axis=0) + 0.5
        borrowed = np.zeros((size, size))
        for reason in range(size):
            others = named.copy()
            others[reason] = 0
            spread = others / others.sum() if others.sum() else others
            borrowed[reason] = BORROWED * (1 - rate) * spread
            borrowed[reason, reason] = BORROWED * rate
        return np.asarray(self.table + np.maximum(borrowed, 1e-9))

    def applied(self, unjudged: Column, confirmed: Column) -> tuple[Corrected, Corrected]:
        """By period, and over all periods as one row, what the debriefs would be called.

        `unjudged[t, a]` counts the debriefs of period t that nobody judged, by the author's
        reason; `confirmed[t, c]` those judged, by the manager's, which stand as they are.
        """
        random = np.random.default_rng(SEED)
        drawn = np.repeat(confirmed[:, None, :], DRAWS, axis=1).astype(np.int64)
        for reason, row in enumerate(self.rows()):
            counts = unjudged[:, reason].astype(np.int64)
            if counts.any():
                shares = random.dirichlet(row, size=DRAWS)
                drawn += random.multinomial(counts[:, None], shares[None, :, :])
        return _summed_up(drawn), _summed_up(drawn.sum(axis=0, keepdims=True))


def _summed_up(drawn: Column) -> Corrected:
    low, high = np.percentile(drawn, INSIDE, axis=1)
    return Corrected(drawn.mean(axis=1), low, high)
