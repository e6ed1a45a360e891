"""How rarely something happens, in quarters, as far as such a number can mean something."""

from math import floor, log10

MOST_QUARTERS = 1_000


def rounded(quarters: float) -> str:
    """Two figures."""
    places = max(floor(log10(max(quarters, 1))) - 1, 0)
    return f"{round(quarters / 10**places) * 10**places:,}"


def chance(once_in_quarters: float) -> str:
    """How rarely chance would do it, in words that continue a sentence."""
    if once_in_quarters >= MOST_QUARTERS:
        return f"chance alone would do this less than once in {MOST_QUARTERS:,} quarters"
    return f"chance alone would do this about once in {rounded(once_in_quarters)} quarters"
