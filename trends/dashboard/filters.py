"""The filter panel and the chips of filters in force.

The panel is written as strings: it holds hundreds of options, and a template loop over
them costs more than the figures do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from trends.withheld import Withheld

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
# Shown only where some deal has a value.
RARE = frozenset({"price_check", "unmet_need", "rival_strength"})
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
    """A group of check boxes per dimension, each value with its number of closed deals.

    The same on every page of the same state, so it is made once for all of them.
    """
    # The page's own figures come first: they have asked whether the snapshot still holds.
    snapshot, asked = store.held, state.asking("deals")

    def made() -> SafeString:
        return _groups(state, _Panel(asked, viewer, snapshot, withheld))

    if asked.values_of("rep"):
        return made()
    versions = tuple(sorted(snapshot.versions.items()))
    key = ("panel", versions, asked, viewer.pk, viewer.role, company_today(), withheld)
    return ready_made.get(key, made)


@dataclass(frozen=True)
class _Panel:
    """What the values of the panel are counted from, and for whom."""

    asked: TrendQuery
    viewer: User
    snapshot: Snapshot
    withheld: Withheld

    def facets(self, name: str) -> list[engine.Facet]:
        return engine.facets(
            self.asked, [name], self.viewer, snapshot=self.snapshot, withheld=self.withheld
        )[name]


def _groups(state: DashboardState, panel: _Panel) -> SafeString:
    names = [name for name in FILTERS if panel.viewer.in_sales or name not in SALES_ONLY]
    names += [f"{ATTRIBUTE}{key}" for key in attribute_keys(panel.snapshot)]
    return built("".join(_group(name, _values(name, panel), state) for name in names))


def _values(name: str, panel: _Panel) -> list[Facet]:
    """The values that the reader may choose, most deals first; none of what is refused to them."""
    if name == "amount":
        return [Facet(key, None) for key in AMOUNTS]
    counted = "reason" if name == "primary_reason" else name
    try:
        found = panel.facets(counted)
    except TrendRefused:
        return []
    if name == "primary_reason":
        return [Facet(facet.key, None) for facet in found if facet.key.id is not None]
    return [Facet(each.key, each.count) for each in found]


def _group(name: str, facets: Sequence[Facet], state: DashboardState) -> str:
    if not facets or (name in RARE and all(facet.key.id is None for facet in facets)):
        return ""
    chosen = set(state.query.values_of(name))
    shown = [each for n, each in enumerate(facets) if n < MOST_OPTIONS or _is_chosen(each, chosen)]
    options = "".join(_option(name, facet, chosen) for facet in shown)
    opened = " open" if chosen else ""
    label = escape(name_of(name))
    count = f'<span class="facet-count">{len(chosen)} chosen</span>' if chosen else ""
    return (
        f'<details class="facet"{opened}><summary>{label}{count}</summary>'
        f'<fieldset class="filter-options"><legend class="visually-hidden">{label}</legend>'
        f"{options}</fieldset></details>"
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
