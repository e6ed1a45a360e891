"""How figures read: values with their n, intervals, and changes in words."""

from dataclasses import dataclass
from datetime import date

from common.charts import COUNT, DAYS, NUMBER, SHARE, money
from common.charts.units import Unit as ChartUnit
from common.periods import Period, month_start
from trends.axes import period_bounds
from trends.dimensions import DIMENSIONS
from trends.measures import Measure, Unit
from trends.query import CompareWith
from trends.results import Compared, Row, TrendResult, Value, Verdict

TOO_FEW = "too few"


@dataclass(frozen=True)
class Change:
    """A change in words, with the sense that a tile gives it."""

    words: str
    direction: str = "same"
    tone: str = "same"


def chart_unit(measure: Measure, currency: str) -> ChartUnit:
    units = {Unit.COUNT: COUNT, Unit.RATE: SHARE, Unit.DAYS: DAYS, Unit.RATIO: NUMBER}
    return money(currency) if measure.unit is Unit.MONEY else units[measure.unit]


def name_of(dimension: str) -> str:
    """A dimension as a heading: its label, or an attribute's own name."""
    return DIMENSIONS[dimension].label if dimension in DIMENSIONS else dimension.partition(":")[2]


def percent(share: float | None) -> str:
    """A share as a reader takes it in: 34%, 0.4%, 100%."""
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.01 or 0.99 < share < 1 else f"{share:.0%}"


def measured(measure: Measure, value: Value, currency: str) -> str:
    """A value as a reader takes it in, with its unit; a dash for none."""
    if value is None:
        return "–"
    unit = chart_unit(measure, currency)
    return percent(float(value)) if measure.unit is Unit.RATE else unit.full(value)


def interval(row: Row) -> str:
    """The interval of a rate or share."""
    if row.whisker is None:
        return ""
    low, high = row.whisker
    return f"95% interval {percent(low)} to {percent(high)}"


def unknown_words(row: Row, what: str = "value") -> str:
    """“109 of 952 (11%) of unknown value”, nothing where all is known."""
    if not row.unknown:
        return ""
    share = percent(row.unknown_share)
    return f"{row.unknown:,} of {row.n + row.unknown:,} ({share}) of unknown {what}"


def unknown_short(row: Row) -> str:
    """“109 (11%) unknown”, for the line of a bar."""
    return f"{row.unknown:,} ({percent(row.unknown_share)}) unknown" if row.unknown else ""


def spread(measure: Measure, row: Row, currency: str) -> str:
    """The interval of any measure in its own unit: of a count, that of its share."""
    if row.whisker is None:
        return ""
    if measure.unit in (Unit.COUNT, Unit.RATE):
        return interval(row)
    low, high = (measured(measure, each, currency) for each in row.whisker)
    return f"95% interval {low} to {high}"


def bounds_words(row: Row) -> str:
    """“15% to 51%”: the share if none or all of the missing debriefs were such."""
    if row.bounds is None:
        return ""
    low, high = row.bounds
    return f"{percent(low)} to {percent(high)}"


def lift_words(row: Row) -> str:
    """“2.1 (1.4 to 3.2)”: never a ratio without its interval."""
    if row.too_few:
        return TOO_FEW
    if row.value is None:
        return f"only in losses: at least {float(row.low or 0):.1f}"
    low, high = row.whisker or (0.0, 0.0)
    return f"{float(row.value):.1f} ({low:.1f} to {high:.1f})"


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def days(period: Period) -> str:
    """“1 Dec 2025 to 23 Nov 2026”"""
    return f"{day(period.since)} to {day(period.until)}"


def short_period(dimension: str, label: str) -> str:
    """“Mar 26”, “2026-Q1”, “9 Mar”: what fits below a column."""
    bounds = period_bounds(dimension, label)
    if bounds is None or dimension == "quarter":
        return label
    if dimension == "week":
        return f"{bounds.since.day} {bounds.since:%b}"
    return f"{month_start(bounds.since):%b %y}"


def deals(count: int) -> str:
    return f"{count:,} deal" if count == 1 else f"{count:,} deals"


def change_of_count(row: Row, what: str, against: str) -> Change | None:
    """A count's change, told but not judged: a count has no interval of its own here."""
    if row.compared is None:
        return None
    before = row.compared.n if row.compared.value is None else row.compared.value
    return Change(f"{before:,.0f} {what} {against}")


def change_of_rate(row: Row, against: str) -> Change | None:
    """Up or down only where the interval of the difference excludes no change (Newcombe)."""
    compared = row.compared
    if compared is None or compared.value is None or row.value is None:
        return None
    points = (float(row.value) - float(compared.value)) * 100
    words = f"{percent(float(compared.value))} {against}"
    if compared.verdict in (None, Verdict.UNCLEAR):
        return Change(f"{words}: no clear change")
    up = compared.verdict is Verdict.UP
    return Change(
        f"{abs(points):.0f} points {'up' if up else 'down'} from {words}",
        "up" if up else "down",
        "good" if up else "bad",
    )


def against(result: TrendResult) -> str:
    """What the figures are compared with, in words; the page's head gives the days."""
    return "a year before" if result.query.compare is CompareWith.YEAR else "the time before"


def compared_words(compared: Compared | None) -> str:
    return "" if compared is None or compared.value is None else f"{compared.value:,.0f} before"
