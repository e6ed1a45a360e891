"""The headline figures."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts import DAYS, Href, Unit, link_attributes, money
from common.charts.marks import built
from common.intervals import wilson
from trends.dashboard.figures import Links
from trends.dashboard.words import (
    Change,
    against,
    change_of_count,
    change_of_rate,
    deals,
    interval,
    percent,
    spread,
    unknown_words,
)
from trends.results import TrendResult
from trends.statistics import fewest


@dataclass(frozen=True)
class Tile:
    """One figure, in the words of `components/stat_tile.html`."""

    label: str
    value: str
    opens: Href
    n: str = ""
    interval: str = ""
    delta: str = ""
    direction: str = "same"
    tone: str = "same"
    note: str = ""

    @property
    def link(self) -> SafeString:
        """The attributes of its link, with what the list behind it must hold."""
        return built(link_attributes(self.opens))


PLAIN = Links()


def lost_tile(lost: TrendResult, links: Links = PLAIN) -> Tile:
    total = lost.total
    return _tile(
        "Lost deals",
        f"{total.n:,}",
        links.row(lost, total),
        n=f"of {lost.coverage.closed:,} closed",
        change=change_of_count(total, "lost", against(lost)),
    )


def lost_amount_tile(amount: TrendResult, links: Links = PLAIN) -> Tile:
    """Amounts are summed over the deals that have one; the others are counted beside it."""
    total, unit = amount.total, money(amount.currency)
    change = None
    if total.compared and total.compared.value is not None:
        change = Change(f"{unit.label(total.compared.value)} {against(amount)}")
    return _tile(
        "Lost value",
        _amount(unit, total.value) if total.n else "Unknown",
        links.row(amount, total),
        n=f"from {deals(total.n)} with an amount",
        note=f"{unknown_words(total)}, not in the sum" if total.unknown else "",
        change=change,
    )


def win_rate_tile(rate: TrendResult, links: Links = PLAIN) -> Tile:
    total = rate.total
    return _tile(
        "Win rate",
        percent(float(total.value)) if total.value is not None else "–",
        links.row(rate, total),
        n=f"of {total.n:,} closed"
        if not total.too_few
        else f"{deals(total.n)}: too few for a rate",
        interval=interval(total),
        change=change_of_rate(total, against(rate)),
    )


def coverage_tile(coverage: TrendResult, links: Links = PLAIN) -> Tile:
    total, counts = coverage.total, coverage.coverage
    dismissed = f", {counts.dismissed:,} not worth one" if counts.dismissed else ""
    return _tile(
        "Debriefed",
        percent(float(total.value)) if total.value is not None else "–",
        links.cell(coverage.query.where(debrief="submitted"), (), counts.debriefed),
        n=f"{counts.debriefed:,} of {counts.closed:,} closed",
        note=f"{counts.missing:,} missing{dismissed}",
        change=change_of_rate(total, against(coverage)),
    )


def share_tile(label: str, part: TrendResult, whole: TrendResult, links: Links) -> Tile:
    """A part of the lost deals with its share, from 5 of them on with its interval."""
    n, of = part.total.n, whole.total.n
    known = of >= fewest()
    low, high = wilson(n, of) if known else (0.0, 0.0)
    return Tile(
        label,
        f"{n:,}",
        links.row(part, part.total),
        n=f"{percent(n / of)} of {of:,} lost" if known else f"of {of:,} lost",
        interval=f"95% interval {percent(low)} to {percent(high)}" if known else "",
    )


def untested_tile(untested: TrendResult, links: Links, *, of: int) -> Tile:
    """Of the losses that cite a reason, those in which it did not pass its price checks."""
    return Tile(
        "Untested",
        f"{untested.total.n:,}",
        links.row(untested, untested.total),
        n=f"of {of:,} lost",
        note="The price checks were not passed.",
    )


def days_tile(label: str, answer: TrendResult, links: Links) -> Tile:
    """A median of days with its interval, where there are enough deals for one."""
    total = answer.total
    few = f"{deals(total.n)}: too few for a median"
    return Tile(
        label,
        DAYS.label(total.value) if total.value is not None else "–",
        links.row(answer, total),
        n=few if total.too_few else f"median of {deals(total.n)}",
        interval=spread(answer.query.asked_measure, total, answer.currency),
        note=unknown_words(total, "opening"),
    )


def _tile(label: str, value: str, opens: Href, *, change: Change | None, **more: str) -> Tile:
    if change is None:
        return Tile(label, value, opens, **more)
    return Tile(
        label,
        value,
        opens,
        delta=change.words,
        direction=change.direction,
        tone=change.tone,
        **more,
    )


def _amount(unit: Unit, value: object) -> str:
    return unit.label(value) if value is not None else "Unknown"  # type: ignore[arg-type]
