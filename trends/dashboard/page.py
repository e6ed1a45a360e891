"""What the frame of a dashboard page shows around its figures."""

from datetime import date
from typing import Any

from django.urls import reverse

from common.periods import Period, add_months, month_end, month_start
from people.models import User
from trends.dashboard.boards import Drawn
from trends.dashboard.catalogue import tabs_for
from trends.dashboard.catalogue.competitors import COMPETITORS
from trends.dashboard.filters import chips, filter_groups
from trends.dashboard.state import DashboardState, presets
from trends.dashboard.words import days
from trends.results import TrendResult


def page_context(page: Drawn, viewer: User, today: date) -> dict[str, Any]:
    """The whole of `trends/board_content.html`."""
    return frame_context(page.state, page.lost, viewer, today) | {
        "page": page,
        "lost": page.lost,
        "may_import": viewer.is_manager or viewer.is_admin,
        "latest_url": latest_url(page.state, page.lost.latest_closed_on),
        "parent_title": COMPETITORS.title,
        "parent_url": page.state.on(reverse(COMPETITORS.url_name)).address(),
    }


def frame_context(
    state: DashboardState, answer: TrendResult, viewer: User, today: date
) -> dict[str, Any]:
    """The navigation, the panel of filters and the chips: what every page has. `answer` is any of its own."""
    return {
        "state": state,
        "tabs": tabs_for(viewer, state),
        "answer": answer,
        "days": days(state.period),
        "compared_days": days(state.query.compared_period) if state.query.compared_period else "",
        "chips": [(chip.label, chip.url) for chip in chips(state, answer.filters)],
        "clear_url": state.without_filters().address(),
        "filter_groups": filter_groups(state, viewer),
        "presets": [
            (each.label, state.over(each.period).address(), each.period == state.period)
            for each in presets(today)
        ],
    }


def latest_url(state: DashboardState, latest: date | None) -> str:
    """Where the latest deals are, when none lies in the period."""
    if latest is None or latest >= state.period.since:
        return ""
    return state.over(Period(add_months(month_start(latest), -11), month_end(latest))).address()
