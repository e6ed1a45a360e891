"""Questions and factors: how often each was present, over time, and in losses against wins."""

from dataclasses import replace

from common.charts import Cell, Table
from trends.dashboard.boards import TIME, Answers, Board, Canvas, Question, Widget
from trends.dashboard.catalogue.parts import HEADLINES
from trends.dashboard.figures import Listing, Shown
from trends.dashboard.plain import answered
from trends.dashboard.scores import most_present, periods_in, scores_over_time
from trends.dashboard.words import lift_words, name_of, percent
from trends.results import Row
from trends.statistics import fewest


def _most_present(_widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """Those most often present, over time, with a mark where the words changed."""
    answer = answers[0]
    marks = canvas.marked(answer.query.by[0], periods_in(answer))
    return scores_over_time(answer, most_present(answer), links=canvas.links, marks=marks)


def _grid(widget: Widget, answers: Answers, canvas: Canvas) -> Shown:
    """Each with its share in losses and in wins, and how many times as often it was in losses."""
    answer = answers[0]
    columns = (
        name_of(answer.query.by[0]),
        "In losses",
        "Share",
        "In wins",
        "Share",
        "Times as often",
    )
    return Listing(
        widget.key,
        widget.title,
        widget.note,
        Table(columns, tuple(_grid_line(answers, row, canvas) for row in answer.rows)),
        answer.query,
        "No debrief of this period answers it.",
    )


def _grid_line(answers: Answers, row: Row, canvas: Canvas) -> tuple[Cell, ...]:
    answer = answers[0]
    lost = replace(answer.query, measure="lost")
    won = replace(answer.query, measure="won")
    in_wins, wins = row.in_wins or (0, 0)
    return (
        Cell(row.keys[0].label),
        Cell(
            f"{row.n:,} of {row.of or 0:,}",
            canvas.links.cell(lost, row.keys, row.n) if row.n else "",
        ),
        Cell(percent(row.n / row.of) if row.of and row.of >= fewest() else "–"),
        Cell(
            f"{in_wins:,} of {wins:,}", canvas.links.cell(won, row.keys, in_wins) if in_wins else ""
        ),
        Cell(percent(in_wins / wins) if wins >= fewest() else "–"),
        Cell(lift_words(row)),
    )


def _over_time(name: str, title: str) -> Widget:
    asks = (Question("mentions", (TIME, name)),)
    return Widget(f"{name}s-over-time", title, asks, _most_present, wide=True)


GRID_NOTE = (
    "Of the debriefs that answer it: how often it was present in losses and in wins. Times as often is "
    "the one share over the other with its 95% interval; where the interval holds 1, chance explains it."
)

QUESTIONS = Board(
    slug="questions",
    title="What went well, what went wrong",
    tab="Questions and factors",
    lede="A question counts as present where the answer is no, a factor where it hurt. “Does not apply” and "
    "“don't know” leave the denominator.",
    headlines=HEADLINES,
    widgets=(
        Widget(
            "question-grid",
            "Questions answered no",
            (Question("lift", ("question",)),),
            _grid,
            note=GRID_NOTE,
            wide=True,
        ),
        Widget(
            "factor-grid",
            "Factors that hurt",
            (Question("lift", ("factor",)),),
            _grid,
            note=GRID_NOTE,
            wide=True,
        ),
        _over_time("question", "Questions answered no, over time"),
        _over_time("factor", "Factors that hurt, over time"),
        Widget(
            "question-by-reason",
            "Questions answered no, by reason",
            (Question("mentions", ("question", "reason")),),
            answered,
            note="Debriefed losses in which the answer was no, by the reasons cited.",
            wide=True,
        ),
        Widget(
            "factor-by-segment",
            "Factors that hurt, by segment",
            (Question("mentions", ("factor", "segment")),),
            answered,
            note="Debriefed losses in which the factor hurt, by the segment of the account.",
            wide=True,
        ),
    ),
)
