"""Charts for paper: drawings that stand alone, in the light colours, as wide as their place there."""

from dataclasses import dataclass

from common.charts.frame import WIDTH, Chart, swatch
from common.charts.marks import textures

# What the classes of a chart mean beyond their presentation attributes, which say the colours.
_STYLE = (
    "<style>.ct{font-size:12px}.cl{font-weight:600}.cm path{stroke:#fff;stroke-width:1}</style>"
)
_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
_TEXTURED = 8


@dataclass(frozen=True)
class Swatch:
    """An entry of a legend with its drawing."""

    label: str
    swatch: str


def standalone(chart: Chart, *, width: int = WIDTH) -> str:
    """The chart's SVG as a document of its own, `width` pixels wide; its text keeps its size."""
    svg = str(chart.svg()).replace("<svg ", f"<svg {_NAMESPACE} ", 1)
    return widened(svg.replace("<title", f"{_STYLE}<title", 1), width)


def widened(svg: str, width: int) -> str:
    """The same drawing `width` pixels wide: places across are parts of the whole."""
    return svg.replace(f'width="{WIDTH}"', f'width="{width}"', 1)


def swatches(chart: Chart) -> list[Swatch]:
    """The chart's legend, each entry with a drawing of its own."""
    patterns = textures(chart.key, _TEXTURED)
    return [
        Swatch(
            sample.label,
            f'<svg {_NAMESPACE} width="26" height="14">{patterns}{swatch(sample, chart.key)}</svg>',
        )
        for sample in chart.legend()
    ]
