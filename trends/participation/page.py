"""The participation page: coverage, the backlog, how soon, how long, how carefully."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Min

from debriefs.models import DebriefRequest
from people.models import User
from trends import engine
from trends.addresses import deals_address
from trends.dashboard.figures import Crossed, Figure
from trends.dashboard.tiles import Tile, coverage_tile
from trends.errors import TrendError
from trends.groups import SMALL as SMALL_GROUPS
from trends.participation.backlog import Waiting, backlog, missing_by_age, missing_by_value
from trends.participation.drawn import (
    coverage_by_month,
    coverage_by_team,
    coverage_by_team_and_month,
    quality_chart,
)
from trends.participation.figures import NOBODY, Figures, Median, Scope, figures_by_team
from trends.participation.state import ParticipationState, leads
from trends.participation.team_table import HEADINGS, Group, groups_of
from trends.results import TrendResult
from trends.rights import require_whole_teams, teams_not_whole
from trends.snapshot import store
from trends.withheld import Withheld, in_words, withheld_from


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
        by_month=coverage_by_month(answers["months"]),
        by_team=coverage_by_team(teams) if teams else None,
        by_team_and_month=coverage_by_team_and_month(answers["heat"]) if teams else None,
        by_age=backlog(answers, missing_by_age(state, today)),
        by_value=backlog(answers, missing_by_value(state, answers["median"])),
        quality=quality_chart(state, whole),
        headings=HEADINGS,
        groups=tuple(groups_of(answers, by_team, own.get(None, NOBODY), hidden)),
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
    for name, query in (missing_by_age(state, today) | missing_by_value(state, median)).items():
        for measure in ("deals", "lost_amount", "won_amount"):
            asked[f"{name} {measure}"] = replace(query, measure=measure)
    answers = dict(zip(asked, engine.run_many(list(asked.values()), viewer), strict=True))
    answers["median"] = median
    # Who has closed no deal is no value of the dimension.
    with suppress(TrendError):
        answers["own"] = engine.run(state.query.where(rep=viewer.pk), viewer)
    return answers


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
