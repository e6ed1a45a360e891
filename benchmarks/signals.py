"""How many changes are found, how soon, and how often nothing is taken for something.

Made-up companies of three sizes, looked at each week as the job looks at a real one: in some a change
is planted, in others nothing changes for a year. Beside our rule the naive one on the same data, more than
50 % up on last quarter, and as strict as makes it as quiet as ours; and what no rule could exceed.

The verdicts are on the issue's goals. Nine doublings in ten are asked for within six months: within two no
rule could find them (`signals_ceiling`), so there the goal is a share of what the best one would.
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.results import Row, at_least, at_most, for_the_record

if TYPE_CHECKING:
    from benchmarks.signals_trials import Beside, Quiet

LOSSES_A_MONTH = (100, 20, 500)
GOAL_SIZE = 100
FOUND_GOAL = 0.9
OF_THE_BEST_GOAL = 0.85
MOST_FALSE_ALARMS = 1.0
AHEAD_IN_QUIET, AHEAD_IN_FINDING = 5, 1.5
COMPANIES = {20: 40, 100: 40, 500: 60}
COMPANIES_OF_GOAL = 150
QUIET_YEARS = {20: 150, 100: 150, 500: 100}
DISTURBED_YEARS = 25
DISTURBED = {
    "less_coverage": "coverage falls to 40 %",
    "late_debriefs": "one reason is told late",
    "seasons": "a reason and a competitor have a season",
}


def run() -> list[Row]:
    rows = []
    for row in _measured():
        print(f"{row.name}: {row.measured:g}", file=sys.stderr, flush=True)  # it takes a while
        rows.append(row)
    return rows


def _measured() -> Iterator[Row]:
    # Only here: the product is not set up before.
    from benchmarks.signals_companies import PLANTED
    from benchmarks.signals_trials import first_look, quiet, without_seasons

    for size in LOSSES_A_MONTH:
        years = quiet(size, companies=QUIET_YEARS[size])
        yield from _quiet_rows(size, years)
        told = first_look(size, companies=QUIET_YEARS[size])
        yield at_most(
            f"{size} a month: false signals of the first look", told, MOST_FALSE_ALARMS, ""
        )
        for name in PLANTED:
            yield from _rows(size, name, years)
    for name, label in DISTURBED.items():
        years = quiet(GOAL_SIZE, companies=DISTURBED_YEARS, disturbed=name)
        yield at_most(f"{label}: false alarms a year", years.ours, MOST_FALSE_ALARMS, "")
    with without_seasons():
        years = quiet(GOAL_SIZE, companies=DISTURBED_YEARS, disturbed="seasons")
    yield for_the_record("the same, years before not looked at", years.ours, "")


def _quiet_rows(size: int, years: "Quiet") -> list[Row]:
    times = years.naive / max(years.ours, 0.05)
    rows = [
        at_most(f"{size} a month: false alarms a year", years.ours, MOST_FALSE_ALARMS, ""),
        for_the_record(f"{size} a month: false alarms a year, naive", years.naive, ""),
        for_the_record(
            f"{size} a month: growth that makes naive as quiet", years.as_quiet_growth, "x"
        ),
    ]
    label = f"{size} a month: naive false alarms / ours"
    if size == GOAL_SIZE:
        return [*rows, at_least(f"GOAL {label}", times, AHEAD_IN_QUIET, "x")]
    return [*rows, for_the_record(label, times, "x")]


def _rows(size: int, name: str, years: "Quiet") -> list[Row]:
    from benchmarks.signals_trials import found

    is_doubling = name == "doubling"
    companies = COMPANIES_OF_GOAL if (size, is_doubling) == (GOAL_SIZE, True) else COMPANIES[size]
    beside = found(size, name, companies=companies, as_quiet_growth=years.as_quiet_growth)
    label = f"{size} a month, {name.replace('_', ' ')}"
    ours, naive, as_quiet = beside.ours, beside.naive, beside.as_quiet
    rows = [
        for_the_record(f"{label}: found in 2 months", ours.in_two_months, ""),
        for_the_record(f"{label}: found in 2 months, naive", naive.in_two_months, ""),
        for_the_record(f"{label}: found in 2 months, naive as quiet", as_quiet.in_two_months, ""),
        for_the_record(f"{label}: found in 6 months", ours.in_six_months, ""),
        for_the_record(f"{label}: found in 6 months, naive", naive.in_six_months, ""),
        for_the_record(f"{label}: found in 6 months, naive as quiet", as_quiet.in_six_months, ""),
        for_the_record(f"{label}: found in 9 months", ours.in_nine_months, ""),
        for_the_record(f"{label}: median months to find", ours.median_months, ""),
    ]
    return rows + _goal_rows(size, beside) if is_doubling else rows


def _goal_rows(size: int, beside: "Beside") -> list[Row]:
    """What any rule could find, and how near to it ours comes and how far ahead of the naive one."""
    from benchmarks.signals_ceiling import most_found, most_found_not_knowing_the_day

    ours, naive, as_quiet = (
        each.in_two_months for each in (beside.ours, beside.naive, beside.as_quiet)
    )
    label = f"{size} a month: most that any rule could find in 2 months"
    best = most_found_not_knowing_the_day(size)
    bounds = [
        for_the_record(f"{label}, knowing the day", most_found(size), ""),
        for_the_record(f"{label}, not knowing it", best, ""),
    ]
    if size != GOAL_SIZE:
        return bounds
    return [
        *bounds,
        at_least("GOAL doublings found in 6 months", beside.ours.in_six_months, FOUND_GOAL, ""),
        at_least("GOAL found in 2 months / most that could be", ours / best, OF_THE_BEST_GOAL, ""),
        _ahead("naive", ours, naive),
        _ahead("naive as quiet", ours, as_quiet),
    ]


def _ahead(rule: str, ours: float, theirs: float) -> Row:
    label = f"GOAL doublings found in 2 months / {rule}"
    return at_least(label, ours / max(theirs, 0.01), AHEAD_IN_FINDING, "x")
