"""Segments and industries, with countries, regions and products."""

from trends.dashboard.boards import TIME, Board, Question, Widget
from trends.dashboard.catalogue.parts import HEADLINES, lost_value, win_rate
from trends.dashboard.plain import answered

SEGMENTS = Board(
    slug="segments",
    title="Where we win and lose",
    tab="Segments and industries",
    lede="Facts of the account, and the product and region that sold. What is not known is a row of its own.",
    headlines=HEADLINES,
    widgets=(
        win_rate("segments", "Win rate by segment", "segment"),
        win_rate("industries", "Win rate by industry", "industry"),
        Widget(
            "segment-over-time",
            "Win rate by segment, over time",
            (Question("win_rate", (TIME, "segment")),),
            answered,
            note="Won of closed deals; a gap: too few closed.",
            wide=True,
        ),
        win_rate("countries", "Win rate by country", "country"),
        win_rate("regions", "Win rate by region", "region"),
        win_rate("products", "Win rate by product", "product"),
        lost_value("value-by-segment", "Lost value by segment", "segment"),
        Widget(
            "segment-by-industry",
            "Win rate by segment and industry",
            (Question("win_rate", ("industry", "segment")),),
            answered,
            note="A dash: none closed, or too few.",
            wide=True,
        ),
        Widget(
            "segment-by-reason",
            "Reasons by industry",
            (Question("mentions", ("reason", "industry")),),
            answered,
            note="Losses citing each reason, by the industry of the account; a loss may cite three.",
            wide=True,
        ),
    ),
)
