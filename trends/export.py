"""An answer as a CSV table, as it stands on the screen."""

import csv
from collections.abc import Iterator
from io import StringIO

from common.text import csv_safe
from trends.dimensions import DIMENSIONS
from trends.groups import GROUPED, SMALL_LABEL, is_small
from trends.results import Row, TrendResult, Value


def csv_table(result: TrendResult) -> str:
    """Header and rows; every figure with its n, every rate with its interval."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(list(_header(result)))
    for row in result.rows if result.query.by else (result.total,):
        writer.writerow([csv_safe(cell) for cell in _cells(result, row)])
    return text.getvalue()


def file_name(result: TrendResult) -> str:
    by = "-by-" + "-".join(result.query.by) if result.query.by else ""
    days = f"-{result.period.since}-{result.period.until}" if result.period else ""
    return f"{result.query.measure}{by}{days}.csv".replace(":", "-")


def _header(result: TrendResult) -> Iterator[str]:
    for name in result.query.by:
        yield DIMENSIONS[name].label if name in DIMENSIONS else name
    label = result.query.asked_measure.label
    yield label
    if result.query.asked_measure.unit == "money":
        yield "Currency"
    yield from ("n", "of", "share", "95% low", "95% high", "unknown", "unknown share")
    if _tells_bounds(result):
        yield from ("share if none", "share if all")
    if _tells_untested(result):
        yield from ("untested", "untested n")
    yield "note"
    if result.compared_period:
        yield f"{label} before"
        yield "n before"


def _cells(result: TrendResult, row: Row) -> Iterator[str]:
    for key in row.keys:
        yield key.label
    yield _number(row.value)
    if result.query.asked_measure.unit == "money":
        yield result.currency
    yield str(row.n)
    yield "" if row.of is None else str(row.of)
    figures = [row.share, row.low, row.high]
    for each in figures:
        yield _number(each)
    yield str(row.unknown)
    share = row.unknown_share if row.unknown else None
    yield _number(share)
    if _tells_bounds(result):
        for end in row.bounds or (None, None):
            yield _number(end)
    if _tells_untested(result):
        yield _number(row.untested.value) if row.untested else ""
        yield str(row.untested.n) if row.untested else ""
    yield _note(result, row)
    if result.compared_period:
        yield _number(row.compared.value) if row.compared else ""
        yield str(row.compared.n) if row.compared else ""


def _tells_bounds(result: TrendResult) -> bool:
    return any(row.bounds is not None for row in result.rows)


def _tells_untested(result: TrendResult) -> bool:
    return any(row.untested is not None for row in result.rows)


def _note(result: TrendResult, row: Row) -> str:
    notes = ["too few"] if row.too_few else []
    if row.partial:
        notes.append("period still running")
    return "; ".join([*notes, *_merged(result, row)])


def _merged(result: TrendResult, row: Row) -> Iterator[str]:
    """Which months stand in another row, or in this one; of no row's group, what is said of all."""
    if result.scope and not GROUPED & set(result.query.by):
        yield result.scope
    for name, key in zip(result.query.by, row.keys, strict=False):
        if is_small(name, key.id):
            yield result.scope
        mine = [each for each in result.merged.get(name, ()) if each.belongs_to(name, key.id)]
        if mine:
            yield f"without {'; '.join(map(str, mine))}, under “{SMALL_LABEL}”"


def _number(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)
