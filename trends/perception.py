"""The primary reasons of a period as reps recorded them, and as others see them: side by side.

The other view is a manager's judgement, or what the rep says that the buyer said.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from django.db import connection

from common.periods import Period, month_label, quarter_label
from people.models import User
from trends.agreement import Agreement, Corrected
from trends.axes import Window
from trends.codec import Column
from trends.coding import Coding, cited_in
from trends.counting import Frame, conditions_of
from trends.layout import BUYER_SAID, WON
from trends.query import Judgement, ListReading, TrendQuery
from trends.results import Key
from trends.rights import scoped
from trends.snapshot import Month, Snapshot, store
from trends.source import month_of_number
from trends.withheld import Withheld, leaving_out, withheld_from

FEWEST_JUDGED = 30

# Of the debriefs that the tally counts: the owner's, else the first submitted.
_JUDGED = """
SELECT debrief.closing_id::int
FROM debriefs_reasonjudgement judgement
JOIN debriefs_debrief debrief ON debrief.current_version_id = judgement.version_id
JOIN deals_closing closing ON closing.id = debrief.closing_id AND closing.reopened_at IS NULL
JOIN deals_deal deal ON deal.id = closing.deal_id
WHERE judgement.withdrawn_at IS NULL AND NOT EXISTS (
    SELECT FROM debriefs_debrief other
    WHERE other.closing_id = debrief.closing_id AND other.current_version_id IS NOT NULL
        AND (other.author_id IS DISTINCT FROM deal.owner_id, other.submitted_at, other.id)
            < (debrief.author_id IS DISTINCT FROM deal.owner_id, debrief.submitted_at, debrief.id)
)
"""


class Beside(StrEnum):
    """Whose view stands beside the authors'.

    The buyer's is the reason of which the author says that the buyer said it; of several, the
    one ranked first.
    """

    MANAGER = "manager"
    BUYER = "buyer"


@dataclass(frozen=True)
class Perceived:
    """One reason. `recorded` and `corrected` are by period; `whole` is over all of them.

    `confirmed` of the debriefs of the period have it in the other view. `judged` debriefs of
    authors who cite it first have another view at all, which says how far it can be trusted.
    """

    key: Key
    recorded: tuple[int, ...]
    confirmed: int
    corrected: tuple[tuple[float, float, float], ...]
    whole: tuple[float, float, float]
    judged: int
    agreed: int

    @property
    def total(self) -> int:
        return sum(self.recorded)


@dataclass(frozen=True)
class Perception:
    """`periods` are months or quarters. `judged` debriefs, those that have another view, stand in
    the table of agreement, of all time; `judged_here` of the `debriefed` losses of the period and
    filters are among them.

    Without enough judged ones `reasons` is empty. `table[a][c]` is of `keys`.
    """

    beside: Beside
    time: str
    periods: tuple[str, ...]
    reasons: tuple[Perceived, ...]
    debriefed: int
    judged_here: int
    judged: int
    agreed: int
    keys: tuple[Key, ...]
    table: tuple[tuple[int, ...], ...]


def perception(
    query: TrendQuery,
    viewer: User | None,
    *,
    time: str,
    beside: Beside = Beside.MANAGER,
    withheld: Withheld | None = None,
) -> Perception:
    """The primary reasons of the query's debriefed losses over time; `time` is month or quarter.

    A caller that has asked already what is `withheld_from` the viewer may pass it. TrendRefused
    (403) for what the viewer may not ask.
    """
    withheld = withheld_from(viewer) if withheld is None else withheld
    snapshot = store.current()
    plain = replace(query, measure="primary", by=(), compare=None, judgement=Judgement.AUTHOR)
    scope = scoped(plain, viewer, snapshot)
    window = Window(scope.query.since, scope.query.until)
    conditions = conditions_of(scope.query, scope.coding) + leaving_out(withheld)
    frame = Frame(scope.coding, window, conditions, ("lost", "primary"))
    if beside is Beside.BUYER:
        return _Told(snapshot, query.reading, withheld).perceived(frame, time)
    return _Judged(snapshot, query.reading, withheld).perceived(frame, time)


def judged_closings() -> Column:
    """The closings of which a manager judged the counting debrief, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED)
        return np.array(sorted(row[0] for row in cursor.fetchall()), dtype=np.int64)


class _Counts(ABC):
    """Counts by the author's primary reason and the one of another view, from the month blocks."""

    beside: Beside

    def __init__(self, snapshot: Snapshot, reading: ListReading, withheld: Withheld) -> None:
        self.snapshot = snapshot
        self.author = Coding.of(snapshot, reading, Judgement.AUTHOR)
        self.everything = Frame(self.author, Window(None, None), leaving_out(withheld))
        self.keys = self.author.vocabulary("reason").keys

    def perceived(self, frame: Frame, time: str) -> Perception:
        agreement = self._agreement()
        periods: dict[str, None] = {}
        parts = []
        for month in frame.months:
            label = _label(month, time)
            periods.setdefault(label)
            parts.append((label, self._of_month(month, frame.mask(month))))
        recorded, unjudged, confirmed = (
            _by_period(list(periods), parts, part, len(self.keys)) for part in range(3)
        )
        used = np.flatnonzero(agreement.table.sum(axis=0) + agreement.table.sum(axis=1)).tolist()
        enough = agreement.judged >= FEWEST_JUDGED
        return Perception(
            beside=self.beside,
            time=time,
            periods=tuple(periods),
            reasons=tuple(self._reasons(agreement, recorded, unjudged, confirmed))
            if enough
            else (),
            debriefed=int(recorded.sum()),
            judged_here=int(confirmed.sum()),
            judged=agreement.judged,
            agreed=agreement.agreed,
            keys=tuple(self.keys[code] for code in used),
            table=tuple(map(tuple, agreement.table[np.ix_(used, used)].tolist())),
        )

    def _reasons(
        self, agreement: Agreement, recorded: Column, unjudged: Column, confirmed: Column
    ) -> Iterator[Perceived]:
        """Those recorded or corrected at all, the most recorded first."""
        if not len(recorded):
            return
        over_time, whole = agreement.applied(unjudged, confirmed)
        order = sorted(range(len(self.keys)), key=lambda code: (-recorded[:, code].sum(), code))
        for code in order:
            if recorded[:, code].any() or whole.mean[0, code] >= 0.5:
                yield Perceived(
                    key=self.keys[code],
                    recorded=tuple(int(n) for n in recorded[:, code]),
                    confirmed=int(confirmed[:, code].sum()),
                    corrected=tuple(
                        _ends(over_time, place, code) for place in range(len(recorded))
                    ),
                    whole=_ends(whole, 0, code),
                    judged=agreement.judged_of(code),
                    agreed=int(agreement.table[code, code]),
                )

    def _agreement(self) -> Agreement:
        size = len(self.keys)
        table = np.zeros((size, size), dtype=np.int64)
        for month in self.everything.months:
            mine, theirs, judged = self._primaries(month)
            chosen = judged & (mine > 0) & (theirs > 0)
            mask = self.everything.mask(month)
            chosen = chosen if mask is None else chosen & mask
            np.add.at(table, (mine[chosen], theirs[chosen]), 1)
        return Agreement(table)

    def _of_month(self, month: Month, mask: Column | None) -> tuple[Column, Column, Column]:
        """By reason: as recorded, of those with no other view, and of the others by that view."""
        mine, theirs, judged = self._primaries(month)
        inside = (mine > 0) if mask is None else mask & (mine > 0)
        judged = judged & (theirs > 0)
        size = len(self.keys)
        return (
            np.bincount(mine[inside], minlength=size),
            np.bincount(mine[inside & ~judged], minlength=size),
            np.bincount(theirs[inside & judged], minlength=size),
        )

    @abstractmethod
    def _primaries(self, month: Month) -> tuple[Column, Column, Column]:
        """The primary reason of each deal as its author and as the other sees it (0: none), and of
        which there is such a view."""


class _Judged(_Counts):
    """Beside the authors the managers who judged some of their debriefs."""

    beside = Beside.MANAGER

    def __init__(self, snapshot: Snapshot, reading: ListReading, withheld: Withheld) -> None:
        super().__init__(snapshot, reading, withheld)
        self.manager = Coding.of(snapshot, reading, Judgement.CONFIRMED)
        self.judged = judged_closings()

    def _primaries(self, month: Month) -> tuple[Column, Column, Column]:
        judged = np.isin(month.block["closing"].astype(np.int64), self.judged)
        return _primary(self.author, month), _primary(self.manager, month), judged


class _Told(_Counts):
    """Beside the authors the buyers, where the author says that they said why."""

    beside = Beside.BUYER

    def _primaries(self, month: Month) -> tuple[Column, Column, Column]:
        said = cited_in(month, BUYER_SAID)
        rows, codes, ranks = self.author.citations(month, "reason", said)
        found = np.zeros(len(month), dtype=np.int64)
        last_first = np.argsort(-ranks.astype(np.int64), kind="stable")
        found[rows[last_first]] = codes[last_first]
        found = np.where(month.block["outcome"] != WON, found, 0)
        return _primary(self.author, month), found, found > 0


def _primary(coding: Coding, month: Month) -> Column:
    codes = coding.codes(month, "reason")
    found = np.zeros(len(month), dtype=np.int64)
    if codes.rows is not None and codes.ranks is not None:
        first = codes.ranks == 1
        found[codes.rows[first]] = codes.codes[first]
    lost: Column = month.block["outcome"] != WON
    return np.where(lost, found, 0)


def _label(month: Month, time: str) -> str:
    day = month_of_number(month.number)
    return quarter_label(day) if time == "quarter" else month_label(day)


def _by_period(
    periods: Sequence[str],
    parts: Sequence[tuple[str, tuple[Column, Column, Column]]],
    part: int,
    size: int,
) -> Column:
    found = np.zeros((len(periods), size), dtype=np.int64)
    place = {label: number for number, label in enumerate(periods)}
    for label, counts in parts:
        found[place[label]] += counts[part]
    return found


def _ends(corrected: Corrected, place: int, code: int) -> tuple[float, float, float]:
    return tuple(
        round(float(each[place, code]), 1)
        for each in (corrected.mean, corrected.low, corrected.high)
    )  # type: ignore[return-value]


def time_of(period: Period) -> str:
    """Judged debriefs are few: months up to a year and a month, then quarters."""
    return "month" if period.days <= 397 else "quarter"
