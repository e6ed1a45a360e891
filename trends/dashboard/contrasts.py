"""Wins against losses as figures: strengths of attributes, a forest plot of findings, and the rest."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.safestring import SafeString

from common.charts import NUMBER, Cell, Dot, Dots, Forest, Odds, Table, figure
from common.charts.frame import Chart, listing
from common.charts.links import Opens
from common.charts.units import times
from common.text import csv_safe
from trends.association import Ratio
from trends.contrasts import FALSE_FINDINGS, Contrast, Contrasts, behind
from trends.dashboard.boards import Board, Drawing, Drawn, Widget
from trends.dashboard.figures import Figure, Links, Listing, Shown
from trends.dashboard.plain import answered
from trends.dashboard.state import DashboardState
from trends.dashboard.words import deals, percent
from trends.layout import ATTRIBUTE
from trends.query import TrendQuery
from trends.results import TrendResult
from trends.withheld import Withheld

MOST_DRAWN = 25
MOST_ON_PAPER = 10  # what fits below the head of the first page
SIDES = ("Lost with it", "Won with it")
RATIOS = ("Like with like (95%)", "Over all deals (95%)", "Losses without a like win")
HEADINGS = (
    "kind", "what", "lost with it", "lost", "won with it", "won", "times as often in losses",
    "95% low", "95% high", "q", "reading", "times as often, like with like", "like with like 95% low",
    "like with like 95% high", "losses without a comparable win", "wins without a comparable loss",
)  # fmt: skip
OF_ATTRIBUTES = ("attribute", "strength", "deals", "values")
NOTHING = (
    "Nothing is more common in losses than in wins, or the other way round, beyond chance. "
    "A longer period or fewer filters have more deals to tell by."
)
SLUG = "wins-against-losses"
ON_PAPER = Board(
    slug=SLUG,
    title="Wins against losses",
    tab="Wins against losses",
    lede="What is more common in the deals we lost than in comparable ones we won: those of the same "
    "segment, size and year in which it could be present.",
    headlines=(),
    widgets=(),
)


@dataclass(frozen=True)
class ContrastsPage:
    """The figures of the page; one that has nothing to say is None."""

    found: Contrasts
    strengths: SafeString | None
    findings: SafeString
    by_chance: SafeString | None
    too_few: SafeString | None
    left_out: str


def contrasts_page(
    found: Contrasts, query: TrendQuery, links: Links, *, csv_href: str, attributes_href: str
) -> ContrastsPage:
    """`query` is that of the page; each side of each row opens as many deals as it counts.

    The addresses are those of the tables of comparisons and of attributes.
    """
    strengths = strengths_chart(found)
    return ContrastsPage(
        found=found,
        strengths=figure(strengths, csv_href=attributes_href) if found.attributes else None,
        findings=figure(findings_chart(found, query, links), csv_href=csv_href, no_data=NOTHING),
        by_chance=_html(by_chance(found, query, links)),
        too_few=_html(too_few(found, query, links)),
        left_out=", ".join(found.left_out),
    )


def contrasts_drawn(
    found: Contrasts, state: DashboardState, answer: TrendResult, withheld: Withheld
) -> Drawn:
    """The page as its PDF shows it; `answer` is on all deals of the page."""
    links = Links(state.address())
    charts: list[Chart] = [findings_chart(found, state.query, links, most=MOST_ON_PAPER)]
    if found.attributes:
        charts.append(strengths_chart(found))
    shown: list[Shown] = [Figure(each, state.query, NOTHING) for each in charts]
    rest = (
        further(found, state.query, links),
        by_chance(found, state.query, links),
        too_few(found, state.query, links),
    )
    shown += [each for each in rest if each is not None]
    return Drawn(
        ON_PAPER,
        state,
        answer,
        withheld,
        drawings=[Drawing(Widget("", "", (), answered, wide=True), each) for each in shown],
        scopes=tuple(filter(None, [answer.scope])),
    )


def label_of(contrast: Contrast) -> str:
    """What deals have or don't, as one says it."""
    name, label = contrast.dimension, contrast.key.label
    if name.startswith(ATTRIBUTE):
        return f"{name.removeprefix(ATTRIBUTE)}: {label}"
    return {"question": f"“{label}” no", "factor": f"{label} hurt", "reason": f"{label} cited"}[
        name
    ]


def strengths_chart(found: Contrasts) -> Dots:
    dots = [
        Dot(
            each.dimension.removeprefix(ATTRIBUTE),
            round(each.value, 2),
            f"{each.dimension.removeprefix(ATTRIBUTE)}: strength {each.value:.2f} over {deals(each.n)}",
            basis=f"{each.values} values, {deals(each.n)}",
        )
        for each in found.attributes
    ]
    return Dots(
        key="strengths",
        title="Attributes, by how much they tell",
        description="From 0, it says nothing of winning or losing, to 1, it says it all: Cramér's V "
        "without its bias, over the deals that bring the attribute.",
        dots=dots,
        unit=NUMBER,
        row_heading="Attribute",
        value_heading="Strength",
    )


def findings_chart(
    found: Contrasts, query: TrendQuery, links: Links, *, most: int = MOST_DRAWN
) -> Forest:
    """The surest `most` findings."""
    return Forest(
        key="findings",
        title="What tells losses from wins",
        description=(
            "How many times as often in losses as in wins of the same segment, size and year, with 95% "
            f"intervals; {found.compared:,} things were compared, and at most {FALSE_FINDINGS:.0%} of those "
            "shown are false alarms (Benjamini and Hochberg). First what is surest. It goes with losing, "
            f"which is not yet why. {alone_words(found)}"
        ),
        rows=[_odds(each, query, links) for each in found.findings[:most]],
        left="more in wins",
        right="more in losses",
        columns=(*SIDES, *RATIOS[1:], "Chance findings among those as sure (q)"),
    )


def alone_words(found: Contrasts) -> str:
    """How many lost deals stand beside no win that is like them."""
    matching = found.matching
    if not matching.alone:
        return f"All of {deals(matching.losses)} lost have comparable wins."
    have = "has" if matching.alone == 1 else "have"
    return (
        f"{matching.alone:,} of {deals(matching.losses)} lost {have} no comparable win and count only "
        "in the figures over all deals."
    )


def _odds(each: Contrast, query: TrendQuery, links: Links) -> Odds:
    assert each.matched.ratio is not None
    sides, value = each.sides, each.matched.ratio
    words = (
        f"{label_of(each)}: {sides.lost:,} of {sides.losses:,} losses, {sides.won:,} of "
        f"{sides.wins:,} wins; like with like {times(value.value)} times as often in losses, 95% interval "
        f"{times(value.low)} to {times(value.high)}; over all deals {_ratio_words(each.ratio)}"
    )
    lost, won = _sides(each, query, links)
    return Odds(
        label_of(each),
        value.value,
        value.low,
        value.high,
        words,
        _basis(each),
        (lost, won, *_beside(each), Cell(_q_words(each))),
        (lost if each.is_of_losses else won).href,
    )


def _basis(each: Contrast) -> str:
    sides = each.sides
    over_all = f"; {times(each.ratio.value)}× over all" if each.ratio else ""
    return (
        f"{percent(sides.lost / sides.losses)} of {sides.losses:,} lost, "
        f"{percent(sides.won / sides.wins)} of {sides.wins:,} won{over_all}"
    )


def _beside(each: Contrast) -> tuple[Cell, Cell]:
    """What stands beside the ratio of like with like."""
    return Cell(_ratio_words(each.ratio)), Cell(f"{each.matched.alone:,}")


def _sides(each: Contrast, query: TrendQuery, links: Links) -> tuple[Cell, Cell]:
    sides = each.sides
    return (
        Cell(
            f"{sides.lost:,} of {sides.losses:,}",
            _link(each, query, links, won=False) if sides.lost else "",
        ),
        Cell(
            f"{sides.won:,} of {sides.wins:,}",
            _link(each, query, links, won=True) if sides.won else "",
        ),
    )


def _link(each: Contrast, query: TrendQuery, links: Links, *, won: bool) -> Opens:
    asked, keys = behind(query, each, won=won)
    return links.cell(asked, keys, each.sides.won if won else each.sides.lost)


def further(found: Contrasts, query: TrendQuery, links: Links) -> Listing | None:
    note = "The findings after those drawn, in the same order."
    more = found.findings[MOST_ON_PAPER:]
    return _rest("further", "Further findings", note, more, query, links)


def by_chance(found: Contrasts, query: TrendQuery, links: Links) -> Listing | None:
    note = "As common in losses as in wins, as far as these deals can tell."
    return _rest("by-chance", "What chance explains", note, found.by_chance, query, links)


def too_few(found: Contrasts, query: TrendQuery, links: Links) -> Listing | None:
    note = (
        "Too few deals on a side or with it, of all or of those that are comparable: counts and their "
        "deals, and no finding."
    )
    return _rest("too-few", "Too few to tell", note, found.too_few, query, links)


def _html(rest: Listing | None) -> SafeString | None:
    """Without a CSV of its own: that of the findings holds every comparison."""
    return listing(rest.key, rest.title, rest.description, rest.table) if rest else None


def _rest(
    key: str,
    title: str,
    note: str,
    contrasts: Sequence[Contrast],
    query: TrendQuery,
    links: Links,
) -> Listing | None:
    if not contrasts:
        return None
    has_ratio = any(each.ratio is not None for each in contrasts)
    columns = ("What", *SIDES, *(RATIOS if has_ratio else ()))
    lines = tuple(
        (
            Cell(label_of(each)),
            *_sides(each, query, links),
            *((Cell(_ratio_words(each.matched.ratio)), *_beside(each)) if has_ratio else ()),
        )
        for each in contrasts
    )
    return Listing(key, title, note, Table(columns, lines), query, NOTHING)


def _ratio_words(ratio: Ratio | None) -> str:
    if ratio is None:
        return "–"
    return f"{times(ratio.value)} ({times(ratio.low)} to {times(ratio.high)})"


def _q_words(each: Contrast) -> str:
    if each.q is None:
        return "–"
    return "below 0.1%" if each.q < 0.001 else f"{each.q:.1%}"


def contrasts_csv(found: Contrasts) -> str:
    """Every comparison with its counts; figures only where there are enough deals."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for reading, each in _read(found):
        writer.writerow([csv_safe(cell) for cell in _line(reading, each)])
    return text.getvalue()


def attributes_csv(found: Contrasts) -> str:
    """How much each attribute tells, the strongest first."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(OF_ATTRIBUTES)
    for each in found.attributes:
        name = each.dimension.removeprefix(ATTRIBUTE)
        line = (name, f"{each.value:.4f}", str(each.n), str(each.values))
        writer.writerow([csv_safe(cell) for cell in line])
    return text.getvalue()


def _read(found: Contrasts) -> Iterable[tuple[str, Contrast]]:
    for reading, contrasts in (
        ("finding", found.findings),
        ("chance explains it", found.by_chance),
        ("too few", found.too_few),
    ):
        yield from ((reading, each) for each in contrasts)


def _line(reading: str, each: Contrast) -> tuple[str, ...]:
    sides, matched = each.sides, each.matched
    counts = (sides.lost, sides.losses, sides.won, sides.wins)
    q = "" if each.q is None else f"{each.q:.3g}"
    return (
        *(each.dimension, each.key.label, *map(str, counts), *_figures(each.ratio), q, reading),
        *_figures(matched.ratio),
        *(str(matched.alone), str(matched.alone_wins)),
    )


def _figures(ratio: Ratio | None) -> tuple[str, ...]:
    if ratio is None:
        return "", "", ""
    return tuple(f"{figure:.4f}" for figure in (ratio.value, ratio.low, ratio.high))
