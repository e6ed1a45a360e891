"""The overview: headline figures, reasons, competitors, stages, segments, teams."""

from trends.dashboard.boards import Board, Question, Widget
from trends.dashboard.catalogue.parts import (
    HEADLINES,
    REASONS_OVER_TIME,
    TOP_REASONS,
    chosen_over_time,
    lost_by,
    win_rate,
)
from trends.dashboard.plain import answered

OVERVIEW = Board(
    slug="overview",
    title="Why we win, why we lose",
    tab="Overview",
    lede="Deals count on the day they closed.",
    headlines=HEADLINES,
    widgets=(
        REASONS_OVER_TIME,
        chosen_over_time("question"),
        chosen_over_time("factor"),
        TOP_REASONS,
        win_rate("competitors", "Win rate where a competitor was met", "competitor"),
        lost_by("stages", "Stage at which deals were lost", "stage"),
        win_rate("segments", "Win rate by segment", "segment"),
        win_rate("teams", "Win rate by team", "team", sales_only=True),
        Widget(
            "team-coverage",
            "Deals debriefed, by team",
            (Question("coverage", ("team",)),),
            answered,
            note="Closed deals with a submitted debrief, of all that closed.",
            sales_only=True,
        ),
    ),
)
