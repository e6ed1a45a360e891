import pytest

from common.text import csv_safe, name_key, tidy


def test_a_name_loses_control_characters_and_doubled_spaces() -> None:
    assert tidy("  Acme\u200b \t Corp\n") == "Acme Corp"


@pytest.mark.parametrize("spelling", ["GTX PRO", "gtx  pro", "ＧＴＸ Pro"])
def test_case_spacing_and_width_do_not_make_another_name(spelling: str) -> None:
    assert name_key(spelling) == name_key("GTX Pro")


def test_a_near_miss_stays_another_name() -> None:
    assert name_key("GTXPro") != name_key("GTX Pro")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    assert csv_safe(f"{start}1+1") == f"'{start}1+1"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert csv_safe("Norvik = rival") == "Norvik = rival"
