"""Deals as JSON: a list of objects becomes the table that every import reads."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from deals.errors import FileRefused
from deals.imports.reading import LARGEST_CELL

LARGEST_JSON = 16 * 1024 * 1024
_STARTS = (b"{", b"[")
_BEFORE_TEXT = b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"


def as_table(name: str, stream: BinaryIO) -> BinaryIO:
    """The file as CSV where it is JSON, else as it came.

    The records are a list of objects, by itself or as the one such list of an object. A
    record within a record becomes columns `outer.inner`; of a list of records each column
    holds what all of them say, one below the other. Refuses JSON above 16 MB, which has
    to be held in memory, and JSON without such a list.
    """
    stream.seek(0)
    head = stream.read(4096).strip(_BEFORE_TEXT)
    stream.seek(0)
    if not head.startswith(_STARTS):
        return stream
    content = stream.read(LARGEST_JSON + 1)
    if len(content) > LARGEST_JSON:
        raise FileRefused(name, "It is JSON of more than 16 MB.", "Split it, or export it as CSV.")
    try:
        written = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FileRefused(name, f"It is no valid JSON ({error}).", "Export it again.") from error
    return _as_csv([_cells(record) for record in _records(name, written)])


def _records(name: str, written: Any) -> list[Mapping[str, Any]]:
    lists = [written] if isinstance(written, list) else [*written.values()]
    found = [each for each in lists if _is_list_of_records(each)]
    if len(found) != 1:
        raise FileRefused(
            name,
            f"It holds {len(found) or 'no'} list{'s' if found else ''} of records.",
            'Write one list of objects, such as [{"id": "1"}] or {"deals": [{"id": "1"}]}.',
        )
    records: list[Mapping[str, Any]] = found[0]
    return records


def _is_list_of_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _cells(record: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """One record's values by column, as text."""
    cells: dict[str, str] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            cells |= _cells(value, f"{name}.")
        elif _is_list_of_records(value):
            cells |= _below_each_other([_cells(one, f"{name}.") for one in value])
        else:
            cells[name] = _text(value)
    return {name: text[:LARGEST_CELL] for name, text in cells.items()}


def _below_each_other(records: Sequence[Mapping[str, str]]) -> dict[str, str]:
    names = dict.fromkeys(name for record in records for name in record)
    return {name: "\n".join(filter(None, (one.get(name) for one in records))) for name in names}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return str(value)


def _as_csv(rows: Sequence[Mapping[str, str]]) -> BinaryIO:
    headers = list(dict.fromkeys(header for row in rows for header in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headers, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode("utf-8", "replace"))
