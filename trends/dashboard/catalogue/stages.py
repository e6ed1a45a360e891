"""Stages: where deals die, and what those cost that die late."""

from collections.abc import Callable

from trends.dashboard.boards import TIME, Answers, Board, Headline, Question, Widget, headline
from trends.dashboard.catalogue.parts import lost_by, lost_value
from trends.dashboard.figures import Links
from trends.dashboard.plain import answered
from trends.dashboard.tiles import Tile, days_tile, share_tile
from trends.query import TrendQuery
from trends.results import TrendResult
from trends.snapshot import store

Ids = tuple[str, ...]


def halves() -> tuple[Ids, Ids]:
    """The stages that count as early and as late: the first half of the list, and the rest."""
    ids = tuple(str(stage.id) for stage in store.held.labels.stages if not stage.into)
    middle = (len(ids) + 1) // 2
    return ids[:middle], ids[middle:]


def early(query: TrendQuery) -> TrendQuery | None:
    return _at(query, halves()[0])


def late(query: TrendQuery) -> TrendQuery | None:
    return _at(query, halves()[1])


def _at(query: TrendQuery, stages: Ids) -> TrendQuery | None:
    """The lost deals of these stages, of those that the page is filtered by if it is."""
    asked = query.values_of("stage")
    kept = [stage for stage in stages if not asked or stage in asked]
    return query.with_filters({"stage": kept, "outcome": ("lost",)}) if kept else None


def lost_only(query: TrendQuery) -> TrendQuery:
    return query.with_filters({"outcome": ("lost",)})


def _lost(label: str, half: Callable[[TrendQuery], TrendQuery | None]) -> Headline:
    def draw(answers: Answers, links: Links) -> Tile:
        return share_tile(label, answers[0], answers[1], links)

    return Headline((Question("lost", narrowed=half), Question("lost", compared=True)), draw)


def _days(label: str, half: Callable[[TrendQuery], TrendQuery | None]) -> Headline:
    def draw(answer: TrendResult, links: Links) -> Tile:
        return days_tile(label, answer, links)

    return headline(Question("cycle_days", narrowed=half), draw)


STAGES = Board(
    slug="stages",
    title="Where deals die",
    tab="Stages",
    lede="The stage at which each deal was lost. Early is the first half of your stages, late the rest: "
    "a deal lost late has cost the days of all stages before.",
    headlines=(
        _lost("Lost early", early),
        _lost("Lost late", late),
        _days("Days to lose early", early),
        _days("Days to lose late", late),
    ),
    widgets=(
        lost_by("stages", "Stage at which deals were lost", "stage"),
        Widget(
            "days-by-stage",
            "Median days from opening to the loss, by stage",
            (Question("cycle_days", ("stage",), narrowed=lost_only),),
            answered,
            note="What a loss at each stage costs in days: the median of lost deals whose opening is known.",
        ),
        lost_value("value-by-stage", "Lost value by stage", "stage"),
        Widget(
            "days-over-time",
            "Median days from opening to the loss, over time",
            (Question("cycle_days", (TIME,), narrowed=lost_only),),
            answered,
        ),
        Widget(
            "stage-over-time",
            "Lost deals by stage, over time",
            (Question("lost", (TIME, "stage")),),
            answered,
            wide=True,
        ),
        Widget(
            "stage-by-reason",
            "Reasons cited at each stage",
            (Question("mentions", ("stage", "reason")),),
            answered,
            note="Losses citing each reason, by the stage at which they were lost; a loss may cite three.",
            wide=True,
        ),
        Widget(
            "stage-by-segment",
            "Lost deals by stage and segment",
            (Question("lost", ("stage", "segment")),),
            answered,
        ),
    ),
)
