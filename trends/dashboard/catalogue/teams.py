"""Teams: win rates, coverage and reasons. Groups too small to hide a person count together."""

from trends.dashboard.boards import TIME, Board, Question, Widget
from trends.dashboard.catalogue.parts import HEADLINES, lost_value, win_rate
from trends.dashboard.plain import answered

TEAMS = Board(
    slug="teams",
    title="How teams fare",
    tab="Teams",
    lede="Teams and regions, never persons.",
    sales_only=True,
    headlines=HEADLINES,
    widgets=(
        win_rate("teams", "Win rate by team", "team"),
        Widget(
            "team-coverage",
            "Deals debriefed, by team",
            (Question("coverage", ("team",)),),
            answered,
            note="Closed deals with a submitted debrief, of all that closed.",
        ),
        win_rate("regions", "Win rate by region", "region"),
        lost_value("value-by-team", "Lost value by team", "team"),
        Widget(
            "days-by-team",
            "Median days to close, by team",
            (Question("cycle_days", ("team",)),),
            answered,
            note="Deals whose opening is known, won or lost.",
        ),
        Widget(
            "coverage-over-time",
            "Deals debriefed, over time",
            (Question("coverage", (TIME,)),),
            answered,
            note="Closed deals with a submitted debrief, of all that closed.",
        ),
        Widget(
            "team-by-reason",
            "Reasons by team",
            (Question("mentions", ("reason", "team")),),
            answered,
            note="Losses citing each reason, by the team of the deal's owner; a loss may cite three.",
            wide=True,
        ),
    ),
)
