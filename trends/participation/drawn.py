"""The charts of the participation page."""

from common.charts import Columns, Dot, Dots, HeatCell, HeatTable, Point, Series
from common.charts import Period as ChartPeriod
from common.charts.units import SHARE
from common.intervals import wilson
from trends.addresses import deals_address
from trends.dashboard.charts import rate_by
from trends.dashboard.figures import Crossed, Figure
from trends.dashboard.words import deals, percent
from trends.participation.figures import MEASURES, Figures, Measure, Share
from trends.participation.state import ParticipationState
from trends.results import Key, Row, TrendResult
from trends.statistics import fewest


def coverage_by_month(months: TrendResult) -> Figure:
    """Closed deals by month: debriefed, not worth one, missing."""
    keys = list({row.keys[0].label: row.keys[0] for row in months.rows}.values())
    counted = {(row.keys[0].id, row.keys[1].id): row for row in months.rows}
    partial = {row.keys[0].id for row in months.rows if row.partial}
    labels = {"submitted": "Debriefed", "dismissed": "Not worth one", "missing": "Missing"}
    series = [
        Series(
            label,
            [_month_point(months, counted.get((key.id, state)), key, label) for key in keys],
            is_hatched=state == "missing",
        )
        for state, label in labels.items()
    ]
    chart = Columns(
        key="coverage-by-month",
        title="Closed deals by month, debriefed and missing",
        description="Each closed deal once, by the day it closed; those still missing are hatched.",
        periods=[ChartPeriod(key.label, key.label, is_partial=key.id in partial) for key in keys],
        series=series if keys else [],
        period_heading="Month",
    )
    return Figure(chart, months.query, "No deal closed in this period.")


def _month_point(months: TrendResult, row: Row | None, month: Key, label: str) -> Point:
    n = row.n if row else 0
    href = deals_address(months.query, row.keys) if row and n else ""
    return Point(n, f"{month.label}: {deals(n)}, {label.lower()}", href)


def coverage_by_team(teams: TrendResult) -> Figure:
    return rate_by(
        teams,
        key="coverage-by-team",
        title="Coverage by team",
        heading="Team",
        description="Debriefed of closed deals, with 95% intervals; the line is the whole company's.",
        reference="all",
    )


def coverage_by_team_and_month(heat: TrendResult) -> Crossed:
    teams = list({row.keys[0].label: row.keys[0] for row in heat.rows}.values())
    months = sorted(
        {row.keys[1].label: row.keys[1] for row in heat.rows}.values(), key=lambda k: k.label
    )
    rows = {(row.keys[0].id, row.keys[1].id): row for row in heat.rows}
    table = HeatTable(
        key="coverage-by-team-and-month",
        title="Coverage by team and month",
        description=f"Debriefed of closed deals. A dash: below {fewest()} deals, or none by itself.",
        corner="Team",
        columns=[month.label for month in months],
        rows=[team.label for team in teams],
        cells=[[_heat_cell(heat, rows.get((t.id, m.id)), t, m) for m in months] for t in teams],
        unit=SHARE,
    )
    return Crossed(table, heat.query, "No deal closed in this period.")


def _heat_cell(heat: TrendResult, row: Row | None, team: Key, month: Key) -> HeatCell:
    where = f"{team.label}, {month.label}"
    if row is None:
        return HeatCell(None, f"{where}: no deal closed")
    if row.value is None:
        return HeatCell(None, f"{where}: {deals(row.n)}, too few for a rate")
    words = f"{where}: {percent(float(row.value))} of {deals(row.n)} debriefed"
    return HeatCell(float(row.value), words, deals_address(heat.query, row.keys))


def quality_chart(state: ParticipationState, whole: Figures) -> Figure:
    """Each share with its interval; the address leads to the deals that are the reader's to see."""
    dots = [_quality_dot(state, measure, whole.shares[name]) for name, measure in MEASURES.items()]
    chart = Dots(
        key="quality",
        title="How carefully",
        description="Shares of debriefed deals, with 95% intervals. Lower is better in all of them.",
        dots=dots if whole.debriefed else [],
        row_heading="What",
        value_heading="Share",
    )
    href = state.address("trends:participation_table")
    nothing = "No debrief of this period has been measured yet."
    return Figure(chart, state.query, nothing, csv_href=href)


def _quality_dot(state: ParticipationState, measure: Measure, share: Share) -> Dot:
    low, high = wilson(share.n, share.of) if share.rate is not None else (None, None)
    return Dot(
        measure.label,
        share.rate,
        f"{measure.label}: {share.n:,} of {share.of:,} {measure.denominator}",
        state.address("trends:participation_deals", of=measure.name) if share.n else "",
        basis=f"{share.n:,} of {share.of:,} {measure.short}",
        low=low,
        high=high,
    )
