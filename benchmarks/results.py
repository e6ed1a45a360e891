"""Rows of a benchmark: a figure, its goal and whether it was met."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True)
class Row:
    name: str
    goal: float | None
    measured: float
    unit: str
    verdict: Verdict


def at_most(name: str, measured: float, goal: float, unit: str, *, sure: bool = True) -> Row:
    return _row(name, measured, goal, unit, met=measured <= goal, sure=sure)


def at_least(name: str, measured: float, goal: float, unit: str, *, sure: bool = True) -> Row:
    return _row(name, measured, goal, unit, met=measured >= goal, sure=sure)


def for_the_record(name: str, measured: float, unit: str) -> Row:
    """A figure without a goal."""
    return Row(name, None, round(measured, 3), unit, "pass")


def _row(name: str, measured: float, goal: float, unit: str, *, met: bool, sure: bool) -> Row:
    verdict: Verdict = "pass" if met else "fail"
    return Row(name, goal, round(measured, 3), unit, verdict if sure else "inconclusive")


def write(file: Path, rows: Sequence[Row]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def read(file: Path) -> list[Row]:
    return [Row(**row) for row in json.loads(file.read_text())]


def table(rows: Sequence[Row]) -> str:
    lines = [f"{'':<58}{'goal':>10}{'measured':>12}  verdict"]
    for row in rows:
        goal = "" if row.goal is None else f"{row.goal:g}"
        measured = f"{row.measured:g} {row.unit}".strip()
        lines.append(f"{row.name:<58}{goal:>10}{measured:>12}  {row.verdict}")
    return "\n".join(lines)
