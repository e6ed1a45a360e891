"""Teams: win rates, coverage and reasons. A group too small to hide a person is not shown."""

from trends.dashboard.boards import TIME, Board, Question, Widget
from trends.dashboard.catalogue.parts import HEADLINES, lost_value, win_rate
from trends.dashboard.plain import answered

TEAMS = Board(
    slug="teams",
    title="How teams fare",
    tab="Teams",
    lede="Teams and regions, never persons. A group of fewer than five people is not shown, nor one that "
    "would give it away.",
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
