"""The overview: which questions it asks, and what it shows of the answers."""

from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from people.models import User
from trends import engine
from trends.dashboard import charts
from trends.dashboard.scores import SCORED, questions_of, scores_over_time
from trends.dashboard.state import DashboardState, Show
from trends.dashboard.tiles import Tile, coverage_tile, lost_amount_tile, lost_tile, win_rate_tile
from trends.query import TrendQuery
from trends.results import TrendResult

RATE_NOTE = "Won of closed deals, with 95% intervals; the line is the rate over all of them."


@dataclass(frozen=True)
class Overview:
    """What the page shows, beside the answer on lost deals. `charts` are whole figures, safe to print."""

    lost: TrendResult
    tiles: list[Tile] = field(default_factory=list)
    charts: list[SafeString] = field(default_factory=list)


def overview(state: DashboardState, viewer: User) -> Overview:
    """Answer all questions of the page over one snapshot with the rights of `viewer`."""
    questions = _questions(state, viewer)
    answers = dict(zip(questions, engine.run_many(list(questions.values()), viewer), strict=True))
    lost = answers["lost"]
    if not lost.coverage.closed:
        return Overview(lost)
    return Overview(
        lost,
        tiles=[
            lost_tile(lost),
            lost_amount_tile(answers["lost_amount"]),
            win_rate_tile(answers["win_rate"]),
            coverage_tile(answers["coverage"]),
        ],
        charts=_charts(state, answers),
    )


def _questions(state: DashboardState, viewer: User) -> dict[str, TrendQuery]:
    time = state.time_dimension
    questions = {
        "lost": state.asking("lost", compared=True),
        "lost_amount": state.asking("lost_amount", compared=True),
        "win_rate": state.asking("win_rate", compared=True),
        "coverage": state.asking("coverage", compared=True),
        "reasons_over_time": state.asking("primary", time, "reason"),
        "losses_over_time": state.asking("lost", time, "debrief"),
        "reasons": state.asking("mentions", "reason", compared=True),
        "competitors": state.asking("win_rate", "competitor"),
        "stages": state.asking("lost", "stage"),
        "segments": state.asking("win_rate", "segment"),
    }
    if state.show is Show.MONEY:
        for name in ("reason", "stage", "segment"):
            questions[f"amount_{name}"] = state.asking("lost_amount", name)
    questions |= {f"{name}_over_time": each for name, each in questions_of(state).items()}
    if viewer.in_sales:
        questions["teams"] = state.asking("win_rate", "team")
        questions["team_coverage"] = state.asking("coverage", "team")
    return questions


def _charts(state: DashboardState, answers: dict[str, TrendResult]) -> list[SafeString]:
    money = state.show is Show.MONEY
    drawn = [
        charts.reasons_over_time(
            answers["reasons_over_time"],
            answers["losses_over_time"],
            narrowed_by=_scored(answers["lost"]),
        ),
        *(
            scores_over_time(answers[f"{name}_over_time"], state)
            for name in SCORED
            if f"{name}_over_time" in answers
        ),
        charts.amount_by(
            answers["amount_reason"],
            key="top-reasons",
            title="Lost value by reason cited",
            heading="Reason",
        )
        if money
        else charts.top_reasons(answers["reasons"]),
        _win_rate(answers["competitors"], "competitors", "Win rate where a competitor was met"),
        charts.amount_by(
            answers["amount_stage"], key="stages", title="Lost value by stage", heading="Stage"
        )
        if money
        else charts.lost_by(
            answers["stages"],
            key="stages",
            title="Stage at which deals were lost",
            heading="Stage",
        ),
        charts.amount_by(
            answers["amount_segment"],
            key="segments",
            title="Lost value by segment",
            heading="Segment",
        )
        if money
        else _win_rate(answers["segments"], "segments", "Win rate by segment"),
    ]
    if "teams" in answers:
        drawn += [_win_rate(answers["teams"], "teams", "Win rate by team"), _coverage(answers)]
    return drawn


def _scored(answer: TrendResult) -> list[str]:
    """The keys of the questions and factors in the filters of an answer."""
    filters = (shown for shown in answer.filters if shown.dimension in SCORED)
    return [key.id for shown in filters for key in shown.values if key.id]


def _win_rate(answer: TrendResult, key: str, title: str) -> SafeString:
    overlap = " A deal counts at each competitor it met." if answer.overlapping else ""
    return charts.rate_by(
        answer,
        key=key,
        title=title,
        heading=answer.query.dimensions[0].label,
        description=RATE_NOTE + overlap,
        reference="all",
    )


def _coverage(answers: dict[str, TrendResult]) -> SafeString:
    return charts.rate_by(
        answers["team_coverage"],
        key="team-coverage",
        title="Deals debriefed, by team",
        heading="Team",
        description="Closed deals with a submitted debrief, of all that closed.",
        reference="all",
    )
