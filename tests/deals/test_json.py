"""Deals as JSON: lists of objects come in like tables, with the notes that they carry."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deals.errors import FileRefused
from deals.imports.engine import run_import
from deals.imports.objects import LARGEST_JSON, as_table
from deals.imports.report import report_of
from deals.models import Deal, ImportRun, Outcome
from deals.services.imports import ask_for_run, take_files

NOTES = Path(__file__).parent / "data" / "deals_with_notes.json"
LOSTBOT = Path(__file__).parents[3] / "shared/data/lostbot_demo/demo_10_deals.json"


def table(written: Any) -> str:
    return as_table("deals.json", io.BytesIO(json.dumps(written).encode())).read().decode()


def imported(file: Path, **options: Any) -> dict[str, Any]:
    run: ImportRun = take_files([(file.name, io.BytesIO(file.read_bytes()))], by=None, **options)
    ask_for_run(run)
    run.refresh_from_db()
    return report_of(run_import(run))


@pytest.mark.parametrize("wrap", [lambda records: records, lambda records: {"deals": records}])
def test_a_list_of_objects_becomes_a_table(wrap: Any) -> None:
    written = table(wrap([{"id": 1, "won": True}, {"id": "2", "lost": None, "won": False}]))
    assert written == '"id","won","lost"\r\n"1","yes",""\r\n"2","no",""\r\n'


def test_what_stands_within_a_record_gets_columns_of_its_own() -> None:
    written = table([{"a": {"b": 1}, "calls": [{"say": "x"}, {"say": "y"}], "met": ["K", "L"]}])
    assert written == '"a.b","calls.say","met"\r\n"1","x\ny","K; L"\r\n'


def test_a_file_that_is_no_json_is_left_as_it_came() -> None:
    stream = io.BytesIO(b"id,name\n1,x")
    assert as_table("deals.csv", stream) is stream
    assert stream.read() == b"id,name\n1,x"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"deals": []}', "It holds no list of records."),
        (b'{"a": [{"x": 1}], "b": [{"x": 1}]}', "It holds 2 lists of records."),
        (b"[1, 2]", "It holds no list of records."),
        (b'[{"id": 1', "It is no valid JSON"),
        (b"[" + b" " * LARGEST_JSON, "It is JSON of more than 16 MB."),
    ],
)
def test_json_without_a_list_of_deals_is_refused_by_name(content: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said) as refusal:
        as_table("deals.json", io.BytesIO(content))
    assert refusal.value.field == "deals.json"


@pytest.mark.django_db
def test_deals_with_notes_come_in_and_a_second_time_change_nothing() -> None:
    assert imported(NOTES)["created"] == 2
    lost = Deal.objects.get(external_id="N-1")
    assert lost.notes == (
        "First call. Budget was not discussed.\nTheir finance head found Norvik far cheaper.\n\n"
        "Eleven mails, none with finance.\n\nLost on price. Norvik was 40% cheaper."
    )
    assert dict(lost.attributes.values_list("key", "value")) == {
        "Lost reason": "Price too high",
        "Deal size": "mid_market",
        "Discount offered": "15",
    }
    closing = lost.closings.get()
    assert (closing.closed_on, closing.outcome, closing.amount) == (
        date(2026, 5, 14),
        Outcome.LOST_UNSPECIFIED,
        Decimal(48000),
    )
    assert [rival.name for rival in lost.competitors.all()] == ["Norvik"]
    report = imported(NOTES)
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)


@pytest.mark.django_db
def test_json_takes_a_mapping_as_a_table_does(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(
        json.dumps([{"Nr": 7, "Kunde": "Ostra", "Status": "won", "Ende": "2026-03-01"}])
    )
    columns = {"Nr": "external_id", "Kunde": "account", "Status": "outcome", "Ende": "closed_on"}
    report = imported(file, source="generic", written={"columns": columns})
    assert (report["created"], report["rejected"]) == (1, 0)


@pytest.mark.django_db
@pytest.mark.skipif(not LOSTBOT.exists(), reason="the public collection is not here")
def test_the_public_collection_comes_in_whole() -> None:
    report = imported(LOSTBOT)
    assert (report["created"], report["rejected"]) == (10, 0)
    assert Deal.objects.exclude(notes="").count() == 10
