"""What the frame of a dashboard page shows around its figures."""

from datetime import date
from typing import Any

from django.urls import reverse

from common.periods import Period, add_months, month_end, month_start
from people.models import User
from trends.addresses import with_query
from trends.dashboard.boards import Drawn
from trends.dashboard.catalogue import tabs_for
from trends.dashboard.catalogue.competitors import COMPETITORS
from trends.dashboard.explore import dimension_choices, measure_choices
from trends.dashboard.filters import chips, filter_groups
from trends.dashboard.state import QUESTION, WHOLE, DashboardState, presets
from trends.dashboard.words import days
from trends.results import TrendResult
from trends.withheld import Withheld, in_words, withheld_from

PRINTED = ("pdf", "png")


def page_context(page: Drawn, viewer: User, today: date) -> dict[str, Any]:
    """The whole of `trends/board_content.html`."""
    around = frame_context(
        page.state, page.lost, viewer, today, about=page.board.subject, withheld=page.withheld
    )
    return around | {
        "cut": _cut(page.state, viewer) if page.state.asks else None,
        "page": page,
        "scopes": page.scopes,
        "lost": page.lost,
        "may_import": viewer.is_manager or viewer.is_admin,
        "latest_url": latest_url(page.state, page.lost.latest_closed_on),
        "printed": {kind: printed_address(page, kind) for kind in PRINTED},
        "rest": rest_of(page) if page.later else None,
        "parent_title": COMPETITORS.title,
        "parent_url": page.state.on(reverse(COMPETITORS.url_name)).address(),
    }


def _cut(state: DashboardState, viewer: User) -> dict[str, Any]:
    """The choice of what to count and by what; the rest of the state goes along."""
    by = (*state.query.by, "", "")
    return {
        "action": state.path,
        "hidden": [pair for pair in state.params() if pair[0] not in QUESTION],
        "measures": measure_choices(state.query.measure),
        "first": dimension_choices(viewer, by[0]),
        "second": dimension_choices(viewer, by[1]),
    }


def rest_of(page: Drawn) -> dict[str, str]:
    """The figures still to come: where they are fetched, where all stand at once, and which they are."""
    arguments: dict[str, object] = {"slug": page.board.slug}
    if page.board.subject and page.subject:
        arguments["pk"] = page.subject.id
    address = page.state.address()
    return {
        "url": page.state.on(reverse("trends:rest", kwargs=arguments)).address(),
        "whole_url": f"{address}{'&' if '?' in address else '?'}{WHOLE}=yes",
        "titles": ", ".join(each.title for each in page.later),
    }


def printed_address(page: Drawn, kind: str) -> str:
    """Where this page with this state is a file: `pdf` or `png`."""
    arguments: dict[str, object] = {"slug": page.board.slug, "kind": kind}
    if page.board.subject and page.subject:
        path = reverse("trends:printed_about", kwargs={**arguments, "pk": page.subject.id})
    else:
        path = reverse("trends:printed", kwargs=arguments)
    return page.state.on(path).address()


def frame_context(
    state: DashboardState,
    answer: TrendResult,
    viewer: User,
    today: date,
    *,
    about: str = "",
    withheld: Withheld | None = None,
) -> dict[str, Any]:
    """The navigation, the panel of filters and the chips of those in force: what every page has.

    `answer` is any of the page's own; the dimension that it is `about` is no filter of the reader's.
    """
    filters = [each for each in answer.filters if each.dimension != about]
    withheld = withheld_from(viewer) if withheld is None else withheld
    return {
        "state": state,
        "tabs": tabs_for(viewer, state),
        "days": days(state.period),
        "compared_days": days(state.query.compared_period) if state.query.compared_period else "",
        "chips": [(chip.label, chip.url) for chip in chips(state, filters)],
        "clear_url": state.without_filters().address(),
        "filter_groups": filter_groups(state, viewer, withheld),
        "left_out": in_words(withheld),
        "scopes": [answer.scope] if answer.scope else [],
        "kept": [pair for pair in state.params() if pair[0] in QUESTION],
        "save_url": with_query(reverse("trends:view_create"), {"address": [state.address()]}),
        "may_lead": viewer.is_manager or viewer.is_admin,
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
