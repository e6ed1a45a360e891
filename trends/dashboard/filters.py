"""The filter panel and the chips of filters in force.

The panel is written as strings: it holds hundreds of options, and a template loop over
them costs more than the figures do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from common.charts.marks import built
from people.models import User
from trends import engine
from trends.dashboard.state import DashboardState
from trends.dimensions import DIMENSIONS
from trends.engine import Facet
from trends.query import NULL
from trends.results import FilterShown

FILTERS = (
    "reason",
    "competitor",
    "stage",
    "segment",
    "industry",
    "product",
    "region",
    "team",
    "country",
    "outcome",
    "question",
    "factor",
    "price_check",
    "unmet_need",
    "rival_strength",
)
# Shown only where some deal has a value.
RARE = frozenset({"price_check", "unmet_need", "rival_strength"})
SALES_ONLY = frozenset({"team"})


@dataclass(frozen=True)
class Chip:
    """A filter in force and the address without it."""

    label: str
    url: str


def chips(state: DashboardState, shown: Sequence[FilterShown]) -> list[Chip]:
    """One chip per value, each removed by itself."""
    return [
        Chip(
            f"{DIMENSIONS[each.dimension].label if each.dimension in DIMENSIONS else each.dimension}"
            f": {key.label}",
            state.filtered(
                each.dimension, [other.id for other in each.values if other.id != key.id]
            ).address(),
        )
        for each in shown
        for key in each.values
    ]


def filter_groups(state: DashboardState, viewer: User) -> SafeString:
    """A group of check boxes per dimension, each value with its number of closed deals."""
    names = [name for name in FILTERS if viewer.in_sales or name not in SALES_ONLY]
    found = engine.facets(state.asking("deals"), names, viewer)
    return built("".join(_group(name, found.get(name, []), state) for name in names))


def _group(name: str, facets: Sequence[Facet], state: DashboardState) -> str:
    if not facets or (name in RARE and all(facet.key.id is None for facet in facets)):
        return ""
    chosen = set(state.query.values_of(name))
    options = "".join(_option(name, facet, chosen) for facet in facets)
    opened = " open" if chosen else ""
    label = escape(DIMENSIONS[name].label)
    count = f'<span class="facet-count">{len(chosen)} chosen</span>' if chosen else ""
    return (
        f'<details class="facet"{opened}><summary>{label}{count}</summary>'
        f'<fieldset class="filter-options"><legend class="visually-hidden">{label}</legend>'
        f"{options}</fieldset></details>"
    )


def _option(name: str, facet: Facet, chosen: set[str | None]) -> str:
    value = NULL if facet.key.id is None else facet.key.id
    same = {facet.key.id, facet.key.label} | (
        {value.partition(":")[0]} if name == "reason" else set()
    )
    checked = " checked" if same & chosen else ""
    return (
        f'<label class="filter-option"><input type="checkbox" name="{name}" '
        f'value="{escape(value)}"{checked}><span>{escape(facet.key.label)}</span>'
        f'<span class="facet-count">{facet.count:,}</span></label>'
    )
