"""Which deals of a month have which codes: arrays, made from the columns of its block."""

from dataclasses import dataclass

import numpy as np

from trends.codec import Column
from trends.layout import NO, NO_SCORE, PARTLY, PRESENT_SCORE, YES


@dataclass(frozen=True)
class Codes:
    """Which deals of a month have which codes.

    Without `rows` there is one code per deal. With them, pairs sorted by row; `ranks` are
    those of cited reasons. `asked` are the pairs (rows, codes) out of which a deal could
    have had a factor or question.
    """

    codes: Column
    rows: Column | None = None
    ranks: Column | None = None
    asked: tuple[Column, Column] | None = None


def table_of(codes: dict[int, int]) -> Column:
    """Codes by id; 0 for an id without one."""
    table = np.zeros(max(codes, default=0) + 1, dtype=np.int32)
    table[list(codes.keys())] = list(codes.values())
    return table


def take(table: Column, ids: Column) -> Column:
    """Codes of ids; one that the lists don't know yet is unknown until the next tally."""
    if len(ids) and int(ids.max()) >= len(table):
        return np.where(ids < len(table), table[np.minimum(ids, len(table) - 1)], 0)
    return table[ids]


def paired(rows: Column, codes: Column, *, everyone: Column, ranks: Column | None = None) -> Codes:
    """Each (row, code) once, by its best rank, and code 0 for those of `everyone` without any."""
    rows, codes = rows.astype(np.int64), codes.astype(np.int64)
    best = np.zeros(len(rows), dtype=np.int64) if ranks is None else ranks.astype(np.int64)
    # One number per triple, nearly in order already, which a stable sort is quick with.
    size, most = int(codes.max(initial=0)) + 1, int(best.max(initial=0)) + 1
    order = np.argsort((rows * size + codes) * most + best, kind="stable")
    rows, codes, best = rows[order], codes[order], best[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1])
    having = np.zeros(int(max(rows.max(initial=-1), everyone.max(initial=-1))) + 1, dtype=bool)
    having[rows] = True
    without = everyone[~having[everyone]]
    none = np.zeros(len(without), dtype=np.int64)
    rows = np.concatenate([rows[first], without])
    place = np.argsort(rows, kind="stable")
    codes, best = np.concatenate([codes[first], none]), np.concatenate([best[first], none])
    return Codes(codes[place], rows[place], None if ranks is None else best[place])


def scored(column: Column) -> tuple[Column, Column]:
    """The rows in which a factor hurt, and those in which it was scored at all."""
    given = column != NO_SCORE
    return np.flatnonzero(given & (column <= PRESENT_SCORE)), np.flatnonzero(given)


def rated(column: Column) -> tuple[Column, Column]:
    """The rows in which a question was answered “no”, and those in which it was answered at all."""
    return np.flatnonzero(column == NO), np.flatnonzero(
        (column == YES) | (column == PARTLY) | (column == NO)
    )


def joined(rows: list[Column], codes: list[Column]) -> tuple[Column, Column]:
    """The rows and codes of all of them, by row."""
    if not rows:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    row, code = np.concatenate(rows), np.concatenate(codes)
    order = np.argsort(row, kind="stable")
    return row[order], code[order]
