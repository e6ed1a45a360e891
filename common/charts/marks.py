"""The strings that charts are made of: numbers, links, whiskers, patterns.

Horizontal places are percentages and vertical ones pixels, so that a chart fills any width while its text
keeps its size. Every element carries presentation attributes, which print and PDF makers obey, beside the
classes that give it the theme's colours.
"""

from html import escape

from django.utils.safestring import SafeString

from common.charts.links import Href, link_attributes

INK = "#221d16"
SOFT = "#5a5144"
RULE = "#ddd2bc"
PAPER = "#fffcf5"
COLOURS = (
    "#1c4f6e",
    "#b5472c",
    "#a87412",
    "#3f7550",
    "#7a4672",
    "#6e6656",
    "#26807f",
    "#8f3a58",
)
TEXTURES = (
    "",
    '<path d="M0 8L8 0M-2 2L2 -2M6 10L10 6"/>',
    '<path d="M2 2h1.6v1.6h-1.6zM6 6h1.6v1.6h-1.6z"/>',
    '<path d="M0 2h8M0 6h8"/>',
    '<path d="M2 0v8M6 0v8"/>',
    '<path d="M0 4h8M4 0v8"/>',
    '<path d="M0 0L8 8M-2 6L2 10M6 -2L10 2"/>',
    '<path d="M0 0L8 8M0 8L8 0"/>',
)
DOTS = "1.5 3"
NOT_DEBRIEFED = "Not debriefed"
DASHES = ("", "7 3", "2 3", "9 3 2 3", "5 5", "12 4", "1 4", "9 3 2 3 2 3")
SHAPES = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M-3.6 -3.6h7.2v7.2h-7.2z",
    "M0 -5L5 0L0 5L-5 0z",
    "M0 -4.6L4.6 3.6h-9.2z",
    "M0 4.6L4.6 -3.6h-9.2z",
    "M-4 -1.4h2.6v-2.6h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6z",
    "M-4.6 0a4.6 4.6 0 0 1 9.2 0z",
    "M-5 -2.4h10v4.8h-10z",
)


def built(html: str) -> SafeString:
    """Mark as safe what this package has put together: it escapes each text that comes from outside."""
    return SafeString(html)


def num(value: float) -> str:
    """A coordinate with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def pct(part: float) -> str:
    """A horizontal place from 0 to 1 as a percentage."""
    return f"{num(part * 100)}%"


def mark(href: Href, words: str, drawing: str) -> str:
    """One mark: a link that says in words what it shows; without an address, a group that does."""
    title = f"<title>{escape(words)}</title>"
    if not href:
        return f'<g role="img">{title}{drawing}</g>'
    return f"<a {link_attributes(href)}>{title}{drawing}</a>"


def text(x: str, y: float, words: str, *, css: str = "ct", anchor: str = "start") -> str:
    colour = INK if css == "cl" else SOFT
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{css}" fill="{colour}" x="{x}" y="{num(y)}"{place}>{escape(words)}</text>'


def across(low: float, high: float, y: float) -> str:
    """A horizontal whisker between two places from 0 to 1, with end caps, haloed so that a bar can't hide it."""
    a, b, top, end = pct(low), pct(high), num(y - 4), num(y + 4)
    return (
        f'<line class="cx" stroke="{PAPER}" stroke-width="5" x1="{a}" x2="{b}" y1="{num(y)}" y2="{num(y)}"/>'
        f'<g class="cw" stroke="{INK}" stroke-width="1.5">'
        f'<line x1="{a}" x2="{b}" y1="{num(y)}" y2="{num(y)}"/>'
        f'<line x1="{a}" x2="{a}" y1="{top}" y2="{end}"/><line x1="{b}" x2="{b}" y1="{top}" y2="{end}"/></g>'
    )


def upright(x: float, top: float, bottom: float) -> str:
    """A vertical whisker at one place from 0 to 1, haloed likewise."""
    line = f'x1="{pct(x)}" x2="{pct(x)}" y1="{num(top)}" y2="{num(bottom)}"'
    return (
        f'<line class="cx" stroke="{PAPER}" stroke-width="4" {line}/>'
        f'<line class="cw" stroke="{INK}" stroke-width="1.5" {line}/>'
    )


def fill_of(key: str, index: int) -> str:
    """What fills series `index`: its colour, with a texture of its own from the second on."""
    place = index % len(COLOURS)
    return COLOURS[place] if not TEXTURES[place] else f"url(#{key}-t{place})"


def textures(key: str, count: int) -> str:
    """The patterns of the first `count` series and the hatching that stands for "not debriefed"."""
    patterns = [_pattern(key, place) for place in range(1, min(count, len(TEXTURES)))]
    return f"<defs>{''.join(patterns)}{_hatching(key)}</defs>"


def hatch_of(key: str) -> str:
    return f"url(#{key}-h)"


def _pattern(key: str, place: int) -> str:
    return (
        f'<pattern id="{key}-t{place}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect class="s{place + 1}" fill="{COLOURS[place]}" width="8" height="8"/>'
        f'<g class="cx" stroke="{PAPER}" stroke-width="1.2" stroke-opacity="0.5" fill="none">'
        f"{TEXTURES[place]}</g></pattern>"
    )


def _hatching(key: str) -> str:
    return (
        f'<pattern id="{key}-h" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><line class="ch" stroke="{SOFT}" stroke-width="2.4" '
        f'x1="0" x2="0" y1="0" y2="6"/></pattern>'
    )
