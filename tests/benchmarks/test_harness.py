"""The benchmark's own arithmetic: a wrong ruler measures nothing."""

import os
import time
from pathlib import Path

from benchmarks import cpu
from benchmarks.harness import Measured, _measured
from benchmarks.results import at_least, at_most, for_the_record, table, write


def test_a_ratio_is_the_median_of_the_rounds_so_that_one_bad_round_does_not_count() -> None:
    spent = {
        "page": [(4.0, 5.0), (6.0, 7.0), (90.0, 99.0)],
        "empty": [(2.0, 2.5), (2.0, 2.5), (3.0, 3.5)],
        "probe": [(2.0, 2.5), (2.2, 2.5), (3.0, 3.5)],
    }
    sizes = {"page": (5, 1000), "empty": (0, 10), "probe": (0, 10)}
    measured = _measured(spent, sizes)
    page = measured.pages["page"]
    assert (page.ratio, page.cpu_ms, page.statements, page.bytes) == (3.0, 6.0, 5, 1000)
    assert (measured.empty_ms, measured.probe) == (2.0, 1.0)
    assert measured.sure


def test_a_probe_that_disagrees_makes_a_row_inconclusive() -> None:
    noisy = Measured({}, empty_ms=2.0, probe=1.2)
    assert not noisy.sure
    assert at_most("page", 9.0, 2.0, "times", sure=noisy.sure).verdict == "inconclusive"


def test_verdicts() -> None:
    assert at_most("a", 2.0, 2.0, "times").verdict == "pass"
    assert at_most("a", 2.01, 2.0, "times").verdict == "fail"
    assert at_least("a", 2000, 2000, "rows/s").verdict == "pass"
    assert at_least("a", 1999, 2000, "rows/s").verdict == "fail"
    assert for_the_record("a", 1.23456, "ms").measured == 1.235


def test_rows_are_kept_as_the_contract_says(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "pages.json"
    rows = [at_most("page", 1.5, 2.0, "times")]
    write(file, rows)
    assert file.read_text() == (
        '[\n  {\n    "name": "page",\n    "goal": 2.0,\n    "measured": 1.5,\n'
        '    "unit": "times",\n    "verdict": "pass"\n  }\n]\n'
    )
    assert "pass" in table(rows)


def test_cpu_counts_a_tree_and_what_it_spends() -> None:
    before = cpu.tree([os.getpid()])
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    spent = cpu.between(before, cpu.tree([os.getpid()]))
    assert os.getpid() in before
    assert 0.15e9 < spent < 1.5e9
