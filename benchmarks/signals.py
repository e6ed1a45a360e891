"""How many changes are found, how soon, and how often nothing is taken for something.

Made-up companies of three sizes, looked at each week as the job looks at a real one: in some a change
is planted, in others nothing changes for a year. Beside our rule the naive one, more than 50 % up on
last quarter, on the same data; and what no rule could exceed.
"""

from typing import TYPE_CHECKING

from benchmarks.results import Row, at_least, at_most, for_the_record

if TYPE_CHECKING:
    from benchmarks.signals_trials import Found, Quiet

SIZES = (20, 100, 500)
GOAL_SIZE = 100
FOUND_GOAL = 0.9
MOST_FALSE_ALARMS = 1.0
COMPANIES = 60
COMPANIES_OF_GOAL = 150
QUIET_YEARS = 100


def run() -> list[Row]:
    # Only here: the product is not set up before.
    from benchmarks.signals_ceiling import most_found
    from benchmarks.signals_companies import PLANTED
    from benchmarks.signals_trials import first_look, quiet

    rows = []
    for size in SIZES:
        years = quiet(size, companies=QUIET_YEARS)
        rows += _quiet_rows(size, years)
        rows.append(
            at_most(
                f"{size} a month: false signals of the first look",
                first_look(size, companies=QUIET_YEARS),
                MOST_FALSE_ALARMS,
                "",
            )
        )
        for name in PLANTED:
            rows += _rows(size, name, most_found(size))
    less = quiet(GOAL_SIZE, companies=QUIET_YEARS // 2, disturbed="less_coverage")
    late = quiet(GOAL_SIZE, companies=QUIET_YEARS // 2, disturbed="late_debriefs")
    rows.append(
        at_most("coverage falls to 40 %: false alarms a year", less.ours, MOST_FALSE_ALARMS, "")
    )
    rows.append(
        at_most("one reason is told late: false alarms a year", late.ours, MOST_FALSE_ALARMS, "")
    )
    return rows


def _quiet_rows(size: int, years: "Quiet") -> list[Row]:
    return [
        at_most(f"{size} a month: false alarms a year", years.ours, MOST_FALSE_ALARMS, ""),
        for_the_record(f"{size} a month: false alarms a year, naive", years.naive, ""),
        at_least(
            f"{size} a month: naive false alarms / ours",
            years.naive / max(years.ours, 0.05),
            5,
            "x",
        ),
    ]


def _rows(size: int, name: str, ceiling: float) -> list[Row]:
    from benchmarks.signals_trials import found

    is_goal = (size, name) == (GOAL_SIZE, "doubling")
    companies = COMPANIES_OF_GOAL if is_goal else COMPANIES
    ours, naive = found(size, name, companies=companies)
    label = f"{size} a month, {name.replace('_', ' ')}"
    rows = [
        for_the_record(f"{label}: found in 2 months", ours.in_two_months, ""),
        for_the_record(f"{label}: found in 2 months, naive", naive.in_two_months, ""),
        for_the_record(f"{label}: found in 6 months", ours.in_six_months, ""),
        for_the_record(f"{label}: found in 6 months, naive", naive.in_six_months, ""),
        for_the_record(f"{label}: found in 9 months", ours.in_nine_months, ""),
        for_the_record(f"{label}: median months to find", ours.median_months, ""),
    ]
    if not is_goal:
        return rows
    return rows + _goal_rows(ours, naive, ceiling)


def _goal_rows(ours: "Found", naive: "Found", ceiling: float) -> list[Row]:
    """The goal as it was set, as it can be met, and what stands between them."""
    return [
        at_least("GOAL doublings found in 2 months", ours.in_two_months, FOUND_GOAL, ""),
        for_the_record("most that any rule could find in 2 months", ceiling, ""),
        at_least("GOAL doublings found while they last (9 months)", ours.in_nine_months, 0.9, ""),
        at_least(
            "GOAL doublings found in 2 months / naive",
            ours.in_two_months / max(naive.in_two_months, 0.01),
            1.5,
            "x",
        ),
        for_the_record(
            "naive, made as strict as ours: found in 2 months", naive.strict_in_two_months, ""
        ),
    ]
