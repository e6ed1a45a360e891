"""What a reader is told of groups too small to show: which months of which teams count together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from common.periods import add_months
from trends.groups import NO_TEAM, SMALL_LABEL, SMALLEST_GROUP
from trends.labels import Labels

NO_TEAM_LABEL = "No team"
_COUNT = f"count under “{SMALL_LABEL}”, with the next smallest group where those are too few"
RULES = {
    "team": f"Months in which a team had fewer than {SMALLEST_GROUP} people {_COUNT}",
    "region": f"By region, months in which a region had fewer than {SMALLEST_GROUP} people {_COUNT}",
}


@dataclass(frozen=True)
class Merged:
    """A team with its months that count under the merged group."""

    team: int
    name: str
    region: int
    months: str

    def __str__(self) -> str:
        return f"{self.name} in {self.months}"

    def belongs_to(self, dimension: str, value: str | None) -> bool:
        """Whether a row of this team or region is without these months."""
        own = self.team if dimension == "team" else self.region
        return value == (str(own) if own else None)


def merged_teams(
    hidden: Mapping[date, Iterable[int]], labels: Labels, among: frozenset[int] | None = None
) -> tuple[Merged, ...]:
    """Those of the teams `among` (None: all) that are hidden in some month, by name.

    `hidden` are the teams by the first day of each month.
    """
    months: dict[int, list[date]] = {}
    for first in sorted(hidden):
        for team in hidden[first]:
            if among is None or team in among:
                months.setdefault(team, []).append(first)
    found = (
        Merged(team, _name(team, labels), labels.region_of(team), months_in_words(firsts))
        for team, firsts in months.items()
    )
    return tuple(sorted(found, key=lambda each: (each.team == NO_TEAM, each.name, each.team)))


def in_words(dimension: str, merged: Iterable[Merged]) -> str:
    """The rule and what came of it, empty where nothing was merged."""
    listed = "; ".join(map(str, merged))
    return f"{RULES[dimension]}: {listed}." if listed else ""


def months_in_words(firsts: Iterable[date]) -> str:
    """Months by their first days, in order: "Nov 2025 to Feb 2026, Apr 2026"."""
    spans: list[tuple[date, date]] = []
    for first in firsts:
        if spans and first == add_months(spans[-1][1], 1):
            spans[-1] = (spans[-1][0], first)
        else:
            spans.append((first, first))
    return ", ".join(_span(since, until) for since, until in spans)


def _span(since: date, until: date) -> str:
    if since == until:
        return f"{since:%b %Y}"
    return f"{since:%b}{f' {since:%Y}' if since.year < until.year else ''} to {until:%b %Y}"


def _name(team: int, labels: Labels) -> str:
    return labels.team_by_id[team].name if team in labels.team_by_id else NO_TEAM_LABEL
