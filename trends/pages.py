"""What the drill-down page shows: the number in words, its deals, the ways back and on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from common.charts import Unit, money
from common.money import from_minor
from people.models import User
from trends.addresses import BACK, dashboard_address
from trends.dashboard import explore
from trends.dashboard.catalogue import BOARDS
from trends.dashboard.words import chart_unit, days, deals, percent, spread, unknown_words
from trends.deal_table import deal_table
from trends.dimensions import DIMENSIONS
from trends.measures import Measure
from trends.measures import Unit as MeasureUnit
from trends.queries import DealsBehind, deals_behind
from trends.query import TrendQuery
from trends.results import Row, TrendResult

DASHBOARD = "Dashboard"
BACK_THERE = "Back to where you were"


@dataclass(frozen=True)
class DealsPage:
    """One page of the deals behind a number."""

    title: str
    kicker: str
    sentence: str
    table: SafeString
    total: int
    left_out: str
    open_to_viewer: int
    is_partner: bool
    filters: list[str]
    worth: str
    sum: Decimal
    crumbs: list[tuple[str, str]]
    back_url: str
    older_url: str
    has_newer: bool
    first_url: str


def deals_page(
    query: TrendQuery,
    cell: dict[str, str | None],
    viewer: User,
    *,
    after: tuple[date, int] | None,
    params: QueryDict,
) -> DealsPage:
    behind = deals_behind(query, cell, viewer, after=after)
    result = behind.result
    crumbs = way_back(params.get(BACK, ""), query)
    worth = from_minor(behind.worth, decimals=result.decimals)
    return DealsPage(
        title=_title(result, behind.number, cell),
        kicker=days(result.period) if result.period else "All time",
        sentence=_sentence(result, behind.number, behind.total),
        table=deal_table(behind.rows, is_partner=viewer.is_partner),
        total=behind.total,
        left_out=result.left_out,
        open_to_viewer=behind.open_to_viewer,
        is_partner=viewer.is_partner,
        filters=[
            f"{_label(each.dimension)}: {', '.join(key.label for key in each.values)}"
            for each in result.filters
        ],
        worth=_worth(behind, worth, result.currency),
        sum=worth,
        crumbs=crumbs,
        back_url=crumbs[-1][1],
        older_url=_url(params, behind.after) if behind.after else "",
        has_newer=after is not None,
        first_url=_url(params, None),
    )


def way_back(back: str, query: TrendQuery) -> list[tuple[str, str]]:
    """The pages above the list: the one that was left, or the overview with the list's own filters.

    Only a page of this product is led back to, by its path.
    """
    overview = (DASHBOARD, dashboard_address(query))
    path = back.partition("?")[0]
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return [overview]
    try:
        found = resolve(path)
    except Resolver404:
        return [overview]
    if found.view_name == "trends:dashboard":
        return [(DASHBOARD, back)]
    if found.view_name == "trends:explore":
        return [overview, (explore.TITLE, back)]
    board = BOARDS.get(str(found.kwargs.get("slug", "")))
    return [overview, (board.title if board else BACK_THERE, back)]


def _worth(behind: DealsBehind, amount: Decimal, currency: str) -> str:
    """What the deals are worth together, and of how many of them that is known."""
    if not behind.known:
        return ""
    unknown = behind.total - behind.known
    told = f" from {deals(behind.known)}, {unknown:,} of unknown value" if unknown else ""
    return f"worth {money(currency).full(amount)}{told}"


def _title(result: TrendResult, number: Row | None, cell: dict[str, str | None]) -> str:
    measure = result.query.asked_measure.label
    keys = dict(zip(result.query.by, number.keys, strict=False)) if number and cell else {}
    parts = [f"{_label(name)}: {key.label}" for name, key in keys.items()]
    return " · ".join([measure, *parts])


def _label(name: str) -> str:
    return DIMENSIONS[name].label if name in DIMENSIONS else name.partition(":")[2]


def _sentence(result: TrendResult, number: Row | None, total: int) -> str:
    """The number again, with its n, so that it can be held against the list."""
    if number is None:
        return f"{deals(total)}."
    measure = result.query.asked_measure
    unit = chart_unit(measure, result.currency)
    words = _value(unit, measure, number, result.currency)
    what = "opening" if measure.unit is MeasureUnit.DAYS else "value"
    unknown = f" {unknown_words(number, what)}." if number.unknown else ""
    return f"{words}{unknown}"


def _value(unit: Unit, measure: Measure, number: Row, currency: str) -> str:
    kind, told = measure.unit, spread(measure, number, currency)
    note = f" ({told})" if told else ""
    if kind is MeasureUnit.COUNT:
        share = f", {percent(number.share)} of {number.of:,}" if number.share is not None else ""
        return f"{deals(number.n)}{share}{note}."
    if number.value is None:
        return f"{deals(number.n)}: too few for a figure."
    shown = percent(float(number.value)) if kind is MeasureUnit.RATE else unit.full(number.value)
    return f"{shown}{note}, from {deals(number.n)}."


def _url(params: QueryDict, after: tuple[date, int] | None) -> str:
    changed = params.copy()
    changed.pop("after", None)
    if after:
        changed["after"] = f"{after[0]}.{after[1]}"
    return f"?{changed.urlencode()}"
