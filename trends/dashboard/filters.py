"""The filter panel and the chips of filters in force.

Most filters stay closed, and counting and writing all their values would cost as much as the page's
figures. So a closed one holds a button that asks for them: a script does it as it is opened.
The values are written as strings, since a template loop over so many is slow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.utils.safestring import SafeString

from common.charts.marks import built
from common.clock import company_today
from people.models import User
from trends import engine
from trends.coding import attribute_keys
from trends.dashboard.ready import ready_made
from trends.dashboard.state import DashboardState
from trends.dashboard.words import name_of
from trends.errors import TrendRefused
from trends.layout import ATTRIBUTE
from trends.query import NULL, TrendQuery
from trends.results import FilterShown, Key
from trends.snapshot import Snapshot, store
from trends.withheld import Withheld, withheld_from

FILTERS = (
    "reason",
    "primary_reason",
    "reason_group",
    "competitor",
    "winner",
    "stage",
    "segment",
    "industry",
    "product",
    "region",
    "team",
    "rep",
    "country",
    "outcome",
    "question",
    "factor",
    "price_check",
    "unmet_need",
    "rival_strength",
    "debrief",
    "amount",
)
SALES_ONLY = frozenset({"team", "rep"})
AMOUNTS = (Key("known", "Known"), Key("unknown", "Unknown"))
MOST_OPTIONS = 60


@dataclass(frozen=True)
class Facet:
    """A value to choose, with how many of the deals have it where that is counted."""

    key: Key
    count: int | None


@dataclass(frozen=True)
class Chip:
    """A filter in force and the address without it."""

    label: str
    url: str


def chips(state: DashboardState, shown: Sequence[FilterShown]) -> list[Chip]:
    """One chip per value, each removed by itself."""
    return [
        Chip(
            f"{name_of(each.dimension)}: {key.label}",
            state.filtered(
                each.dimension, [other.id for other in each.values if other.id != key.id]
            ).address(),
        )
        for each in shown
        for key in each.values
    ]


def filter_groups(state: DashboardState, viewer: User, withheld: Withheld) -> SafeString:
    """A group per dimension. Open are those in force and the one whose choices the state asks for.

    The same on every page of the same state, so it is made once for all of them.
    """
    # The page's own figures come first: they have asked whether the snapshot still holds.
    panel = _Panel(state, viewer, store.held, withheld)

    def made() -> SafeString:
        return built("".join(map(panel.group, offered(viewer, panel.snapshot))))

    if state.is_by_person:
        return made()
    versions = tuple(sorted(panel.snapshot.versions.items()))
    today = company_today()
    key = ("panel", versions, panel.asked, state.choices, viewer.pk, viewer.role, today, withheld)
    return ready_made.get(key, made)


def choices(state: DashboardState, viewer: User) -> SafeString:
    """The values of the dimension whose choices the state asks for, as check boxes.

    TrendRefused (403) for one that isn't offered to this reader.
    """
    snapshot = store.current()
    if state.choices not in offered(viewer, snapshot):
        raise TrendRefused("choices", f"“{state.choices}” is no filter of yours.")
    panel = _Panel(state, viewer, snapshot, withheld_from(viewer))
    return built(panel.options(state.choices))


def offered(viewer: User, snapshot: Snapshot) -> list[str]:
    """The dimensions that a reader may filter by; people, for those who answer for some."""
    refused = set() if viewer.in_sales else set(SALES_ONLY)
    if not (viewer.is_manager or viewer.is_admin):
        refused.add("rep")
    names = [name for name in FILTERS if name not in refused]
    return names + [f"{ATTRIBUTE}{key}" for key in attribute_keys(snapshot)]


@dataclass(frozen=True)
class _Panel:
    """What the values of the panel are counted from, and for whom."""

    state: DashboardState
    viewer: User
    snapshot: Snapshot
    withheld: Withheld

    @cached_property
    def asked(self) -> TrendQuery:
        return self.state.asking("deals")

    def group(self, name: str) -> str:
        """A filter with its values, where it is in force or asked for; else with a button for them."""
        label, chosen = escape(name_of(name)), len(self.asked.values_of(name))
        if not chosen and name != self.state.choices:
            return _closed(name, label)
        count = f'<span class="facet-count">{chosen} chosen</span>' if chosen else ""
        return (
            f'<details class="facet" open><summary>{label}{count}</summary>'
            f"{self.options(name)}</details>"
        )

    def options(self, name: str) -> str:
        facets, chosen = self._values(name), set(self.asked.values_of(name))
        if not chosen and all(facet.key.id is None for facet in facets):
            return '<p class="meta">No deal of these days and filters has one.</p>'
        shown = [
            each for n, each in enumerate(facets) if n < MOST_OPTIONS or _is_chosen(each, chosen)
        ]
        options = "".join(_option(name, facet, chosen) for facet in shown)
        return (
            '<fieldset class="filter-options">'
            f'<legend class="visually-hidden">{escape(name_of(name))}</legend>{options}</fieldset>'
        )

    def _values(self, name: str) -> list[Facet]:
        """The values that the reader may choose, most deals first; none of what is refused to them."""
        if name == "amount":
            return [Facet(key, None) for key in AMOUNTS]
        try:
            found = self._facets("reason" if name == "primary_reason" else name)
        except TrendRefused:
            return []
        if name == "primary_reason":
            return [Facet(facet.key, None) for facet in found if facet.key.id is not None]
        return [Facet(each.key, each.count) for each in found]

    def _facets(self, name: str) -> list[engine.Facet]:
        return engine.facets(
            self.asked, [name], self.viewer, snapshot=self.snapshot, withheld=self.withheld
        )[name]


def _closed(name: str, label: str) -> str:
    return (
        f'<details class="facet" data-choices="{escape(name)}"><summary>{label}</summary><div>'
        f'<button class="btn btn-quiet" name="choices" value="{escape(name)}">Show the choices'
        f'<span class="visually-hidden">: {label}</span></button></div></details>'
    )


def _is_chosen(facet: Facet, chosen: set[str | None]) -> bool:
    """By its id, its label, or the number of a reason that went by several names."""
    same = {facet.key.id, facet.key.label, (facet.key.id or "").partition(":")[0] or None}
    return bool(same & chosen)


def _option(name: str, facet: Facet, chosen: set[str | None]) -> str:
    value = NULL if facet.key.id is None else facet.key.id
    checked = " checked" if _is_chosen(facet, chosen) else ""
    count = "" if facet.count is None else f'<span class="facet-count">{facet.count:,}</span>'
    return (
        f'<label class="filter-option"><input type="checkbox" name="{escape(name)}" '
        f'value="{escape(value)}"{checked}><span>{escape(facet.key.label)}</span>{count}</label>'
    )
