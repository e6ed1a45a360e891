"""Tables that stack on a narrow screen, drawn by Python.

For the long lists: a template takes several times as long for each row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

UNSAID = "–"
_PLACE = 987654321


@dataclass(frozen=True)
class Column:
    """A column by its title; numbers stand to the right."""

    title: str
    is_number: bool = False


def stacked_table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> SafeString:
    """The `<table>`. A row's first cell names it; what isn't safe HTML is escaped."""
    heads = (f'<th scope="col"{_aligned(column)}>{escape(column.title)}</th>' for column in columns)
    opened = [f'<td{_aligned(column)} data-label="{escape(column.title)}">' for column in columns]
    drawn = (
        f'<tr><th scope="row">{conditional_escape(name)}</th>'
        + "".join(
            f"{opening}{conditional_escape(cell)}</td>"
            for opening, cell in zip(opened[1:], cells, strict=True)
        )
        + "</tr>"
        for name, *cells in rows
    )
    return SafeString(
        f'<table class="table table-stack"><thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{''.join(drawn)}</tbody></table>"
    )


def _aligned(column: Column) -> str:
    return ' class="num"' if column.is_number else ""


@lru_cache(maxsize=4096)
def day_cell(on: date) -> SafeString:
    return SafeString(f'<time datetime="{on:%Y-%m-%d}">{on:%-d %b %Y}</time>')


def remark_cell(words: str) -> SafeString:
    """What is said in a value's place."""
    return SafeString(f'<span class="meta">{escape(words)}</span>')


def addresses_of(url_name: str) -> Callable[[int], str]:
    """The addresses of the pages of one kind, by id: reversed once for a whole list."""
    before, after = reverse(url_name, args=[_PLACE]).split(str(_PLACE))
    return lambda pk: f"{before}{pk}{after}"
