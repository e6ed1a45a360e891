"""The words of a row: its label and, at the right, its value with its n, on as many lines as they need.

A drawing doesn't know how wide it will be, so they are laid out for the narrowest place, a phone.
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from textwrap import wrap

from common.charts.marks import INK, SOFT, text

LINE = 16
NARROWEST = 352  # pixels of a chart on a phone of 390
LETTER = 6.3  # pixels of a letter at the size of labels, on the average
LABEL_LENGTH = 52
MOST_LINES = 3
_FIRST = 15  # from the top of a row to the foot of its first line


# A drawing asks several times: for the row's height, for those above it, for its words.
@lru_cache(maxsize=1024)
def label_lines(label: str, most: int = LABEL_LENGTH) -> tuple[str, ...]:
    """`label` on lines of `most` letters; what three lines don't hold stands in the mark's title."""
    return tuple(wrap(label, most, max_lines=MOST_LINES, placeholder="…")) or ("",)


def taller(label: str, value: str, basis: str) -> int:
    """By how much a row is higher than one whose words stand on one line."""
    return LINE * (_lines(label_lines(label), _rest(value, basis)) - 1)


def names(label: str, value: str, basis: str, top: float) -> str:
    """The label from the top of the row on; on the last line at the right the value, then its n."""
    lines = label_lines(label)
    last = top + _FIRST + LINE * (_lines(lines, _rest(value, basis)) - 1)
    bold = f'<tspan class="cl" fill="{INK}">{escape(value)}</tspan>' if value else ""
    both = " · ".join(part for part in (bold, escape(basis)) if part)
    return (
        f"{label_at(lines, top)}"
        f'<text class="cv" fill="{SOFT}" x="100%" y="{last:g}" text-anchor="end">{both}</text>'
    )


def label_at(lines: Sequence[str], top: float) -> str:
    return "".join(
        text("0", top + _FIRST + LINE * place, line, css="cl") for place, line in enumerate(lines)
    )


def _rest(value: str, basis: str) -> str:
    return " · ".join(part for part in (value, basis) if part)


def _lines(lines: Sequence[str], rest: str) -> int:
    beside = (len(lines[-1]) + len(rest) + 2) * LETTER
    return len(lines) + (beside > NARROWEST)
