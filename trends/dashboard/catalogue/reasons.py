"""Reasons: over time, by kind, one by one, with their value, by stage and by competitor."""

from trends.dashboard.boards import TIME, Answers, Board, Canvas, Question, Widget
from trends.dashboard.catalogue.parts import HEADLINES, REASONS_OVER_TIME, TOP_REASONS, lost_value
from trends.dashboard.coded import named_by_code
from trends.dashboard.figures import Shown
from trends.dashboard.list_changes import list_changes
from trends.dashboard.plain import answered
from trends.dashboard.scores import most_present, periods_in, shares_over_time

CITED = "A loss may cite three reasons, so rows overlap."


def _shares(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """The most cited ones, with a mark where the list of reasons changed."""
    answer = answers[0]
    time, periods = answer.query.by[0], periods_in(answer)
    keys = most_present(answer)
    changed, told = list_changes([key.id for key in keys if key.id], time, periods)
    return shares_over_time(
        answer,
        keys,
        key=widget.key,
        title=widget.title,
        links=canvas.links,
        marks=[*canvas.marked(time, periods), *changed],
        told=told,
    )


REASONS = Board(
    slug="reasons",
    title="Why deals are lost",
    tab="Reasons",
    lede="Reasons of lost deals, as their debriefs give them. Losses without a debrief stand beside them.",
    headlines=HEADLINES,
    widgets=(
        REASONS_OVER_TIME,
        Widget(
            "share-over-time",
            "Share of debriefed losses that cite each reason, over time",
            (Question("mentions", (TIME, "reason")),),
            _shares,
            wide=True,
        ),
        Widget(
            "reason-groups",
            "Kinds of reasons cited",
            (Question("mentions", ("reason_group",), compared=True),),
            answered,
        ),
        TOP_REASONS,
        lost_value("value-by-reason", "Lost value by reason cited", "reason"),
        lost_value("value-by-group", "Lost value by kind of reason", "reason_group"),
        Widget(
            "reason-by-stage",
            "Reasons by stage of the loss",
            (Question("mentions", ("reason", "stage")),),
            answered,
            note=f"Losses citing each reason, by the stage at which they were lost. {CITED}",
            wide=True,
        ),
        Widget(
            "reason-by-competitor",
            "Reasons by competitor met",
            (Question("mentions", ("reason", "competitor")),),
            answered,
            note=f"Losses citing each reason, by the competitors met. {CITED}",
            wide=True,
        ),
        Widget(
            "reason-by-segment",
            "Reasons by segment",
            (Question("mentions", ("reason", "segment")),),
            answered,
            note=f"Losses citing each reason, by the segment of the account. {CITED}",
        ),
        named_by_code("unmet-needs", "Needs that we could not meet", "unmet_need"),
        named_by_code("rival-strengths", "What the rival did better", "rival_strength"),
    ),
)
