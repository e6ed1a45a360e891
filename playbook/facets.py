"""The facets of the playbook: by what a list narrows, and how its entries are counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from common.periods import Period, add_months, month_end, quarter_label
from deals.models import Outcome
from trends.groups import SMALL

UNKNOWN = "null"
LOST = "lost"


@dataclass(frozen=True)
class Facet:
    """One way to narrow the list. `name` is its address parameter, `column` the entry's.

    `kind` says whose names its values bear, where it isn't `name`; trends know nothing of a
    facet with `in_trends` off.
    """

    name: str
    title: str
    column: str
    is_named: bool = False
    is_list: bool = False
    hidden_from_partners: bool = False
    kind: str = ""
    in_trends: bool = True

    @property
    def names_kind(self) -> str:
        return self.kind or self.name

    def is_id(self, value: str) -> bool:
        """Whether a value is the id of a name."""
        return self.is_named and value not in (UNKNOWN, SMALL)

    def condition(self, value: str) -> Q:
        """The entries that have `value`, which the form has already found well formed.

        Of a team it is `TeamMonths.condition`, since small ones are merged.
        """
        if self.name == "outcome" and value == LOST:
            return ~Q(outcome=Outcome.WON)
        if self.name == "period":
            period = period_of(value)
            return Q(closed_on__gte=period.since, closed_on__lte=period.until)
        if value == UNKNOWN:
            return Q(**self._empty())
        if self.is_list:
            return Q(**{f"{self.column}__contains": [int(value)]})
        return Q(**{self.column: value})

    def _empty(self) -> dict[str, object]:
        if self.is_list:
            return {f"{self.column}__len": 0}
        return {f"{self.column}__isnull": True} if self.is_named else {self.column: ""}

    def values(self, cell: Any) -> Iterable[str]:
        """The values under which an entry with this cell is counted."""
        if self.is_list:
            return [str(each) for each in cell] or ([UNKNOWN] if self.in_trends else [])
        if self.name == "period":
            return [quarter_label(cell)]
        return [str(cell) if cell not in (None, "") else UNKNOWN]


FACETS: Mapping[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet("outcome", "Outcome", "outcome"),
        Facet(
            "reason",
            "Reason",
            "reason_ids",
            is_named=True,
            is_list=True,
            hidden_from_partners=True,
        ),
        Facet(
            "untested",
            "Untested",
            "untested_ids",
            is_named=True,
            is_list=True,
            hidden_from_partners=True,
            kind="reason",
            in_trends=False,
        ),
        Facet("competitor", "Competitor met", "competitor_ids", is_named=True, is_list=True),
        Facet("stage", "Stage", "stage_id", is_named=True),
        Facet("segment", "Segment", "segment"),
        Facet("industry", "Industry", "industry"),
        Facet("product", "Product", "product_id", is_named=True),
        Facet("team", "Team", "team_id", is_named=True, hidden_from_partners=True),
        Facet("period", "Closed in", "closed_on"),
    )
}


def period_of(label: str) -> Period:
    """The days of `2026`, `2026-Q3` or `2026-07`. ValueError for anything else."""
    year, _, part = label.partition("-")
    first = date(int(year), 1, 1)
    if not part:
        return Period(first, month_end(add_months(first, 11)))
    if part.startswith("Q"):
        start = add_months(first, 3 * (int(part[1:]) - 1))
        return Period(start, month_end(add_months(start, 2)))
    start = date(int(year), int(part), 1)
    return Period(start, month_end(start))


Counts = Mapping[str, Mapping[str, int]]


def count_rows(facets: Sequence[Facet], rows: Sequence[Sequence[Any]]) -> dict[str, Counter[str]]:
    """For each facet, how many rows fall under each value; a row holds one cell a facet."""
    return {
        facet.name: _counted(facet, [row[place] for row in rows])
        for place, facet in enumerate(facets)
    }


def _counted(facet: Facet, cells: Iterable[Any]) -> Counter[str]:
    """Equal cells are put into words once."""
    counted: Counter[str] = Counter()
    for cell, number in Counter(map(tuple, cells) if facet.is_list else cells).items():
        for value in facet.values(cell):
            counted[value] += number
    return counted
