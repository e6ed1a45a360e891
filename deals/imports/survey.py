"""The first look through a whole file of deals: what single cells need to be understood."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import islice, pairwise

from django.conf import settings

from deals.imports.mapping import Mapping
from deals.imports.parsing import (
    NotUnderstood,
    Order,
    comma_marks_decimals,
    day_order,
    is_nothing,
    parse_date,
)
from deals.imports.reading import Row, rows_of
from deals.imports.rows import Reading, RowReader
from deals.imports.vocabulary import word_key
from deals.models import ImportFile, Stage

DAYS = ("opened_on", "closed_on")
MOST_WORDS = 5_000
SAMPLES = 3


@dataclass
class Survey:
    """What a file of deals shows as a whole."""

    rows: int = 0
    reading: Reading = field(default_factory=Reading)
    date_notes: dict[str, str] = field(default_factory=dict)
    repeated: frozenset[int] = frozenset()
    owners: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    first_day: date | None = None


@dataclass
class _Columns:
    """The cells of few columns, thinned out to what can decide something."""

    dates: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in DAYS})
    amounts: set[str] = field(default_factory=set)


def survey(file: ImportFile, mapping: Mapping) -> Survey:
    """Look through the file once. Memory grows by 8 bytes a row and by distinct names."""
    reader = RowReader(mapping, file.headers, Reading())
    found, columns, ids = Survey(), _Columns(), array("q")
    for row in rows_of(file):
        found.rows += 1
        identity = reader.identity(row.number, row.cells)
        if identity:
            ids.append(id_hash(identity))
        _count(found.owners, reader.word(row.cells, "owner"))
        _count(found.stages, reader.word(row.cells, "stage"))
        _keep_deciding_cells(columns, reader, row)
    found.repeated = _repeated(ids)
    orders, found.date_notes = _orders(columns, mapping)
    found.reading = Reading(
        orders=orders,
        comma_is_decimal=comma_marks_decimals(columns.amounts),
        open_stages=frozenset(
            word_key(name) for name in Stage.objects.values_list("name", flat=True)
        ),
        company_currency=settings.ENV.reporting_currency,
    )
    found.first_day = _first_day(columns, orders)
    return found


def samples(file: ImportFile) -> dict[str, list[str]]:
    """The first filled cells of each column, for a person who says what it holds."""
    shown: dict[str, list[str]] = {header: [] for header in file.headers}
    for row in islice(rows_of(file), 50):
        for header, cell in zip(file.headers, row.cells, strict=False):
            if len(shown[header]) < SAMPLES and not is_nothing(cell):
                shown[header].append(cell.strip()[:60])
    return shown


def id_hash(identity: str) -> int:
    """64 bits of an id: rows that share them are looked at, others can't repeat."""
    digest = blake2b(identity.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _count(words: Counter[str], word: str) -> None:
    if word and (word in words or len(words) < MOST_WORDS):
        words[word] += 1


def _keep_deciding_cells(columns: _Columns, reader: RowReader, row: Row) -> None:
    for name in DAYS:
        cell = reader.word(row.cells, name)
        if cell and len(columns.dates[name]) < MOST_WORDS:
            has_time = len(cell) > 10 and cell[10] in "T "
            columns.dates[name].add(cell[:10] if has_time else cell)
    amount = reader.word(row.cells, "amount")
    if len(columns.amounts) < MOST_WORDS and ("," in amount or "." in amount):
        columns.amounts.add(amount)


def _repeated(ids: "array[int]") -> frozenset[int]:
    ordered = sorted(ids)
    return frozenset(a for a, b in pairwise(ordered) if a == b)


def _orders(columns: _Columns, mapping: Mapping) -> tuple[dict[str, Order | None], dict[str, str]]:
    """The order of day and month of each column, by what it shows, else by its neighbour."""
    orders: dict[str, Order | None] = {}
    local: dict[str, bool] = {}
    for name in DAYS:
        orders[name], local[name] = day_order(sorted(columns.dates[name]))
    shown = next((order for order in orders.values() if order), None)
    notes = {}
    for name in DAYS:
        chosen = mapping.order or orders[name] or shown or Order.DAY_FIRST
        if local[name]:
            notes[name] = _said_of(chosen, decided=bool(mapping.order or orders[name] or shown))
        orders[name] = chosen
    return orders, notes


def _said_of(order: Order, *, decided: bool) -> str:
    words = "day/month/year" if order is Order.DAY_FIRST else "month/day/year"
    if decided:
        return f"read as {words}"
    return f"read as {words}; no date tells, so say it in the mapping if that is wrong"


def _first_day(columns: _Columns, orders: dict[str, Order | None]) -> date | None:
    days = [*_parsed(columns.dates["opened_on"], orders["opened_on"])]
    days += _parsed(columns.dates["closed_on"], orders["closed_on"])
    return min(days, default=None)


def _parsed(cells: Iterable[str], order: Order | None) -> Sequence[date]:
    days = []
    for cell in cells:
        try:
            days.append(parse_date(cell, order=order)[0])
        except NotUnderstood:
            continue
    return days
