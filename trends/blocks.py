"""One month in memory: built from source rows, patched, and read by the query."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from trends.codec import Column, Columns, narrow
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
    return _Merge(block, fresh, gone=deal_ids).columns()


def rows_of(block: Columns, deal_ids: Column) -> Column:
    """The rows of those of the deals that the block holds."""
    deals = block["deal"]
    row = np.searchsorted(deals, deal_ids)
    row[row == len(deals)] = 0
    return row[deals[row] == deal_ids] if len(deals) else row[:0]


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
        used = np.flatnonzero(np.bincount(column)[1:]) + 1
        if not len(used):
            continue
        values = [texts[name][code - 1] for code in used.tolist()]
        kept[name] = tuple(sorted(set(values)))
        rank = {value: n + 1 for n, value in enumerate(kept[name])}
        lookup = np.zeros(int(used.max()) + 1, dtype=np.int64)
        lookup[used] = [rank[value] for value in values]
        result[name] = lookup[column]
    return result, kept


class _Merge:
    """Two blocks of one month as one, in the order of their deals, which are different ones.

    Columns stay as narrow as they are kept: a patch costs what copying a month costs.
    """

    def __init__(self, left: Columns, right: Columns, *, gone: Column) -> None:
        self._left = left
        self._right = Columns(
            {name: narrow(each) for name, each in right.columns.items()}, right.texts
        )
        self._sizes = len(left["deal"]), len(right["deal"])
        stays = np.delete(np.arange(self._sizes[0]), rows_of(left, gone))
        at = np.searchsorted(left["deal"][stays], right["deal"])
        # The rows of the result, as places in left's rows followed by right's.
        self._order = np.insert(stays, at, np.arange(self._sizes[1]) + self._sizes[0])

    def columns(self) -> Columns:
        columns = {name: self._of_deals(name) for name in DEAL_COLUMNS}
        columns |= self._long(CITED_COLUMNS)
        columns |= self._long(MET_COLUMNS)
        for name in sorted({*self._left.columns, *self._right.columns}):
            if name.startswith((FACTOR, QUESTION)):
                column = self._of_deals(name, missing=_empty_of(name))
                if (column != _empty_of(name)).any():
                    columns[name] = column
        codes, texts = _joined_attributes(self._left, self._right, self._order)
        return Columns(columns | codes, texts)

    def _of_deals(self, name: str, *, missing: int = 0) -> Column:
        halves = (
            each.columns[name] if name in each.columns else np.full(size, missing, dtype=np.int8)
            for each, size in zip((self._left, self._right), self._sizes, strict=True)
        )
        return np.concatenate(list(halves))[self._order]

    def _long(self, names: tuple[str, ...]) -> dict[str, Column]:
        """The rows that hang on deals, with those of the deals that go left out."""
        row_name, *others = names
        left, right = self._left, self._right
        place = np.full(sum(self._sizes), -1, dtype=np.int64)
        place[self._order] = np.arange(len(self._order))
        before = place[: self._sizes[0]][left[row_name]]
        added = place[self._sizes[0] :][right[row_name]]
        stays = np.flatnonzero(before >= 0)
        at = np.searchsorted(before[stays], added, side="right")
        order = np.insert(stays, at, np.arange(len(added)) + len(before))
        rest = {name: np.concatenate([left[name], right[name]])[order] for name in others}
        return {row_name: np.concatenate([before, added])[order]} | rest


def _joined_attributes(
    left: Columns, right: Columns, order: Column
) -> tuple[dict[str, Column], dict[str, tuple[str, ...]]]:
    columns: dict[str, Column] = {}
    texts: dict[str, tuple[str, ...]] = {}
    for name in sorted({*left.texts, *right.texts}):
        before, after = left.texts.get(name, ()), right.texts.get(name, ())
        halves = np.concatenate([_shifted(left, name, 0), _shifted(right, name, len(before))])
        columns[name], texts[name] = halves[order], before + after
    return _sorted_texts(columns, texts)


def _shifted(block: Columns, name: str, by: int) -> Column:
    if name not in block.columns:
        return np.zeros(len(block["deal"]), dtype=np.int64)
    column = block[name].astype(np.int64)
    return np.where(column > 0, column + by, 0)
