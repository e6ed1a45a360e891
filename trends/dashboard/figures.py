"""What the pages of the dashboard are made of: figures with the addresses behind their marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common.charts import HeatTable, Opens, Table, figure
from common.charts.frame import Chart, listing
from trends.addresses import deals_address, table_address
from trends.measures import Unit
from trends.query import TrendQuery
from trends.results import Key, Row, TrendResult


@dataclass(frozen=True)
class Links:
    """Addresses of what lies behind figures; `back` is the page to which the lists lead back."""

    back: str = ""

    def row(self, answer: TrendResult, row: Row) -> Opens:
        """The deals behind a row, as many as its n and worth as much as its amount."""
        money = answer.query.asked_measure.unit is Unit.MONEY
        summed = money and not answer.query.measure.startswith("median") and row.value is not None
        amount = Decimal(str(row.value)) if summed else None
        return Opens(deals_address(answer.query, row.keys, back=self.back), row.n, amount)

    def cell(self, query: TrendQuery, keys: Iterable[Key], n: int) -> Opens:
        """The deals behind one cell of a query; behind all of it without keys."""
        return Opens(deals_address(query, keys, back=self.back), n)


class Shown(Protocol):
    """A figure as it stands on a page."""

    def html(self) -> SafeString: ...


@dataclass(frozen=True)
class Figure:
    """A chart with the query whose table its CSV is, and what to say where there is nothing.

    `csv_href` is another table's address, of a figure that is no answer to one query.
    """

    chart: Chart
    query: TrendQuery
    no_data: str
    csv_href: str = ""

    def html(self) -> SafeString:
        csv = self.csv_href or table_address(self.query)
        return figure(self.chart, csv_href=csv, no_data=self.no_data)


@dataclass(frozen=True)
class Crossed:
    """Two dimensions crossed."""

    chart: HeatTable
    query: TrendQuery
    no_data: str

    def html(self) -> SafeString:
        if not self.chart.rows:
            return listing(
                self.chart.key, self.chart.title, self.chart.description, None, empty=self.no_data
            )
        return self.chart.html(csv_href=table_address(self.query))


@dataclass(frozen=True)
class Listing:
    """A table that is the figure itself; without `has_csv` its query has other figures."""

    key: str
    title: str
    description: str
    table: Table
    query: TrendQuery
    no_data: str
    has_csv: bool = True

    def html(self) -> SafeString:
        table = self.table if self.table.rows else None
        csv = table_address(self.query) if self.has_csv else ""
        return listing(
            self.key, self.title, self.description, table, csv_href=csv, empty=self.no_data
        )


@dataclass(frozen=True)
class Prose:
    """Sentences on how the figures came about."""

    key: str
    title: str
    sentences: tuple[str, ...]

    def html(self) -> SafeString:
        items = format_html_join("", "<li>{}</li>", ((each,) for each in self.sentences))
        return format_html(
            '<section class="prose" aria-labelledby="{key}-title">'
            '<h2 id="{key}-title" class="h3">{title}</h2><ul>{items}</ul></section>',
            key=self.key,
            title=self.title,
            items=items,
        )
