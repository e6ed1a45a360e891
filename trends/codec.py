"""Columns to bytes and back: a JSON header, then each column in the narrowest integer type.

The same columns always give the same bytes, so two blocks are equal when their bytes are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]

_LENGTH_BYTES = 8
_TYPES = ("|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<i8")


@dataclass(frozen=True)
class Columns:
    """Named integer columns, and for some of them the texts that their codes stand for."""

    columns: Mapping[str, Column]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def equals(self, other: "Columns") -> bool:
        """Whether both give the same bytes."""
        return (
            self.columns.keys() == other.columns.keys()
            and self.texts == other.texts
            and all(np.array_equal(each, other[name]) for name, each in self.columns.items())
        )


def narrow(column: Column) -> Column:
    """The column in the smallest type that holds its values."""
    if not len(column):
        return np.empty(0, dtype=_TYPES[0])
    low, high = int(column.min()), int(column.max())
    for name in _TYPES:
        limits = np.iinfo(name)
        if limits.min <= low and high <= limits.max:
            return np.ascontiguousarray(column, dtype=name)
    raise OverflowError(f"{low}..{high} does not fit into 64 bits")


def encode(block: Columns) -> bytes:
    narrowed = {name: narrow(block.columns[name]) for name in sorted(block.columns)}
    header = json.dumps(
        {
            "columns": [[name, each.dtype.str, len(each)] for name, each in narrowed.items()],
            "texts": {name: list(block.texts[name]) for name in sorted(block.texts)},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    body = b"".join(each.tobytes() for each in narrowed.values())
    return len(header).to_bytes(_LENGTH_BYTES, "little") + header + body


def decode(content: bytes | memoryview) -> Columns:
    """The columns, read-only. Copies, which lie where the processor reads them fastest."""
    start = _LENGTH_BYTES
    end = start + int.from_bytes(content[:start], "little")
    header = json.loads(bytes(content[start:end]))
    columns = {}
    for name, type_name, count in header["columns"]:
        column = np.frombuffer(content, dtype=type_name, count=count, offset=end).copy()
        column.flags.writeable = False
        columns[name] = column
        end += column.nbytes
    return Columns(columns, {name: tuple(texts) for name, texts in header["texts"].items()})
