"""The participation page: coverage, the backlog, how soon, how long, how carefully."""

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min

from common.charts import Columns, Dot, Dots, HeatCell, HeatTable, Point, Series, money
from common.charts import Period as ChartPeriod
from common.charts.units import SHARE
from common.intervals import wilson
from debriefs.models import DebriefRequest
from people.models import User
from trends import engine
from trends.addresses import deals_address
from trends.amounts import spans_around
from trends.dashboard.charts import rate_by
from trends.dashboard.figures import Crossed, Figure
from trends.dashboard.tiles import Tile, coverage_tile
from trends.dashboard.words import deals, percent
from trends.errors import TrendError
from trends.groups import SMALL as SMALL_GROUPS
from trends.participation.figures import (
    MEASURES,
    NOBODY,
    Figures,
    Measure,
    Median,
    Scope,
    Share,
    figures_by_team,
)
from trends.participation.state import ParticipationState, leads
from trends.query import TrendQuery
from trends.results import Key, Row, TrendResult
from trends.rights import require_whole_teams, teams_not_whole
from trends.snapshot import store
from trends.statistics import fewest
from trends.withheld import Withheld, in_words, withheld_from

# Days since closing, from and to; None is open.
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("Up to 2 days", 0, 2),
    ("3 to 7 days", 3, 7),
    ("8 to 14 days", 8, 14),
    ("15 to 30 days", 15, 30),
    ("31 to 90 days", 31, 90),
    ("Over 90 days", 91, None),
)
HEADINGS = (
    "Debriefed",
    "Hours to debrief",
    "Minutes to fill",
    *(measure.label for measure in MEASURES.values()),
)
SMALL = "in some of these months fewer than 5 people: not shown"


@dataclass(frozen=True)
class Waiting:
    """Closed deals without a debrief, of one age or size. `value` sums the known amounts, in words."""

    name: str
    n: int
    value: str
    unknown: int
    href: str


@dataclass(frozen=True)
class Cell:
    """A figure with its n; `value` is empty where it is too few or not shown."""

    heading: str
    value: str
    basis: str


@dataclass(frozen=True)
class Group:
    """One row of the table: the whole, the reader, or a team. `why` says why nothing is shown."""

    name: str
    cells: tuple[Cell, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class OpenRequests:
    """How many requests one of the viewer's people has open; for them alone to help with."""

    person: str
    n: int
    oldest_due_at: datetime


@dataclass(frozen=True)
class Participation:
    """Everything on the page. `coverage` is the answer that its first figure shows; `headings` are
    those of `groups`' cells. `withheld` are the deals left out of the figures on debriefs.
    """

    coverage: TrendResult
    closed: int
    currency: str
    tiles: tuple[Tile, ...]
    by_month: Figure
    by_team: Figure | None
    by_team_and_month: Crossed | None
    by_age: tuple[Waiting, ...]
    by_value: tuple[Waiting, ...]
    quality: Figure
    headings: tuple[str, ...]
    groups: tuple[Group, ...]
    withheld: Withheld

    @property
    def left_out(self) -> str:
        """Which deals the figures on debriefs don't hold for this reader, in words."""
        return in_words(self.withheld)


def participation(state: ParticipationState, viewer: User, *, today: date) -> Participation:
    """The page for this viewer; its figures are kept until something of them changes.

    TrendRefused (403) for a team too small to show in some of the period.
    """
    scope = scope_of(state, viewer)
    answers = _answers(state, viewer, today)
    by_team, own = figures_by_team(scope, scope.of_owners({viewer.pk}))
    whole = by_team.get(None, NOBODY)
    coverage, teams = answers["coverage"], answers.get("teams")
    hidden = teams_not_whole(state.query, viewer, store.held)
    return Participation(
        coverage=coverage,
        closed=coverage.coverage.closed,
        currency=coverage.currency,
        tiles=_tiles(coverage, whole),
        by_month=_by_month(answers["months"]),
        by_team=_by_team(teams) if teams else None,
        by_team_and_month=_by_team_and_month(answers["heat"]) if teams else None,
        by_age=_backlog(answers, _by_age(state, today)),
        by_value=_backlog(answers, _by_value(state, answers["median"])),
        quality=_quality(state, whole),
        headings=HEADINGS,
        groups=tuple(_groups(answers, by_team, own.get(None, NOBODY), hidden)),
        withheld=scope.withheld,
    )


def scope_of(state: ParticipationState, viewer: User) -> Scope:
    """The same deals for the figures as for the engine: a team counts with those below it.

    TrendRefused (403) for a team too small to show in some of the period.
    """
    withheld = withheld_from(viewer)
    if state.team is None:
        return Scope(state.period, withheld=withheld)
    snapshot = store.current()
    require_whole_teams(state.query, viewer, snapshot)
    found = {team.id for team in snapshot.labels.teams if state.team in (str(team.id), team.name)}
    below = frozenset().union(*(snapshot.labels.teams_at_or_below(each) for each in found))
    return Scope(state.period, teams=below, withheld=withheld)


def team_choices(state: ParticipationState, viewer: User) -> list[tuple[str, str, bool]]:
    """The teams that the viewer may choose: id, name, whether it is chosen."""
    everybody = replace(state.query.with_filters({"team": ()}), by=("team",))
    rows = engine.run(everybody, viewer).rows
    hidden = {SMALL_GROUPS, *teams_not_whole(everybody, viewer, store.held)}
    return [
        (row.keys[0].id, row.keys[0].label, state.team in (row.keys[0].id, row.keys[0].label))
        for row in rows
        if row.keys[0].id is not None and row.keys[0].id not in hidden
    ]


def open_requests(viewer: User) -> list[OpenRequests]:
    """The open requests of the viewer's own people, the longest due first."""
    requests = DebriefRequest.objects.open().of_people_below(viewer).exclude(person=viewer)
    counted = requests.values("person__full_name", "person__username", "person").annotate(
        n=Count("pk"), oldest=Min("due_at")
    )
    return [
        OpenRequests(
            each["person__full_name"] or each["person__username"], each["n"], each["oldest"]
        )
        for each in counted.order_by("oldest", "person")
    ]


def _answers(state: ParticipationState, viewer: User, today: date) -> dict[str, TrendResult]:
    asked = {
        "coverage": state.query,
        "months": replace(state.query, measure="deals", by=("month", "debrief")),
    }
    if leads(viewer):
        asked["teams"] = replace(state.query, by=("team",))
        asked["heat"] = replace(state.query, by=("team", "month"))
    [median] = engine.run_many([replace(state.query, measure="median_amount")], viewer)
    for name, query in (_by_age(state, today) | _by_value(state, median)).items():
        for measure in ("deals", "lost_amount", "won_amount"):
            asked[f"{name} {measure}"] = replace(query, measure=measure)
    answers = dict(zip(asked, engine.run_many(list(asked.values()), viewer), strict=True))
    answers["median"] = median
    # Who has closed no deal is no value of the dimension.
    with suppress(TrendError):
        answers["own"] = engine.run(state.query.where(rep=viewer.pk), viewer)
    return answers


def _missing(state: ParticipationState) -> TrendQuery:
    return replace(state.query, measure="deals").where(debrief="missing")


def _by_value(state: ParticipationState, median: TrendResult) -> dict[str, TrendQuery]:
    """The deals without a debrief by their amount in the reporting currency, unknown apart."""
    found = {
        span.in_words(): _missing(state).where(amount=str(span))
        for span in spans_around(Decimal(median.total.value or 0))
    }
    return found | {"Unknown": _missing(state).where(amount="unknown")}


def _by_age(state: ParticipationState, today: date) -> dict[str, TrendQuery]:
    """The deals without a debrief by their age today, as far as they closed in the period."""
    missing = _missing(state)
    found = {}
    for age, youngest, oldest in AGES:
        since = state.period.since
        if oldest is not None:
            since = max(since, today - timedelta(days=oldest))
        until = min(state.period.until, today - timedelta(days=youngest))
        if since <= until:
            found[age] = replace(missing, since=since, until=until)
    return found


def _backlog(
    answers: Mapping[str, TrendResult], waiting: Mapping[str, TrendQuery]
) -> tuple[Waiting, ...]:
    found = []
    for name, query in waiting.items():
        lost, won = (answers[f"{name} {side}_amount"] for side in ("lost", "won"))
        value = sum(Decimal(each.total.value or 0) for each in (lost, won))
        n = answers[f"{name} deals"].total.n
        unknown = lost.total.unknown + won.total.unknown
        shown = money(lost.currency).full(value) if n > unknown else "unknown"
        found.append(
            Waiting(name, n, shown if n else "–", unknown, deals_address(query) if n else "")
        )
    return tuple(found)


def _tiles(coverage: TrendResult, whole: Figures) -> tuple[Tile, ...]:
    missing = coverage.query.where(debrief="missing")
    return (
        coverage_tile(coverage),
        Tile(
            "Without a debrief",
            f"{coverage.coverage.missing:,}",
            deals_address(replace(missing, measure="deals")),
            n=f"of {coverage.coverage.closed:,} closed",
        ),
        Tile("Hours from close to debrief", _hours(whole.hours), "", n=_from(whole.hours)),
        Tile("Minutes to fill", _minutes(whole.minutes), "", n=_from(whole.minutes)),
    )


def _by_month(months: TrendResult) -> Figure:
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


def _by_team(teams: TrendResult) -> Figure:
    return rate_by(
        teams,
        key="coverage-by-team",
        title="Coverage by team",
        heading="Team",
        description="Debriefed of closed deals, with 95% intervals; the line is the whole company's.",
        reference="all",
    )


def _by_team_and_month(heat: TrendResult) -> Crossed:
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


def _quality(state: ParticipationState, whole: Figures) -> Figure:
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


def _groups(
    answers: Mapping[str, TrendResult],
    by_team: Mapping[int | None, Figures],
    own: Figures,
    hidden: Container[str | None],
) -> Sequence[Group]:
    """The whole, the reader, then each team; one too small in some of the period says so instead."""
    coverage = answers["coverage"]
    groups = [Group("All", _cells(coverage.total, by_team.get(None, NOBODY)))]
    if "own" in answers and answers["own"].total.n:
        groups.append(Group("You", _cells(answers["own"].total, own)))
    for row in answers["teams"].rows if "teams" in answers else ():
        team = row.keys[0].id
        if team is None or not row.n:
            continue
        if team == SMALL_GROUPS:
            rate = percent(float(row.value)) if row.value is not None else "too few"
            groups.append(Group(row.keys[0].label, why=f"Debriefed: {rate} of {row.n:,}"))
        elif team in hidden:
            groups.append(Group(row.keys[0].label, why=SMALL))
        else:
            groups.append(Group(row.keys[0].label, _cells(row, by_team.get(int(team), NOBODY))))
    return groups


def _cells(coverage: Row, figures: Figures) -> tuple[Cell, ...]:
    rate = percent(float(coverage.value)) if coverage.value is not None else ""
    found = (
        (rate, f"of {coverage.n:,}"),
        (_number(figures.hours), f"of {figures.hours.n:,}"),
        (_number(figures.minutes), f"of {figures.minutes.n:,}"),
        *(
            (percent(share.rate) if share.rate is not None else "", f"{share.n:,} of {share.of:,}")
            for share in figures.shares.values()
        ),
    )
    return tuple(Cell(name, *each) for name, each in zip(HEADINGS, found, strict=True))


def _number(median: Median) -> str:
    return "" if median.value is None else f"{median.value:,.1f}"


def _hours(median: Median) -> str:
    if median.value is None:
        return "–"
    return f"{median.value:,.0f}" if median.value >= 10 else f"{median.value:,.1f}"


def _minutes(median: Median) -> str:
    return "–" if median.value is None else f"{median.value:,.1f}"


def _from(median: Median) -> str:
    return (
        f"at the median of {median.n:,}" if median.value is not None else f"{median.n:,}: too few"
    )
