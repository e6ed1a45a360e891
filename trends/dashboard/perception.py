"""Perception as figures: reasons as recorded and as corrected, and the table of agreement."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from common.charts import Cell, HeatCell, HeatTable, Lines, Period, Point, Series, Table, figure
from common.charts.frame import listing
from trends.dashboard.figures import Links
from trends.dashboard.words import deals, percent, short_period
from trends.perception import Perceived, Perception
from trends.query import Judgement, TrendQuery
from trends.results import Key
from trends.statistics import fewest

MOST_DRAWN = 4


@dataclass(frozen=True)
class PerceptionPage:
    found: Perception
    over_time: tuple[SafeString, ...]
    whole: SafeString
    table: SafeString


def perception_page(found: Perception, query: TrendQuery, links: Links) -> PerceptionPage:
    """A chart for each of the reasons most recorded, all of them in a table, and the agreement."""
    plain = replace(query, measure="primary", compare=None, judgement=Judgement.AUTHOR)
    return PerceptionPage(
        found=found,
        over_time=tuple(
            _over_time(each, found, plain, links) for each in found.reasons[:MOST_DRAWN]
        ),
        whole=_whole(found, plain, links),
        table=_agreement(found),
    )


def _over_time(each: Perceived, found: Perception, query: TrendQuery, links: Links) -> SafeString:
    asked = replace(query, by=(found.time, "reason"))
    recorded = [
        Point(
            n,
            f"{each.key.label}, {period}: recorded as primary reason of {deals(n)}",
            links.cell(asked, (Key(period, period), each.key), n) if n else "",
        )
        for period, n in zip(found.periods, each.recorded, strict=True)
    ]
    corrected = [
        Point(
            mean,
            f"{each.key.label}, {period}: {mean:g} as corrected, 95% interval {low:g} to {high:g}",
            "",
            low,
            high,
        )
        for period, (mean, low, high) in zip(found.periods, each.corrected, strict=True)
    ]
    chart = Lines(
        key=f"perceived-{each.key.id}".replace(":", "-"),
        title=each.key.label,
        description=_trusted(each),
        periods=[Period(label, short_period(found.time, label)) for label in found.periods],
        series=[Series("As recorded", recorded), Series("As corrected", corrected)],
        period_heading=found.time.capitalize(),
    )
    return figure(chart)


def _trusted(each: Perceived) -> str:
    if each.judged < fewest():
        return (
            f"Debriefed losses with it as primary reason. Only {each.judged} of its debriefs were "
            "judged, so the correction rests on all reasons together."
        )
    return (
        f"Debriefed losses with it as primary reason. Managers confirmed {each.agreed} of "
        f"{each.judged} such debriefs that they judged."
    )


def _whole(found: Perception, query: TrendQuery, links: Links) -> SafeString:
    columns = (
        "Primary reason",
        "As recorded",
        "As corrected",
        "95% interval",
        "Confirmed of judged",
    )
    asked = replace(query, by=("reason",))
    lines = tuple(_line(each, asked, links) for each in found.reasons)
    return listing(
        "perceived",
        "As recorded and as corrected, over the whole period",
        "Debriefed losses by their primary reason. Both columns add up to the same deals.",
        Table(columns, lines),
    )


def _line(each: Perceived, asked: TrendQuery, links: Links) -> tuple[Cell, ...]:
    mean, low, high = each.whole
    confirmed = f"{each.agreed} of {each.judged}"
    return (
        Cell(each.key.label),
        Cell(f"{each.total:,}", links.cell(asked, (each.key,), each.total) if each.total else ""),
        Cell(f"{mean:,.0f}"),
        Cell(f"{low:,.0f} to {high:,.0f}"),
        Cell(confirmed if each.judged >= fewest() else f"{confirmed}: too few of its own"),
    )


def _agreement(found: Perception) -> SafeString:
    labels = [key.label for key in found.keys]
    share = percent(found.agreed / found.judged) if found.judged else "–"
    table = HeatTable(
        key="agreement",
        title="How far reps and managers agree",
        description=f"Debriefs by the author's primary reason (rows) and the manager's (columns), of all time: "
        f"{found.agreed:,} of {found.judged:,} agree ({share}).",
        corner="Author / manager",
        columns=labels,
        rows=labels,
        cells=[list(_cells(labels, row, place)) for place, row in enumerate(found.table)],
    )
    return table.html()


def _cells(labels: list[str], row: Iterable[int], place: int) -> Iterable[HeatCell]:
    for other, n in enumerate(row):
        words = f"Author: {labels[place]}; manager: {labels[other]}: {n}"
        yield HeatCell(n or None, words)
