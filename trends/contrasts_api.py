"""Wins against losses for other programs: the figures of the page, of every comparison."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from common.api import REFUSALS
from people.api import caller
from trends.api import documented
from trends.association import Ratio
from trends.contrasts import Contrast, Contrasts, contrasts
from trends.errors import TrendError
from trends.layout import ATTRIBUTE
from trends.query import TrendQuery
from trends.statistics import fewest
from trends.withheld import in_words, withheld_from

router = Router(tags=["Trends"])

# What this asks by itself.
FIXED = ("by", "measure", "compare")


class RatioOut(Schema):
    """How many times as often in losses as in wins, with its 95 % interval."""

    value: float
    low: float
    high: float


class ContrastOut(Schema):
    """One thing that deals have or don't. `ratio` is over all deals, `like_with_like` over those that
    have comparable ones (of the same segment, size and year) on the other side; null: too few deals.
    """

    dimension: str
    id: str | None
    label: str
    lost: int
    of_lost: int
    won: int
    of_won: int
    ratio: RatioOut | None
    like_with_like: RatioOut | None
    lost_without_comparable_win: int
    won_without_comparable_loss: int
    q: float | None
    reading: Literal["finding", "chance", "too_few"]


class AttributeOut(Schema):
    """How much an attribute tells of losing or winning: Cramér's V without its bias, 0 to 1."""

    attribute: str
    strength: float
    deals: int
    values: int


class ContrastsOut(Schema):
    rows: list[ContrastOut]
    attributes: list[AttributeOut]
    attributes_left_out: list[str]
    lost: int
    lost_without_comparable_win: int
    strata: int
    fewest: int
    left_out: str | None


@router.get(
    "/trends/contrasts",
    response={200: ContrastsOut, **REFUSALS},
    url_name="trend_contrasts",
    openapi_extra={"parameters": documented(without=FIXED)},
)
def trend_contrasts(request: HttpRequest) -> dict[str, Any]:
    """What is more common in losses than in comparable wins: questions, factors, reasons, attributes."""
    for name in FIXED:
        if name in request.GET:
            raise TrendError(
                name, "This asks everything of losses and wins by itself: leave it out."
            )
    person = caller(request)
    withheld = withheld_from(person)
    found = contrasts(TrendQuery.from_params(request.GET), person, withheld=withheld)
    return _body(found) | {"left_out": in_words(withheld) or None}


def _body(found: Contrasts) -> dict[str, Any]:
    readings = (
        ("finding", found.findings),
        ("chance", found.by_chance),
        ("too_few", found.too_few),
    )
    return {
        "rows": [_row(each, reading) for reading, every in readings for each in every],
        "attributes": [
            {
                "attribute": each.dimension.removeprefix(ATTRIBUTE),
                "strength": each.value,
                "deals": each.n,
                "values": each.values,
            }
            for each in found.attributes
        ],
        "attributes_left_out": list(found.left_out),
        "lost": found.matching.losses,
        "lost_without_comparable_win": found.matching.alone,
        "strata": found.matching.strata,
        "fewest": fewest(),
    }


def _row(each: Contrast, reading: str) -> dict[str, Any]:
    return {
        "dimension": each.dimension,
        "id": each.key.id,
        "label": each.key.label,
        "lost": each.sides.lost,
        "of_lost": each.sides.losses,
        "won": each.sides.won,
        "of_won": each.sides.wins,
        "ratio": _ratio(each.ratio),
        "like_with_like": _ratio(each.matched.ratio),
        "lost_without_comparable_win": each.matched.alone,
        "won_without_comparable_loss": each.matched.alone_wins,
        "q": each.q,
        "reading": reading,
    }


def _ratio(found: Ratio | None) -> dict[str, float] | None:
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}
