"""What the drill-down page shows: the number in words, its deals, the ways back and on."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from common.charts import Unit
from people.models import User
from trends import engine
from trends.addresses import dashboard_address
from trends.dashboard.words import chart_unit, days, deals, interval, percent
from trends.dimensions import DIMENSIONS
from trends.measures import Unit as MeasureUnit
from trends.queries import DealRow, deals_behind
from trends.query import TrendQuery
from trends.results import Row, TrendResult


@dataclass(frozen=True)
class DealsPage:
    """One page of the deals behind a number."""

    title: str
    kicker: str
    sentence: str
    rows: tuple[DealRow, ...]
    total: int
    open_to_viewer: int
    is_partner: bool
    filters: list[str]
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
    result = engine.run(query, viewer)
    behind = deals_behind(query, cell, viewer, after=after)
    return DealsPage(
        title=_title(result, behind.number, cell),
        kicker=days(result.period) if result.period else "All time",
        sentence=_sentence(result, behind.number, behind.total),
        rows=behind.rows,
        total=behind.total,
        open_to_viewer=behind.open_to_viewer,
        is_partner=viewer.is_partner,
        filters=[
            f"{_label(each.dimension)}: {', '.join(key.label for key in each.values)}"
            for each in result.filters
        ],
        back_url=dashboard_address(query),
        older_url=_url(params, behind.after) if behind.after else "",
        has_newer=after is not None,
        first_url=_url(params, None),
    )


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
    words = _value(unit, measure.unit, number)
    unknown = f" {deals(number.unknown)} more of unknown value." if number.unknown else ""
    return f"{words}{unknown}"


def _value(unit: Unit, kind: MeasureUnit, number: Row) -> str:
    if kind is MeasureUnit.COUNT:
        share = f", {percent(number.share)} of {number.of:,}" if number.share is not None else ""
        note = f" ({interval(number)})" if interval(number) and number.share is not None else ""
        return f"{deals(number.n)}{share}{note}."
    if number.value is None:
        return f"{deals(number.n)}: too few for a figure."
    note = f" ({interval(number)})" if interval(number) else ""
    shown = percent(float(number.value)) if kind is MeasureUnit.RATE else unit.full(number.value)
    return f"{shown}{note}, from {deals(number.n)}."


def _url(params: QueryDict, after: tuple[date, int] | None) -> str:
    changed = params.copy()
    changed.pop("after", None)
    if after:
        changed["after"] = f"{after[0]}.{after[1]}"
    return f"?{changed.urlencode()}"
