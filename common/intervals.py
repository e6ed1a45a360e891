"""The 95 % interval of a rate (E. B. Wilson, JASA 22, 1927)."""

from math import sqrt

Z = 1.959963984540054

Interval = tuple[float, float]


def wilson(hits: int, n: int) -> Interval:
    """The interval of the rate `hits / n`, for n of 1 and more."""
    rate = hits / n
    centre = (rate + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return (
        0.0 if hits == 0 else max(0.0, centre - half),
        1.0 if hits == n else min(1.0, centre + half),
    )
