"""The pages of the dashboard, in the order of its navigation. A page of another kind is a `Tab` of its own."""

from dataclasses import dataclass

from django.urls import reverse

from people.models import User
from trends.dashboard.boards import Widget
from trends.dashboard.catalogue.competitors import COMPETITOR, COMPETITORS
from trends.dashboard.catalogue.overview import OVERVIEW
from trends.dashboard.catalogue.questions import QUESTIONS
from trends.dashboard.catalogue.reasons import REASONS
from trends.dashboard.catalogue.segments import SEGMENTS
from trends.dashboard.catalogue.stages import STAGES
from trends.dashboard.catalogue.teams import TEAMS
from trends.dashboard.state import DashboardState

__all__ = ["BOARDS", "COMPETITOR", "OVERVIEW", "TABS", "WIDGETS", "Tab", "TabLink", "tabs_for"]

BOARDS = {
    each.slug: each
    for each in (OVERVIEW, REASONS, COMPETITORS, STAGES, SEGMENTS, QUESTIONS, TEAMS, COMPETITOR)
}


@dataclass(frozen=True)
class Tab:
    """One entry of the dashboard's navigation, under its URL name."""

    label: str
    url_name: str
    sales_only: bool = False


TABS = (
    *(
        Tab(board.tab, board.url_name, board.sales_only)
        for board in BOARDS.values()
        if not board.subject
    ),
    Tab("Wins against losses", "trends:contrasts"),
    Tab("Perception", "trends:perception", sales_only=True),
    Tab("Any cut", "trends:explore"),
    Tab("What changed", "trends:signals"),
)

# What an overview of one's own may show: each widget by its key, in the order of the pages.
WIDGETS: dict[str, Widget] = {}
for _board in BOARDS.values():
    for _widget in () if _board.subject else _board.widgets:
        WIDGETS.setdefault(_widget.key, _widget)


@dataclass(frozen=True)
class TabLink:
    """An entry as this reader sees it, with the state of the page that it stands on."""

    label: str
    url: str
    current: bool


def tabs_for(viewer: User, state: DashboardState) -> list[TabLink]:
    """The navigation at `state`; a page below another's path belongs to that one."""
    paths = {reverse(tab.url_name): tab for tab in TABS if viewer.in_sales or not tab.sales_only}
    under = [path for path in paths if state.path.startswith(path)]
    current = max(under, key=len, default="")
    return [
        TabLink(tab.label, state.on(path).address(), path == current) for path, tab in paths.items()
    ]
