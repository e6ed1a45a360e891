"""From bytes to rows: encodings, delimiters, quotes and headers as spreadsheets and CRMs write them."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from deals.errors import FileRefused
from deals.models import ImportFile

LARGEST_CELL = 1_000_000
PART_BYTES = 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_LINES = 50
_MARKS = {
    b"PK\x03\x04": "a spreadsheet or archive (.xlsx, .zip)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (.xls)",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"<": "a web page or XML",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

csv.field_size_limit(LARGEST_CELL)


@dataclass(frozen=True)
class Shape:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class Row:
    """One record; `number` as a spreadsheet counts, the header being row 1."""

    number: int
    cells: Sequence[str]


def shape_of(name: str, stream: BinaryIO) -> Shape:
    """Find out how to read a file. Refuses, naming it, what is no table of text."""
    head = stream.read(4096)
    _refuse_other_kinds(name, head)
    encoding, size = _encoding(name, stream)
    stream.seek(0)
    sample = [line for line, _ in zip(_text(stream, encoding), range(_SNIFFED_LINES), strict=False)]
    delimiter = _delimiter(sample)
    stream.seek(0)
    headers = next(iter(csv.reader(_text(stream, encoding), delimiter=delimiter)), [])
    if not any(header.strip() for header in headers):
        raise FileRefused(name, "Its first line has no column names.", "Export it with a header.")
    return Shape(encoding, delimiter, tuple(distinct_headers(headers)), size)


def rows_of(file: ImportFile) -> Iterator[Row]:
    """The records after the header, as a stream: memory doesn't grow with the file."""
    stream = io.BufferedReader(PartsStream(file), buffer_size=64 * 1024)
    yield from records(file.name, _text(stream, file.encoding), file.delimiter)


def records(name: str, text: Iterable[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > 1 and any(cells):
                yield Row(number, cells)
    except csv.Error as error:
        raise FileRefused(
            name,
            f"After row {number} it can't be read ({error}).",
            "A quotation mark there is probably opened and never closed.",
        ) from error
    except UnicodeDecodeError as error:
        raise FileRefused(
            name,
            f"After row {number} there are bytes that are no text.",
            "Export it again as UTF-8.",
        ) from error


def distinct_headers(headers: Iterable[str]) -> Iterator[str]:
    """Headers trimmed, nameless ones numbered, repeated ones told apart: `Id`, `Id (2)`."""
    seen: Counter[str] = Counter()
    for place, header in enumerate(headers, start=1):
        name = header.strip() or f"Column {place}"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


class PartsStream(io.RawIOBase):
    """The parts of a kept file as one readable stream, one part in memory at a time."""

    def __init__(self, file: ImportFile) -> None:
        self._parts = self._read_parts(file)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    @staticmethod
    def _read_parts(file: ImportFile) -> Iterator[bytes]:
        numbers = file.parts.order_by("number").values_list("number", flat=True)
        for number in list(numbers):
            yield bytes(file.parts.get(number=number).content)


def _text(stream: BinaryIO | io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    return _Unclosed(stream, encoding=encoding, newline="")


class _Unclosed(io.TextIOWrapper):
    """A wrapper that leaves the stream beneath open when it goes."""

    def __del__(self) -> None:
        try:
            self.detach()
        except ValueError:
            return


def _refuse_other_kinds(name: str, head: bytes) -> None:
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileRefused(name, "It is empty.", "Choose a CSV file with deals.")
    for mark, kind in _MARKS.items():
        if head.lstrip().startswith(mark):
            raise FileRefused(name, f"It is {kind}, not CSV.", "Export or save it as CSV.")


def _encoding(name: str, stream: BinaryIO) -> tuple[str, int]:
    """The encoding in which the whole file can be read, and its size in bytes."""
    stream.seek(0)
    head = stream.read(4)
    marked = next((encoding for bom, encoding in _BOMS if head.startswith(bom)), None)
    candidates = (marked,) if marked else ("utf-8", "cp1252")
    for encoding in candidates:
        size = _size_if_readable(stream, encoding)
        if size is not None:
            return encoding, size
    raise FileRefused(
        name, "It holds bytes that are no text in a known encoding.", "Export it as UTF-8."
    )


def _size_if_readable(stream: BinaryIO, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    size = 0
    try:
        while chunk := stream.read(PART_BYTES):
            size += len(chunk)
            if "\x00" in decoder.decode(chunk):
                return None
        decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return size


def _delimiter(lines: Sequence[str]) -> str:
    """The separator that splits the header into most columns, and the lines most evenly."""
    best, most = ",", (0, 0)
    for delimiter in DELIMITERS:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        if not widths or widths[0] < 2:
            continue
        even = sum(width == widths[0] for width in widths)
        if (even, widths[0]) > most:
            best, most = delimiter, (even, widths[0])
    return best
