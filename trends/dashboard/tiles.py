"""The headline figures."""

from dataclasses import dataclass

from common.charts import Unit, money
from trends.addresses import deals_address
from trends.dashboard.words import (
    Change,
    against,
    change_of_count,
    change_of_rate,
    deals,
    interval,
    percent,
)
from trends.results import TrendResult


@dataclass(frozen=True)
class Tile:
    """One figure, in the words of `components/stat_tile.html`."""

    label: str
    value: str
    href: str
    n: str = ""
    interval: str = ""
    delta: str = ""
    direction: str = "same"
    tone: str = "same"
    note: str = ""


def lost_tile(lost: TrendResult) -> Tile:
    total = lost.total
    return _tile(
        "Lost deals",
        f"{total.n:,}",
        deals_address(lost.query),
        n=f"of {lost.coverage.closed:,} closed",
        change=change_of_count(total, "lost", against(lost)),
    )


def lost_amount_tile(amount: TrendResult) -> Tile:
    """Amounts are summed over the deals that have one; the others are counted beside it."""
    total, unit = amount.total, money(amount.currency)
    change = None
    if total.compared and total.compared.value is not None:
        change = Change(f"{unit.label(total.compared.value)} {against(amount)}")
    return _tile(
        "Lost value",
        _amount(unit, total.value) if total.n else "Unknown",
        deals_address(amount.query),
        n=f"from {deals(total.n)} with an amount",
        note=f"{deals(total.unknown)} of unknown value, not in the sum" if total.unknown else "",
        change=change,
    )


def win_rate_tile(rate: TrendResult) -> Tile:
    total = rate.total
    return _tile(
        "Win rate",
        percent(float(total.value)) if total.value is not None else "–",
        deals_address(rate.query),
        n=f"of {total.n:,} closed"
        if not total.too_few
        else f"{deals(total.n)}: too few for a rate",
        interval=interval(total),
        change=change_of_rate(total, against(rate)),
    )


def coverage_tile(coverage: TrendResult) -> Tile:
    total, counts = coverage.total, coverage.coverage
    dismissed = f", {counts.dismissed:,} not worth one" if counts.dismissed else ""
    return _tile(
        "Debriefed",
        percent(float(total.value)) if total.value is not None else "–",
        deals_address(coverage.query.where(debrief="submitted")),
        n=f"{counts.debriefed:,} of {counts.closed:,} closed",
        note=f"{counts.missing:,} missing{dismissed}",
        change=change_of_rate(total, against(coverage)),
    )


def _tile(label: str, value: str, href: str, *, change: Change | None, **more: str) -> Tile:
    if change is None:
        return Tile(label, value, href, **more)
    return Tile(
        label,
        value,
        href,
        delta=change.words,
        direction=change.direction,
        tone=change.tone,
        **more,
    )


def _amount(unit: Unit, value: object) -> str:
    return unit.label(value) if value is not None else "Unknown"  # type: ignore[arg-type]
