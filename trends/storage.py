"""Blocks in the database: their versions, and their bytes by COPY in binary, without a detour by text."""

import hashlib
import io
import secrets
import struct
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection

from trends.layout import LAYOUT

READ_AT_ONCE = 12

_VERSIONS = """
    SELECT block.name, block.version, state.brought_up_to_date_at, state.basis
    FROM trends_tallystate state LEFT JOIN trends_block block ON block.layout = %s
"""
_CONTENTS = "COPY ({}) TO STDOUT (FORMAT binary)"
_INSERT = "COPY trends_block (name, version, layout, deals, content) FROM STDIN (FORMAT binary)"

# PostgreSQL's binary COPY: signature, flags, length of the header's extension; -1 at the end.
_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)


def read_versions() -> tuple[dict[str, int], datetime | None, str]:
    """By block its version, then until when the tally is complete, and on what basis."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [LAYOUT])
        rows = cursor.fetchall()
    if not rows:
        return {}, None, ""
    return {row[0]: row[1] for row in rows if row[0]}, rows[0][2], rows[0][3]


def read_contents(names: Iterable[str]) -> Iterator[tuple[str, int, memoryview]]:
    """Name, version and content of each of these blocks, a few in memory at a time."""
    wanted = list(names)
    for start in range(0, len(wanted), READ_AT_ONCE):
        yield from _copied_out(wanted[start : start + READ_AT_ONCE])


def _copied_out(names: list[str]) -> Iterator[tuple[str, int, memoryview]]:
    target = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.cursor.mogrify(
            "SELECT name, version, content FROM trends_block WHERE name = ANY(%s) AND layout = %s",
            [names, LAYOUT],
        ).decode()
        cursor.cursor.copy_expert(_CONTENTS.format(query), target)
    data, place = target.getbuffer(), len(_HEADER)
    while data[place : place + 2] != _TRAILER:
        fields, place = _fields(data, place)
        name, version, content = fields
        yield bytes(name).decode(), int.from_bytes(version, "big"), content


def _fields(data: memoryview, place: int) -> tuple[list[memoryview], int]:
    """The fields of the record at `place`, none of them null, and where the next one begins."""
    (count,) = struct.unpack_from(">h", data, place)
    place += 2
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from(">i", data, place)
        place += 4
        found.append(data[place : place + length])
        place += length
    return found, place


def holds(name: str, content: bytes) -> bool:
    """Whether the block is kept with just this content."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sha256(content) FROM trends_block WHERE name = %s AND layout = %s",
            [name, LAYOUT],
        )
        row = cursor.fetchone()
    return row is not None and bytes(row[0]) == hashlib.sha256(content).digest()


def write(name: str, content: bytes, *, deals: int = 0) -> None:
    """The next version of a block, in place of the last."""
    values = (
        name.encode(),
        struct.pack(">q", secrets.randbits(62)),
        struct.pack(">h", LAYOUT),
        struct.pack(">i", deals),
        content,
    )
    record = struct.pack(">h", len(values)) + b"".join(
        struct.pack(">i", len(value)) + value for value in values
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM trends_block WHERE name = %s", [name])
        cursor.cursor.copy_expert(_INSERT, io.BytesIO(_HEADER + record + _TRAILER))
