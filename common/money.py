"""Money: decimals with their currency, and the same in whole minor units."""

from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217, amendment 176: every currency not named here has two decimals.
_MINOR_UNITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


def minor_units(currency: str) -> int:
    """How many decimals the currency has: 0, 2 or 3."""
    return _MINOR_UNITS.get(currency, 2)


def to_minor(amount: Decimal, *, decimals: int) -> int:
    """The amount in whole minor units, half-even, e.g. 12.345 with 2 decimals is 1234."""
    scaled = amount.scaleb(decimals)
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def from_minor(minor: int, *, decimals: int) -> Decimal:
    """The decimal amount of whole minor units; the inverse of `to_minor`."""
    return Decimal(minor).scaleb(-decimals)


def without_padding(amount: Decimal, currency: str) -> Decimal:
    """The amount with the decimals of its currency; more where they are not zeros."""
    trimmed = amount.quantize(Decimal(1).scaleb(-minor_units(currency)))
    return trimmed if trimmed == amount else amount


def written(amount: Decimal, currency: str) -> str:
    """As people read it: `USD 12,500` or `USD 12,500.50`."""
    if amount == amount.to_integral_value():
        return f"{currency} {amount:,.0f}"
    return f"{currency} {without_padding(amount, currency):,f}"
