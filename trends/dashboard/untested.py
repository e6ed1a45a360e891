"""How much of a reason was never tested by its price checks: part of its bar, with its deals."""

from dataclasses import replace
from typing import TypedDict

from common.charts import Href, Opens, Unit
from trends.dashboard.figures import Links
from trends.dashboard.words import deals
from trends.results import Row, TrendResult

LABEL = "Untested"


class Part(TypedDict):
    """What `common.charts.Bar` takes."""

    part: float
    part_words: str
    part_href: Href


def behind_untested(answer: TrendResult, row: Row, links: Links) -> Opens:
    """The deals of a cell by reason whose price checks for it were not passed."""
    assert row.untested is not None
    by = tuple("untested_reason" if name == "reason" else name for name in answer.query.by)
    like = row._replace(n=row.untested.n, value=row.untested.value)
    return links.row(replace(answer, query=replace(answer.query, by=by)), like)


def untested_part(answer: TrendResult, row: Row, unit: Unit, links: Links) -> Part:
    """The textured part of a reason's bar; of a reason without checks there is none."""
    found = row.untested
    if found is None or not found.n:
        return {"part": 0, "part_words": "", "part_href": ""}
    label = row.keys[answer.query.by.index("reason")].label
    words = (
        f"{found.n:,} of {row.n:,}"
        if isinstance(found.value, int)
        else f"{unit.full(found.value)} from {deals(found.n)}"
    )
    return {
        "part": float(found.value),
        "part_words": f"{label}, untested: {words}",
        "part_href": behind_untested(answer, row, links),
    }


def untested_words(row: Row) -> str:
    """“18 untested”, nothing where none is."""
    return f"{row.untested.n:,} untested" if row.untested and row.untested.n else ""
