"""Sizes of deals: spans of amounts in the reporting currency, as filters name them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from trends.errors import TrendError

STEPS = (Decimal("0.2"), Decimal(1), Decimal(5), Decimal(25))


@dataclass(frozen=True)
class Span:
    """Amounts from `low` up to below `high`, in major units; None is open."""

    low: Decimal | None
    high: Decimal | None

    @classmethod
    def of(cls, text: str) -> "Span":
        """Read `20000..100000`, `..20000` or `100000..`. TrendError for anything else."""
        low, dots, high = text.partition("..")
        try:
            span = cls(_number(low), _number(high))
        except InvalidOperation as wrong:
            raise TrendError("amount", WRONG) from wrong
        if not dots or (span.low is None and span.high is None):
            raise TrendError("amount", WRONG)
        if span.low is not None and span.high is not None and span.low >= span.high:
            raise TrendError("amount", "Let the amount begin below its end.")
        return span

    def __str__(self) -> str:
        return f"{_text(self.low)}..{_text(self.high)}"

    def in_words(self) -> str:
        if self.low is None:
            return f"Below {self.high:,f}"
        if self.high is None:
            return f"{self.low:,f} and more"
        return f"{self.low:,f} to below {self.high:,f}"

    def in_minor(self, decimals: int) -> tuple[int | None, int | None]:
        """Its bounds in whole minor units; a bound between two of them is the next one."""
        low, high = (
            None if x is None else int(x.scaleb(decimals).to_integral_value(ROUND_CEILING))
            for x in (self.low, self.high)
        )
        return low, high


def size_in_words(value: str | None) -> str:
    """A value of the filter as a page says it."""
    return value.capitalize() if value in ("known", "unknown") else Span.of(value or "").in_words()


WRONG = "Choose known, unknown or a span such as 20000..100000, ..20000 or 100000.. ."


def spans_around(median: Decimal) -> Sequence[Span]:
    """Five sizes of deals with round bounds, the middle one around the median.

    The bounds are 1/5, 1, 5 and 25 times a base: half the median, rounded down to 1, 2 or 5
    times a power of ten, so that they rarely change.
    """
    if median <= 0:
        return (Span(Decimal(0), None),)
    bounds = [_plain(_round(median / 2) * step) for step in STEPS]
    lows, highs = [None, *bounds], [*bounds, None]
    return tuple(Span(low, high) for low, high in zip(lows, highs, strict=True))


def _round(value: Decimal) -> Decimal:
    power = Decimal(10) ** int(value.log10().to_integral_value(ROUND_FLOOR))
    return max(step for step in (power, 2 * power, 5 * power) if step <= value)


def _plain(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    number = Decimal(text)
    if not number.is_finite() or number < 0:
        raise InvalidOperation
    return number


def _text(bound: Decimal | None) -> str:
    return "" if bound is None else f"{bound.normalize():f}"
