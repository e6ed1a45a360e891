"""How a chart writes its numbers."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

Number = int | float | Decimal
LETTERS = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k"))


class Kind(Enum):
    COUNT = "count"
    SHARE = "share"
    MONEY = "money"
    DAYS = "days"
    NUMBER = "number"
    TIMES = "times"


@dataclass(frozen=True)
class Unit:
    """What a value counts: deals, a share between 0 and 1, money of one currency, days, a plain number."""

    kind: Kind
    currency: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether a tick between two whole numbers would mean nothing."""
        return self.kind in (Kind.COUNT, Kind.DAYS)

    def tick(self, value: Number) -> str:
        """For an axis, where the unit is told once: 1.2M, 25%, 40."""
        if self.kind is Kind.SHARE:
            return _percent(value)
        if self.kind is Kind.TIMES:
            return f"{times(float(value))}×"
        return _short(float(value)) if abs(float(value)) >= 10_000 else _plain(value)

    def label(self, value: Number) -> str:
        """For a mark, short but complete: USD 1.2M, 25%, 40, 12 days."""
        if self.kind is Kind.TIMES:
            return self.tick(value)
        return self._with_unit(self.tick(value))

    def full(self, value: Number) -> str:
        """For a table or a sentence, with every digit: USD 1,234,000."""
        if self.kind is Kind.SHARE:
            return f"{float(value):.1%}"
        return self._with_unit(_plain(value))

    def _with_unit(self, text: str) -> str:
        if self.kind is Kind.MONEY:
            return f"{self.currency} {text}".strip()
        if self.kind is Kind.TIMES:
            return f"{text} times"
        if self.kind is Kind.DAYS:
            return f"{text} day" if text == "1" else f"{text} days"
        return text


COUNT = Unit(Kind.COUNT)
SHARE = Unit(Kind.SHARE)
DAYS = Unit(Kind.DAYS)
NUMBER = Unit(Kind.NUMBER)
TIMES = Unit(Kind.TIMES)


def times(value: float) -> str:
    """A ratio as a reader takes it in: 34, 2.1, 0.36."""
    if value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def money(currency: str) -> Unit:
    return Unit(Kind.MONEY, currency)


def _percent(value: Number) -> str:
    return (
        f"{round(float(value) * 100, 1):g}%"
        if 0 < abs(float(value)) < 0.01
        else f"{float(value):.0%}"
    )


def _plain(value: Number) -> str:
    """With thousands separators; decimals only where there are some, at most two unless exact."""
    if isinstance(value, Decimal) or value == int(value):
        return f"{value:,.0f}" if value == int(value) else f"{value:,f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _short(value: float) -> str:
    for size, letter in LETTERS:
        if abs(value) >= size * 0.9995:
            return f"{value / size:.3g}{letter}"
    return f"{value:.0f}"
