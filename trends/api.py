"""The tally for other programs: the same parameters as in a dashboard's address."""

from collections.abc import Collection
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import WithJsonSchema

from common.api import REFUSALS
from people.api import caller
from trends import engine
from trends.dimensions import DIMENSIONS
from trends.measures import MEASURES
from trends.presentation import as_json
from trends.query import Judgement, ListReading, TrendQuery

router = Router(tags=["Trends"])


_INTERVAL = (
    "The 95 % interval of a rate or share, a median or a lift; a lift of something that no win has "
    "is bounded below only."
)
_BOUNDS = (
    "By reason, question or factor: what the share would be if none of the lost deals not debriefed "
    "were such; `share_if_all`, if all were."
)
_UNKNOWN = "Deals of the cell whose amount or days are unknown, counted and never summed."
_TOO_FEW = "Fewer deals than `fewest`: no rate, share, median or lift is given."

TrendRow = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "A cell: a key for each dimension asked for (null is unknown) and its id, "
            "`low` and `high` where it is a rate. What doesn't apply is left out.",
            "required": ["n", "value"],
            "properties": {
                "n": {"type": "integer", "description": "The deals behind the value."},
                "value": {
                    "type": ["number", "string", "null"],
                    "description": "Amounts are decimals as text, rates 0 to 1.",
                },
                "low": {"type": ["number", "string"], "description": _INTERVAL},
                "high": {"type": ["number", "string", "null"]},
                "not_debriefed": {"type": "integer"},
                "share_if_none": {"type": "number", "description": _BOUNDS},
                "share_if_all": {"type": "number"},
                "unknown": {"type": "integer", "description": _UNKNOWN},
                "unknown_share": {"type": ["number", "null"]},
                "too_few": {"type": "boolean", "description": _TOO_FEW},
                "untested": {
                    "type": "object",
                    "description": "By reason: what of it rests on price checks that were not "
                    "passed, as `n` and `value`.",
                },
            },
            "additionalProperties": True,
        }
    ),
]


class CoverageOut(Schema):
    closed: int
    debriefed: int
    dismissed: int
    missing: int
    rate: float | None


# A field of the answer is called `list`, which hides the type inside the class.
Words = list[str]
Filters = dict[str, list[str | None]]
Rows = list[TrendRow]


class TrendOut(Schema):
    measure: str
    by: Words
    list: str
    judgement: str
    period: dict[str, str] | None
    compared_period: dict[str, str] | None
    filters: Filters
    rows: Rows
    total: TrendRow
    denominator: str
    coverage: CoverageOut
    loss_coverage: CoverageOut
    not_debriefed: int
    fewest: int
    overlapping: bool
    partial: bool
    currency: str
    scope: str | None
    left_out: str | None
    latest_closed_on: str | None
    brought_up_to_date_at: str | None


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    kind = {"type": "string", **schema}
    return {"name": name, "in": "query", "required": False, "description": description} | {
        "schema": kind
    }


def documented(*, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """The parameters that `TrendQuery.from_params` reads, for the OpenAPI document."""
    return [each for each in _every_parameter() if each["name"] not in without]


def _every_parameter() -> list[dict[str, Any]]:
    askable = [each.name for each in DIMENSIONS.values() if not each.filter_only]
    known = f"One or two of {', '.join(askable)}, attribute:KEY; parted by a comma."
    return [
        _parameter("by", known),
        _parameter("measure", "`lost` unless given.", enum=list(MEASURES)),
        _parameter("since", "First closing day, such as 2026-01-01, or a month."),
        _parameter("until", "Last closing day, or a month."),
        _parameter("compare", "previous, year, or a period such as 2025-01-01..2025-03-31."),
        _parameter("list", "Names as of today or as recorded.", enum=list(ListReading)),
        _parameter("judgement", "Whose reasons count.", enum=list(Judgement)),
        *(
            _parameter(each.name, f"Only deals with this {each.label.lower()}: label, id or null.")
            for each in DIMENSIONS.values()
            if not each.is_time
        ),
    ]


@router.get(
    "/trends",
    response={200: TrendOut, **REFUSALS},
    url_name="trends",
    openapi_extra={"parameters": documented()},
)
def trends(request: HttpRequest) -> dict[str, Any]:
    """A trend table: one measure by up to two dimensions, over the closed deals chosen."""
    person = caller(request)
    return as_json(engine.run(TrendQuery.from_params(request.GET), person))
