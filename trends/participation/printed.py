"""Participation on paper: its figures and tables, without the persons whom only their manager sees."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from common.charts import Cell as Shown
from common.charts import Table
from trends.dashboard.boards import Board, Drawing, Drawn, Widget
from trends.dashboard.figures import Listing
from trends.dashboard.plain import answered
from trends.dashboard.state import DashboardState
from trends.participation.backlog import Waiting
from trends.participation.page import Participation
from trends.participation.state import ParticipationState
from trends.participation.team_table import Group

ON_PAPER = Board(
    slug="participation",
    title="Participation",
    tab="Participation",
    lede="Who is heard in the playbook, how soon, and how carefully. Groups of fewer than five people "
    "count together, and nobody is ranked.",
    headlines=(),
    widgets=(),
    no_data="No deal closed in this period.",
)


def participation_drawn(page: Participation, state: ParticipationState) -> Drawn:
    """The page as its PDF shows it. Open requests by person stay on the screen of their manager."""
    asked = DashboardState(state.query, path=reverse("trends:participation"))
    drawings = list(_drawings(page, state)) if page.closed else []
    return Drawn(
        ON_PAPER, asked, page.coverage, page.withheld, tiles=list(page.tiles), drawings=drawings
    )


def _drawings(page: Participation, state: ParticipationState) -> Iterator[Drawing]:
    narrow, wide = (Widget("", "", (), answered, wide=wide) for wide in (False, True))
    yield Drawing(wide, page.by_month)
    if page.by_team:
        yield Drawing(narrow, page.by_team)
    yield Drawing(narrow, page.quality)
    if page.by_team_and_month:
        yield Drawing(wide, page.by_team_and_month)
    by_age = [(f"{each.name} ago", each) for each in page.by_age]
    by_value = [(each.name, each) for each in page.by_value]
    yield Drawing(wide, _waiting("by age", "Closed", by_age, page, state))
    yield Drawing(wide, _waiting("by value", "Value of the deal", by_value, page, state))
    yield Drawing(wide, _groups(page, state))


def _waiting(
    how: str,
    heading: str,
    rows: Sequence[tuple[str, Waiting]],
    page: Participation,
    state: ParticipationState,
) -> Listing:
    columns = (heading, "Deals", f"Value in {page.currency}", "Value unknown")
    lines = tuple(
        (Shown(name), Shown(f"{each.n:,}"), Shown(each.value), Shown(f"{each.unknown:,}"))
        for name, each in rows
    )
    note = "Deals of the period that are neither debriefed nor found not worth it."
    title = f"Waiting for a debrief, {how}"
    return Listing(f"waiting-{how}", title, note, Table(columns, lines), state.query, "")


def _groups(page: Participation, state: ParticipationState) -> Listing:
    lines = tuple(tuple(_line(group, len(page.headings))) for group in page.groups)
    table = Table(("Group", *page.headings), lines)
    note = "Medians and rates from five deals on; beside each figure the deals that it is of."
    return Listing("groups", "By group", note, table, state.query, "")


def _line(group: Group, width: int) -> Iterator[Shown]:
    yield Shown(f"{group.name}: {group.why}" if group.why else group.name)
    for cell in group.cells:
        yield Shown(" · ".join(filter(None, [cell.value, cell.basis])))
    for _ in range(width - len(group.cells)):
        yield Shown("–")
