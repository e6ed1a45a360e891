"""What debriefs of losses name in their own words, by its code: unmet needs, strengths of rivals."""

from common.charts import Bar, Bars
from trends.dashboard.boards import Answers, Canvas, Question, Widget
from trends.dashboard.charts import MOST_ROWS
from trends.dashboard.coverage import BOUNDS_LABEL, bounds_on, undebriefed_bar
from trends.dashboard.figures import Figure, Links, Shown
from trends.dashboard.words import bounds_words, percent
from trends.results import Row, TrendResult


def named_by_code(key: str, title: str, dimension: str) -> Widget:
    """Losses that name each; shown once something is coded."""
    return Widget(key, title, (Question("mentions", (dimension,)),), _named)


def _named(widget: Widget, answers: Answers, canvas: Canvas) -> Shown | None:
    answer = answers[0]
    named = [row for row in answer.rows if row.n and row.keys[0].id is not None]
    if not named:
        return None
    bars = [_bar(answer, row, canvas.links) for row in named[:MOST_ROWS]]
    chart = Bars(
        key=widget.key,
        title=widget.title,
        description=(
            f"Losses whose debrief names it, once triage has given it a code, of "
            f"{answer.loss_coverage.debriefed:,} debriefed losses. The whiskers are 95% intervals."
        ),
        bars=bars + undebriefed_bar(answer, canvas.links),
        row_heading=answer.query.dimensions[0].label,
        value_heading="Losses naming it",
        bounds_label=BOUNDS_LABEL,
    )
    return Figure(chart, answer.query, "")


def _bar(answer: TrendResult, row: Row, links: Links) -> Bar:
    label, of = row.keys[0].label, row.of or 0
    return Bar(
        label,
        row.n,
        f"{label}: {row.n:,} of {of:,} debriefed losses",
        links.row(answer, row),
        basis=f"{percent(row.share)} of {of:,}",
        low=row.low * of if row.low is not None else None,
        high=row.high * of if row.high is not None else None,
        bounds=bounds_on(row, of),
        bounds_words=bounds_words(row),
    )
