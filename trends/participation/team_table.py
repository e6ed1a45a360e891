"""The table of the participation page: everybody, the reader and each team, figures beside their n."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from trends.dashboard.words import percent
from trends.groups import SMALL as SMALL_GROUPS
from trends.participation.figures import MEASURES, NOBODY, Figures, Median
from trends.results import Row, TrendResult

HEADINGS = (
    "Debriefed",
    "Hours to debrief",
    "Minutes to fill",
    *(measure.label for measure in MEASURES.values()),
)
SMALL = "in some of these months fewer than 5 people: not shown"


@dataclass(frozen=True)
class Cell:
    """A figure with its n; `value` is empty where it is too few or not shown."""

    heading: str
    value: str
    basis: str


@dataclass(frozen=True)
class Group:
    """One row of the table: the whole, the reader, or a team. `why` says why nothing is shown."""

    name: str
    cells: tuple[Cell, ...] = ()
    why: str = ""


def groups_of(
    answers: Mapping[str, TrendResult],
    by_team: Mapping[int | None, Figures],
    own: Figures,
    hidden: Container[str | None],
) -> Sequence[Group]:
    """The whole, the reader, then each team; one too small in some of the period says so instead."""
    coverage = answers["coverage"]
    groups = [Group("All", _cells(coverage.total, by_team.get(None, NOBODY)))]
    if "own" in answers and answers["own"].total.n:
        groups.append(Group("You", _cells(answers["own"].total, own)))
    for row in answers["teams"].rows if "teams" in answers else ():
        team = row.keys[0].id
        if team is None or not row.n:
            continue
        if team == SMALL_GROUPS:
            rate = percent(float(row.value)) if row.value is not None else "too few"
            groups.append(Group(row.keys[0].label, why=f"Debriefed: {rate} of {row.n:,}"))
        elif team in hidden:
            groups.append(Group(row.keys[0].label, why=SMALL))
        else:
            groups.append(Group(row.keys[0].label, _cells(row, by_team.get(int(team), NOBODY))))
    return groups


def _cells(coverage: Row, figures: Figures) -> tuple[Cell, ...]:
    rate = percent(float(coverage.value)) if coverage.value is not None else ""
    found = (
        (rate, f"of {coverage.n:,}"),
        (_number(figures.hours), f"of {figures.hours.n:,}"),
        (_number(figures.minutes), f"of {figures.minutes.n:,}"),
        *(
            (percent(share.rate) if share.rate is not None else "", f"{share.n:,} of {share.of:,}")
            for share in figures.shares.values()
        ),
    )
    return tuple(Cell(name, *each) for name, each in zip(HEADINGS, found, strict=True))


def _number(median: Median) -> str:
    return "" if median.value is None else f"{median.value:,.1f}"
