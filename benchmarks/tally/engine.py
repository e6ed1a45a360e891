"""Six widgets by the engine, by GROUP BY on a well-indexed source, and the floor under both."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.harness import Product
from benchmarks.results import Row, at_least, at_most, for_the_record
from benchmarks.tally.cost import cpu_ms
from benchmarks.tally.questions import MINIMAL, Slice, grouped, well_indexed

ROUNDS = 3


@dataclass(frozen=True)
class Goals:
    """Times the floor at most, and times cheaper than GROUP BY at least: over a period, on a slice."""

    floor: float = 6
    cheaper: float = 200
    cheaper_on_slice: float = 8


def rows(running: Product, slices: Sequence[Slice], goals: Goals | None) -> list[Row]:
    """`goals` None where the size is only for comparison."""
    with well_indexed():
        return [row for cut in slices for row in _slice(running, cut, goals)]


def _slice(running: Product, cut: Slice, goals: Goals | None) -> list[Row]:
    sides: dict[str, Callable[[], object]] = {
        "floor": partial(_read_columns, cut),
        "worked out": partial(_worked_out, cut),
        "months kept": partial(_answered, cut),
        "grouped": partial(grouped, cut),
    }
    for action in sides.values():
        action()
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, action in sides.items():
            spent[name].append(cpu_ms(running, action))
    middle = {name: statistics.median(each) for name, each in spent.items()}
    return [
        for_the_record(f"engine, {cut.name}: reading the columns", middle["floor"], "CPU ms"),
        for_the_record(f"engine, {cut.name}: worked out", middle["worked out"], "CPU ms"),
        for_the_record(f"engine, {cut.name}: from months kept", middle["months kept"], "CPU ms"),
        for_the_record(f"engine, {cut.name}: GROUP BY", middle["grouped"], "CPU ms"),
        *_ratios(cut, middle, goals),
    ]


def _ratios(cut: Slice, middle: dict[str, float], goals: Goals | None) -> list[Row]:
    floor = middle["months kept"] / middle["floor"]
    cheaper = middle["grouped"] / middle["months kept"]
    to_floor, to_sql = (
        f"engine, {cut.name}: against reading the columns",
        f"engine, {cut.name}: times cheaper than GROUP BY",
    )
    if goals is None:
        return [for_the_record(to_floor, floor, "times"), for_the_record(to_sql, cheaper, "times")]
    return [
        at_most(to_floor, floor, goals.floor, "times"),
        at_least(to_sql, cheaper, goals.cheaper_on_slice if cut.filters else goals.cheaper, ""),
    ]


def _read_columns(cut: Slice) -> None:
    """Every value of the columns that the widgets need, read once; nothing is written."""
    from trends.axes import Window
    from trends.snapshot import store

    window = Window(cut.since, cut.until)
    for month in window.months(store.current().months):
        for name in MINIMAL:
            month.block[name].max()


def _worked_out(cut: Slice) -> None:
    """Anew from the columns: nothing that an earlier answer left is there."""
    from trends.snapshot import store

    snapshot = store.current()
    snapshot.derived.clear()
    for month in snapshot.months:
        month.derived.clear()
    _answered(cut)


def _answered(cut: Slice) -> None:
    """With the codes, bits and sums of months that are kept, but no answer and no sum of the slice."""
    from trends.engine import run_many
    from trends.snapshot import store

    snapshot = store.current()
    snapshot.answers.clear()
    snapshot.derived.pop("frames", None)
    run_many(cut.queries(), None)
