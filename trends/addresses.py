"""Addresses of numbers: the deals behind a cell, and a table as CSV."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from trends.errors import TrendError
from trends.query import NULL, TrendQuery
from trends.results import Key

CELL = "cell"
BACK = "back"


@cache
def _path(name: str) -> str:
    return reverse(name)


def with_query(path: str, params: Mapping[str, list[str]]) -> str:
    text = urlencode(params, doseq=True)
    return f"{path}?{text}" if text else path


def page_address(path: str, query: TrendQuery, *, asks: bool = False, **more: str) -> str:
    """A page with the period, comparison and filters of `query`.

    Unless the page `asks` what its address names, measure and dimensions are its own affair.
    """
    text = _asked(query, asks, *more.items())
    return f"{path}?{text}" if text else path


# A page leads to all others with the same parameters.
@lru_cache(maxsize=128)
def _asked(query: TrendQuery, asks: bool, *more: tuple[str, str]) -> str:
    params = query.to_params()
    if not asks:
        params.pop("by", None)
        params.pop("measure", None)
    return urlencode(params | {k: [v] for k, v in more if v}, doseq=True)


def dashboard_address(query: TrendQuery) -> str:
    """The overview with the period, comparison and filters of `query`."""
    return page_address(_path("trends:dashboard"), query)


def deals_address(query: TrendQuery, keys: Iterable[Key] = (), *, back: str = "") -> str:
    """The deals behind one cell of the query's answer; behind all of it without keys.

    `back` is the address of the page that shows the number, to which the list leads back.
    """
    cells = [_cell(name, key.id) for name, key in zip(query.by, keys, strict=False)]
    return "&".join([_deals_of(query), *cells, *([_leading_back(back)] if back else ())])


# A page holds hundreds of such addresses, which differ in their cell alone.
@lru_cache(maxsize=128)
def _deals_of(query: TrendQuery) -> str:
    params = query.to_params()
    params.pop("compare", None)
    return with_query(_path("trends:deals"), params)


@lru_cache(maxsize=4096)
def _cell(name: str, value: str | None) -> str:
    return urlencode({CELL: f"{name}={NULL if value is None else value}"})


@lru_cache(maxsize=128)
def _leading_back(address: str) -> str:
    return urlencode({BACK: address})


def table_address(query: TrendQuery) -> str:
    """The query's answer as a CSV file."""
    return with_query(_path("trends:table"), query.to_params())


def cell_from(values: Iterable[str], query: TrendQuery) -> dict[str, str | None]:
    """The cell that `cell=DIMENSION=VALUE` parameters name. TrendError for one that is none."""
    cell: dict[str, str | None] = {}
    for text in values:
        name, equals, value = text.rpartition("=")
        if not equals or name not in query.by:
            raise TrendError(CELL, f"“{text}” names no cell: write DIMENSION=VALUE, as in by.")
        cell[name] = None if value == NULL else value
    if cell and set(cell) != set(query.by):
        raise TrendError(CELL, f"Name a value of each of {', '.join(query.by)}, or no cell at all.")
    return cell
