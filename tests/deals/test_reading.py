"""Files as spreadsheets and CRMs write them, and files that are none."""

import io

import pytest

from deals.errors import FileRefused
from deals.imports.reading import Row, rows_of, shape_of
from deals.models import ImportFile
from deals.services.imports import take_files

HEADER = "id;name;outcome;amount"


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("id,Größe\n1,ä".encode(), "utf-8", ","),
        ("id,Größe\n1,ä".encode("utf-8-sig"), "utf-8-sig", ","),
        ("id;Größe\n1;ä".encode("cp1252"), "cp1252", ";"),
        ("id\tGröße\n1\tä".encode("utf-16"), "utf-16", "\t"),
        ('id|Größe\n"a|b"|ä'.encode(), "utf-8", "|"),
    ],
)
def test_encoding_and_separator_are_found(content: bytes, encoding: str, delimiter: str) -> None:
    shape = shape_of("deals.csv", io.BytesIO(content))
    assert (shape.encoding, shape.delimiter, shape.headers) == (
        encoding,
        delimiter,
        ("id", "Größe"),
    )


def test_repeated_and_nameless_headers_are_told_apart() -> None:
    shape = shape_of("deals.csv", io.BytesIO(b",Id,Id, Name \n1,2,3,4"))
    assert shape.headers == ("Column 1", "Id", "Id (2)", "Name")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04 a spreadsheet",
        b"\xd0\xcf\x11\xe0 an old one",
        b"%PDF-1.7",
        b"<html><body>",
        b"a\x00b\x00c\x00",
        b"id,name\n1,\x81\x8d",
    ],
)
def test_what_is_no_csv_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        shape_of("deals.csv", io.BytesIO(content))
    assert refusal.value.field == "deals.csv"


@pytest.mark.django_db
def test_a_kept_file_is_read_in_parts_with_its_rows_as_a_spreadsheet_counts() -> None:
    lines = [HEADER, 'A;"two\nlines";won;1', "", "B;x;lost;2"]
    run = take_files([("d.csv", io.BytesIO("\n".join(lines).encode()))], by=None)
    assert list(rows_of(ImportFile.objects.get(run=run))) == [
        Row(2, ["A", "two\nlines", "won", "1"]),
        Row(4, ["B", "x", "lost", "2"]),
    ]


@pytest.mark.django_db
def test_a_quotation_mark_never_closed_is_said_with_its_row() -> None:
    content = f'{HEADER}\nA;x;won;1\nB;"x;lost;2\n' + "C;x;lost;2\n" * 200_000
    run = take_files([("d.csv", io.BytesIO(content.encode()))], by=None)
    with pytest.raises(FileRefused, match="row 2"):
        list(rows_of(ImportFile.objects.get(run=run)))
