"""Charts as SVG, written on the server: typed values in, safe HTML out.

Build one of `Bars`, `Dots`, `Forest`, `Columns` or `Lines` and hand it to `figure`; its `svg()` alone is the drawing
for a report. `HeatTable(...).html()` and `sparkline(...)` stand for themselves.
"""

from common.charts.columns import Columns
from common.charts.forest import Forest, Odds
from common.charts.frame import Cell, Chart, Table, figure
from common.charts.heat import HeatCell, HeatTable
from common.charts.lines import Lines
from common.charts.links import Href, Opens, link_attributes
from common.charts.rows import Bar, Bars, Dot, Dots, Reference
from common.charts.sparkline import sparkline
from common.charts.timeline import Annotation, Period, Point, Series
from common.charts.units import COUNT, DAYS, NUMBER, SHARE, TIMES, Unit, money

__all__ = [
    "COUNT",
    "DAYS",
    "NUMBER",
    "SHARE",
    "TIMES",
    "Annotation",
    "Bar",
    "Bars",
    "Cell",
    "Chart",
    "Columns",
    "Dot",
    "Dots",
    "Forest",
    "HeatCell",
    "HeatTable",
    "Href",
    "Lines",
    "Odds",
    "Opens",
    "Period",
    "Point",
    "Reference",
    "Series",
    "Table",
    "Unit",
    "figure",
    "link_attributes",
    "money",
    "sparkline",
]
