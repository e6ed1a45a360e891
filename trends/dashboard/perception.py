"""Perception as figures: reasons as recorded, as the other view has them and as corrected by it,
and the table of agreement."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from common.charts import Cell, HeatCell, HeatTable, Lines, Period, Point, Series, Table, figure
from trends.dashboard.boards import Board, Drawing, Drawn, Widget
from trends.dashboard.figures import Crossed, Figure, Links, Listing, Prose, Shown
from trends.dashboard.plain import answered
from trends.dashboard.state import DashboardState
from trends.dashboard.words import deals, percent, short_period
from trends.perception import FEWEST_JUDGED, Beside, Perceived, Perception
from trends.query import Judgement, TrendQuery
from trends.results import Key, TrendResult
from trends.statistics import fewest
from trends.withheld import Withheld

MOST_DRAWN = 4


@dataclass(frozen=True)
class Wording:
    """How the page speaks of the other view. `agreeing` and `few` take n and of how many."""

    slug: str
    tab: str
    lede: str
    agreeing: str
    few: str
    named: str
    confirmed: str
    agreement: str
    table: str
    axis: str
    too_few_title: str
    too_few: str
    limits: tuple[str, ...]


WORDINGS = {
    Beside.MANAGER: Wording(
        slug="perception",
        tab="Beside managers",
        lede="Why deals were lost as reps recorded it, and as it would read if managers had judged every "
        "debrief as they judged some.",
        agreeing="Managers confirmed {n} of {of} such debriefs that they judged.",
        few="Only {of} of its debriefs were judged, so the correction rests on all reasons together.",
        named="As managers judged some",
        confirmed="Confirmed of judged",
        agreement="How far reps and managers agree",
        table="Debriefs by the author's primary reason (rows) and the manager's (columns), of all time",
        axis="Author / manager",
        too_few_title="Too few reasons are judged yet",
        too_few="From 30 debriefs on whose reasons a manager has confirmed or changed, this page shows how "
        "far reps and managers agree. Managers do so beside each debrief.",
        limits=(
            (
                "A debrief that a manager judged counts as judged. The others are given reasons as often as "
                "managers gave them to such debriefs: the rows of the table above."
            ),
            (
                "Managers choose what they judge. If they look at the doubtful debriefs first, the correction "
                "goes too far."
            ),
        ),
    ),
    Beside.BUYER: Wording(
        slug="perception-buyers",
        tab="Beside buyers",
        lede="Why deals were lost as reps recorded it, and as it would read if of every loss the buyer had said "
        "why, as some did.",
        agreeing="Of {of} such debriefs with the buyer's word, the buyer named it too in {n}.",
        few="Only {of} of its debriefs have the buyer's word, so the correction rests on all reasons together.",
        named="As some buyers said",
        confirmed="Said by the buyer too",
        agreement="How far reps and buyers agree",
        table="Debriefs by the author's primary reason (rows) and what the buyer said (columns), of all time",
        axis="Author / buyer",
        too_few_title="Too few buyers have said why yet",
        too_few="From 30 debriefs on in which a reason is marked “The buyer said it”, this page shows how far "
        "reps and buyers agree. Reps mark it beside each reason.",
        limits=(
            (
                "The buyer's view is the reason marked “The buyer said it”; of several, the one ranked first. It is "
                "what reps say that buyers said: no buyer was asked by us."
            ),
            (
                "Where that is the rep's primary reason too, one person wrote both, so they agree more than two "
                "people would. What tells most is where they differ."
            ),
            (
                "The other debriefs are given reasons as often as buyers gave them to such debriefs. But buyers "
                "say why where they are on good terms, and price is the polite answer: those who said nothing may "
                "think otherwise."
            ),
        ),
    ),
}


INTERVAL_LIMIT = (
    "The interval holds both how little the table rests on and the chance of single debriefs. A reason with "
    "few such debriefs leans on all reasons together."
)


@dataclass(frozen=True)
class PerceptionPage:
    """The figures; there are none where `found` has no reasons."""

    found: Perception
    over_time: tuple[Lines, ...]
    whole: Listing
    table: HeatTable
    limits: Prose

    @property
    def counted(self) -> str:
        """Of how many deals the figures are."""
        seen = (
            "with the buyer's word" if self.found.beside is Beside.BUYER else "judged by a manager"
        )
        return (
            f"{self.found.debriefed:,} debriefed losses with a primary reason, "
            f"{self.found.judged_here:,} of them {seen}."
        )

    @property
    def charts(self) -> list[SafeString]:
        return [figure(each) for each in self.over_time]


def perception_page(found: Perception, query: TrendQuery, links: Links) -> PerceptionPage:
    """A chart for each of the reasons most recorded, all of them in a table, and the agreement."""
    plain = replace(query, measure="primary", compare=None, judgement=Judgement.AUTHOR)
    return PerceptionPage(
        found=found,
        over_time=tuple(
            _over_time(each, found, plain, links) for each in found.reasons[:MOST_DRAWN]
        ),
        whole=_whole(found, plain, links),
        table=_agreement(found),
        limits=Prose(
            "how", "How it is corrected", (*WORDINGS[found.beside].limits, INTERVAL_LIMIT)
        ),
    )


def perception_drawn(
    page: PerceptionPage, state: DashboardState, answer: TrendResult, withheld: Withheld
) -> Drawn:
    """The page as its PDF shows it; `answer` is on the lost deals of the page."""
    wording = WORDINGS[page.found.beside]
    board = Board(
        slug=wording.slug,
        title=f"Perception: {wording.tab.lower()}",
        tab=wording.tab,
        lede=wording.lede,
        headlines=(),
        widgets=(),
        no_data=_nothing(page.found, wording),
    )
    shown: list[Shown] = []
    if page.found.reasons:
        query = page.whole.query
        charts = [Figure(each, query, "") for each in page.over_time]
        shown = [*charts, page.whole, Crossed(page.table, query, ""), page.limits]
    drawings = [Drawing(Widget("", "", (), answered, wide=True), each) for each in shown]
    said = (page.counted,) if shown else ()
    return Drawn(
        board,
        # Whose reasons are counted is the page's own subject.
        replace(state, query=replace(state.query, judgement=Judgement.AUTHOR)),
        answer,
        withheld,
        drawings=drawings,
        scopes=tuple(filter(None, [*said, answer.scope])),
    )


def _nothing(found: Perception, wording: Wording) -> str:
    if found.judged < FEWEST_JUDGED:
        return f"{wording.too_few_title}. {wording.too_few} {found.judged:,} so far."
    return "No debriefed loss of this period fits these filters."


def _over_time(each: Perceived, found: Perception, query: TrendQuery, links: Links) -> Lines:
    asked = replace(query, by=(found.time, "reason"))
    recorded = [
        Point(
            n,
            f"{each.key.label}, {period}: recorded as primary reason of {deals(n)}",
            links.cell(asked, (Key(period, period), each.key), n) if n else "",
        )
        for period, n in zip(found.periods, each.recorded, strict=True)
    ]
    corrected = [
        Point(
            mean,
            f"{each.key.label}, {period}: {mean:g} as corrected, 95% interval {low:g} to {high:g}",
            "",
            low,
            high,
        )
        for period, (mean, low, high) in zip(found.periods, each.corrected, strict=True)
    ]
    return Lines(
        key=f"perceived-{each.key.id}".replace(":", "-"),
        title=each.key.label,
        description=_trusted(each, WORDINGS[found.beside]),
        periods=[Period(label, short_period(found.time, label)) for label in found.periods],
        series=[Series("As recorded", recorded), Series("As corrected", corrected)],
        period_heading=found.time.capitalize(),
    )


def _trusted(each: Perceived, wording: Wording) -> str:
    words = wording.few if each.judged < fewest() else wording.agreeing
    how_far = words.format(n=each.agreed, of=each.judged)
    return f"Debriefed losses with it as primary reason. {how_far}"


def _whole(found: Perception, query: TrendQuery, links: Links) -> Listing:
    wording = WORDINGS[found.beside]
    columns = (
        "Primary reason",
        "As recorded",
        wording.named,
        "As corrected",
        "95% interval",
        wording.confirmed,
    )
    asked = replace(query, by=("reason",))
    lines = tuple(_line(each, asked, links) for each in found.reasons)
    return Listing(
        "perceived",
        "As recorded and as corrected, over the whole period",
        "Debriefed losses by their primary reason. As recorded and as corrected add up to the same deals; "
        f"{found.judged_here:,} of them have the other view.",
        Table(columns, lines),
        query,
        "",
        has_csv=False,
    )


def _line(each: Perceived, asked: TrendQuery, links: Links) -> tuple[Cell, ...]:
    mean, low, high = each.whole
    confirmed = f"{each.agreed} of {each.judged}"
    return (
        Cell(each.key.label),
        Cell(f"{each.total:,}", links.cell(asked, (each.key,), each.total) if each.total else ""),
        Cell(f"{each.confirmed:,}"),
        Cell(f"{mean:,.0f}"),
        Cell(f"{low:,.0f} to {high:,.0f}"),
        Cell(confirmed if each.judged >= fewest() else f"{confirmed}: too few of its own"),
    )


def _agreement(found: Perception) -> HeatTable:
    wording = WORDINGS[found.beside]
    labels = [key.label for key in found.keys]
    share = percent(found.agreed / found.judged) if found.judged else "–"
    return HeatTable(
        key="agreement",
        title=wording.agreement,
        description=f"{wording.table}: {found.agreed:,} of {found.judged:,} agree ({share}).",
        corner=wording.axis,
        columns=labels,
        rows=labels,
        cells=[
            list(_cells(labels, row, place, found.beside)) for place, row in enumerate(found.table)
        ],
    )


def _cells(labels: list[str], row: Iterable[int], place: int, beside: Beside) -> Iterable[HeatCell]:
    for other, n in enumerate(row):
        words = f"Author: {labels[place]}; {beside}: {labels[other]}: {n}"
        yield HeatCell(n or None, words)
