"""One month in memory: built from source rows, patched, and read by the query."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from trends.codec import Column, Columns
from trends.layout import (
    ATTRIBUTE,
    CITED_COLUMNS,
    DEAL_COLUMNS,
    FACTOR,
    MET_COLUMNS,
    NO_SCORE,
    QUESTION,
)
from trends.source import SourceRows, month_of_number


def build(number: int, rows: SourceRows) -> Columns:
    """The block of one month from the source rows, of which those of other months are left out."""
    mine = rows.months == number
    deals = {name: column[mine] for name, column in rows.deals.items()}
    ids = deals["deal"]
    columns = {name: deals[name] for name in DEAL_COLUMNS if name != "day"}
    first = np.datetime64(month_of_number(number), "D").astype(np.int64)
    columns["day"] = deals["days"] - first + 1
    columns |= _long("cited", _placed(ids, rows.cited), CITED_COLUMNS)
    columns |= _long("met", _placed(ids, rows.met), MET_COLUMNS)
    for key, scores in rows.scores.items():
        placed = _placed(ids, scores)
        if len(placed["row"]):
            column = np.full(len(ids), _empty_of(key), dtype=np.int64)
            column[placed["row"]] = placed["value"]
            columns[key] = column
    codes, texts = _attributes(ids, rows.attributes)
    return Columns(columns | codes, texts)


def patch(block: Columns, deal_ids: Column, fresh: Columns) -> Columns:
    """The block without `deal_ids`, with the rows of `fresh` (built for the same month).

    The result is byte for byte what a build from the source would give.
    """
    stays = ~np.isin(block["deal"], deal_ids)
    return _join(_without(block, stays), fresh)


def empty() -> Columns:
    """A block of no deal."""
    names = (*DEAL_COLUMNS, *CITED_COLUMNS, *MET_COLUMNS)
    return Columns({name: np.empty(0, dtype=np.int64) for name in names})


def _placed(ids: Column, rows: dict[str, Column]) -> dict[str, Column]:
    """The long rows of deals in `ids`, with `row` in place of the deal."""
    row = np.searchsorted(ids, rows["deal"])
    row[row == len(ids)] = 0
    known = (ids[row] == rows["deal"]) if len(ids) else np.zeros(len(row), dtype=bool)
    placed = {name: column[known] for name, column in rows.items() if name != "deal"}
    return placed | {"row": row[known]}


def _long(grain: str, placed: dict[str, Column], names: Iterable[str]) -> dict[str, Column]:
    return {name: placed[name.removeprefix(f"{grain}.")] for name in names}


def _empty_of(key: str) -> int:
    return NO_SCORE if key.startswith(FACTOR) else 0


def _attributes(
    ids: Column, found: list[tuple[int, str, str]]
) -> tuple[dict[str, Column], dict[str, tuple[str, ...]]]:
    """A column of codes per attribute; code 0 is none, code n the n-th of its texts, sorted."""
    if not found:
        return {}, {}
    columns: dict[str, Column] = {}
    texts: dict[str, list[str]] = {}
    place = {int(deal): row for row, deal in enumerate(ids)}
    for deal, key, value in found:
        if deal not in place:
            continue
        name = ATTRIBUTE + key
        column = columns.setdefault(name, np.zeros(len(ids), dtype=np.int64))
        known = texts.setdefault(name, [])
        if not known or known[-1] != value:
            known.append(value)
        column[place[deal]] = len(known)
    return _sorted_texts(columns, texts)


def _sorted_texts(
    columns: dict[str, Column], texts: dict[str, Any]
) -> tuple[dict[str, Column], dict[str, tuple[str, ...]]]:
    """Codes in the order of Python's sort, and no text without a row."""
    result: dict[str, Column] = {}
    kept: dict[str, tuple[str, ...]] = {}
    for name, column in columns.items():
        used = np.unique(column[column > 0])
        if not len(used):
            continue
        values = [texts[name][code - 1] for code in used.tolist()]
        kept[name] = tuple(sorted(set(values)))
        rank = {value: n + 1 for n, value in enumerate(kept[name])}
        lookup = np.zeros(int(used.max()) + 1, dtype=np.int64)
        lookup[used] = [rank[value] for value in values]
        result[name] = lookup[column]
    return result, kept


def _without(block: Columns, stays: Column) -> Columns:
    place = np.cumsum(stays) - 1
    columns: dict[str, Column] = {}
    for name, column in block.columns.items():
        grain, _, _ = name.partition(".")
        if name in CITED_COLUMNS or name in MET_COLUMNS:
            kept = column[stays[block[f"{grain}.row"]]]
            columns[name] = place[kept] if name.endswith(".row") else kept
        else:
            columns[name] = column[stays]
    return Columns(columns, block.texts)


def _join(left: Columns, right: Columns) -> Columns:
    """Both blocks' rows in the order of their deals, which are different ones."""
    deals = np.concatenate([left["deal"].astype(np.int64), right["deal"].astype(np.int64)])
    order = np.argsort(deals, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    columns = {name: _appended(left, right, name)[order] for name in DEAL_COLUMNS}
    columns |= _joined_long(left, right, CITED_COLUMNS, place)
    columns |= _joined_long(left, right, MET_COLUMNS, place)
    for name in sorted({*left.columns, *right.columns}):
        if name.startswith((FACTOR, QUESTION)):
            column = _appended(left, right, name, missing=_empty_of(name))[order]
            if (column != _empty_of(name)).any():
                columns[name] = column
    codes, texts = _joined_attributes(left, right, order)
    return Columns(columns | codes, texts)


def _appended(left: Columns, right: Columns, name: str, *, missing: int = 0) -> Column:
    return np.concatenate(
        [
            each.columns[name].astype(np.int64)
            if name in each.columns
            else np.full(len(each["deal"]), missing, dtype=np.int64)
            for each in (left, right)
        ]
    )


def _joined_long(
    left: Columns, right: Columns, names: tuple[str, ...], place: Column
) -> dict[str, Column]:
    row_name = names[0]
    rows = np.concatenate(
        [
            place[: len(left["deal"])][left[row_name]],
            place[len(left["deal"]) :][right[row_name]],
        ]
    )
    order = np.argsort(rows, kind="stable")
    rest = {name: _appended(left, right, name)[order] for name in names[1:]}
    return {row_name: rows[order]} | rest


def _joined_attributes(
    left: Columns, right: Columns, order: Column
) -> tuple[dict[str, Column], dict[str, tuple[str, ...]]]:
    columns: dict[str, Column] = {}
    texts: dict[str, tuple[str, ...]] = {}
    for name in sorted({*left.texts, *right.texts}):
        before, after = left.texts.get(name, ()), right.texts.get(name, ())
        halves = np.concatenate(
            [
                left.columns.get(name, np.zeros(len(left["deal"]), dtype=np.int64)).astype(
                    np.int64
                ),
                _shifted(right, name, len(before)),
            ]
        )
        columns[name], texts[name] = halves[order], before + after
    return _sorted_texts(columns, texts)


def _shifted(block: Columns, name: str, by: int) -> Column:
    if name not in block.columns:
        return np.zeros(len(block["deal"]), dtype=np.int64)
    column = block[name].astype(np.int64)
    return np.where(column > 0, column + by, 0)
