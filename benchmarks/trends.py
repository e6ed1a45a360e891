"""The tally, the engine and the dashboard at 10,000, 100,000 and 1,000,000 closed deals.

Costs are CPU time in turns, so that a busy machine changes both sides of a ratio alike; a side
measured twice tells when it is too noisy to say anything. First come the gates: a wrong answer
stops the benchmark, however quick it was.
"""

import statistics
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from benchmarks.harness import Product, product
from benchmarks.results import Row, at_most, for_the_record, table
from benchmarks.tally import engine, gates, pages, rebuilds, refreshes
from benchmarks.tally.questions import Slice

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
LARGEST = "1m"
DEBRIEFED, MONTHS = 0.3, 60
ROUNDS = {"10k": 5, "100k": 3, "1m": 1}
REACH_ROUNDS = 5
GROWTH = 1.3
# Of these the ratio to an empty page may hardly grow with the deals.
STEADY = (
    "dashboard, 12 months",
    "dashboard, 5 years",
    "dashboard, three filters",
    "wins against losses",
)
# Of these it is told.
TOLD = (
    "wins against losses for the first time",
    "wins against losses, a wide slice for the first time",
)


def data(size: str) -> str:
    """The data directory."""
    return f"trends-{size}"


def run(size: str) -> list[Row]:
    from trends.services import keep

    goals = size == LARGEST
    with product(deals=SIZES[size], debriefed=DEBRIEFED, months=MONTHS) as running:
        keep()  # the blocks of what an earlier run has loaded may be of another layout
        pages.make_open_deals()
        cold = pages.cold(running)
        slices = _slices()
        parts: dict[str, Callable[[], list[Row]]] = {
            "gates": lambda: _gates(slices),
            "pages": lambda: pages.rows(running, slices, goals=goals),
            "engine": lambda: engine.rows(running, slices, engine.Goals() if goals else None),
            "refreshes": lambda: refreshes.rows(running, rounds=ROUNDS[size], goals=goals),
            "rebuilds": lambda: rebuilds.rows(running),
            "reach": lambda: _reach(running),
        }
        return [*cold, *(row for name, part in parts.items() for row in _told(size, name, part))]


def _told(size: str, name: str, part: Callable[[], list[Row]]) -> list[Row]:
    """The rows of one part, which is told of as soon as it is done: all take many minutes."""
    begun = time.monotonic()
    found = part()
    print(f"{size}, {name}: {time.monotonic() - begun:.0f} s\n{table(found)}", flush=True)
    return found


def _gates(slices: Sequence[Slice]) -> list[Row]:
    checked = gates.check_tally()
    gates.check_engine(slices)
    months = gates.check_refresh(refreshes.lately(100))
    return [
        for_the_record("deals compared with their source", checked, ""),
        for_the_record("slices in which the engine equals SQL", len(slices), ""),
        for_the_record("months equal after a refresh and a rebuild", months, ""),
    ]


def across(found: Mapping[str, Sequence[Row]]) -> list[Row]:
    """What a page's ratio to an empty one becomes with ten times the deals."""
    by_size = {size: {row.name: row for row in rows} for size, rows in found.items()}
    if not {"100k", LARGEST} <= by_size.keys():
        return []
    growth = {
        name: by_size[LARGEST][name].measured / by_size["100k"][name].measured
        for name in (*STEADY, *TOLD)
    }
    words = "{}: at 1,000,000 deals against 100,000"
    return [
        *(at_most(words.format(name), growth[name], GROWTH, "times") for name in STEADY),
        *(for_the_record(words.format(name), growth[name], "times") for name in TOLD),
    ]


def _slices() -> list[Slice]:
    """A year, five, and three filters over either: the segment, product and rival met most often."""
    from deals.models import Account, Competitor, Product
    from trends.snapshot import store
    from trends.source import month_of_number

    latest = month_of_number(store.current().months[-1].number)
    until = date(latest.year, latest.month, 28)
    year = (date(latest.year - 1, latest.month, 1), until)
    years = (date(latest.year - 5, latest.month, 1), until)
    filters = {
        "segment": (min(set(Account.objects.values_list("segment", flat=True))),),
        "product": (str(Product.objects.order_by("pk")[0].pk),),
        "competitor": (str(Competitor.objects.order_by("pk")[0].pk),),
    }
    return [
        Slice("12 months", *year),
        Slice("5 years", *years),
        Slice("three filters, 12 months", *year, filters),
        Slice("three filters, 5 years", *years, filters),
    ]


def _reach(running: Product) -> list[Row]:
    """From the submission's commit to the number on the dashboard, through the real worker."""
    running.start_worker()
    seconds = [_submit_and_wait() for _ in range(REACH_ROUNDS)]
    return [
        at_most("a debrief reaches the dashboard", statistics.median(seconds), 2.0, "s"),
        for_the_record("the slowest of five", max(seconds), "s"),
    ]


def _submit_and_wait() -> float:
    from deals.models import Closing
    from debriefs.services.drafts import begin_debrief
    from debriefs.services.submission import submit_debrief
    from debriefs.submissions import AnswerGiven, DebriefSubmission, ReasonGiven

    owed = Closing.objects.current().filter(outcome="no_decision", debriefs=None)
    closing = owed.exclude(deal__owner=None).order_by("-closed_on", "-pk")[0]
    author = closing.deal.owner
    assert author is not None
    submission = DebriefSubmission(
        answers=(AnswerGiven(key="do_differently", text="Ask who signs."),),
        reasons=(ReasonGiven(reason="price", basis="guess"),),
    )
    debrief = begin_debrief(closing, author=author)
    before = _debriefed()
    submit_debrief(debrief, submission, submission_id=uuid.uuid4(), by=author)
    begun = time.perf_counter()
    while _debriefed() == before:
        if time.perf_counter() - begun > 60:
            raise RuntimeError("the debrief never reached the tally")
        time.sleep(0.02)
    return time.perf_counter() - begun


def _debriefed() -> int:
    from trends.engine import run as answer
    from trends.query import TrendQuery

    return answer(TrendQuery(), None).coverage.debriefed
