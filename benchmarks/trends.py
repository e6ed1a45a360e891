"""The tally and the engine, with 100,000 deals: what a refresh, a rebuild and a dashboard cost.

Costs are CPU time of this process and the database, in turns; a rebuild is measured on both sides
of the refreshes, and the ratio of the two tells when the machine is too noisy to say anything.
"""

import os
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import date
from functools import partial

from benchmarks import cpu
from benchmarks.harness import NOISE_LIMIT, Product, product
from benchmarks.results import Row, at_least, at_most, for_the_record

DATA = "100k"
DEALS = 100_000
ROUNDS = 5
REACH_ROUNDS = 5
SINCE, UNTIL = date(2025, 12, 1), date(2026, 11, 30)

WIDGETS = (
    ("month", "lost"),
    ("reason", "mentions"),
    ("competitor", "win_rate"),
    ("stage", "lost"),
    ("segment", "win_rate"),
    ("team", "win_rate"),
)

_GROUP_BY = {
    "month": """
        SELECT date_trunc('month', c.closed_on), count(*) FROM deals_closing c
        WHERE c.reopened_at IS NULL AND c.outcome <> 'won' AND c.closed_on BETWEEN %s AND %s
        GROUP BY 1""",
    "reason": """
        SELECT r.reason_id, count(*) FROM deals_closing c
        JOIN deals_deal d ON d.id = c.deal_id
        JOIN LATERAL (
            SELECT b.current_version_id FROM debriefs_debrief b
            WHERE b.closing_id = c.id AND b.current_version_id IS NOT NULL
            ORDER BY b.author_id IS DISTINCT FROM d.owner_id, b.submitted_at, b.id LIMIT 1
        ) b ON true
        JOIN debriefs_citedreason r ON r.version_id = b.current_version_id
        WHERE c.reopened_at IS NULL AND c.outcome <> 'won' AND c.closed_on BETWEEN %s AND %s
        GROUP BY 1""",
    "competitor": """
        SELECT m.competitor_id, count(*) FROM deals_closing c
        JOIN deals_dealcompetitor m ON m.deal_id = c.deal_id
        WHERE c.reopened_at IS NULL AND c.closed_on BETWEEN %s AND %s GROUP BY 1""",
    "stage": """
        SELECT c.stage_id, count(*) FROM deals_closing c
        WHERE c.reopened_at IS NULL AND c.outcome <> 'won' AND c.closed_on BETWEEN %s AND %s
        GROUP BY 1""",
    "segment": """
        SELECT a.segment, count(*) FROM deals_closing c
        JOIN deals_deal d ON d.id = c.deal_id LEFT JOIN deals_account a ON a.id = d.account_id
        WHERE c.reopened_at IS NULL AND c.closed_on BETWEEN %s AND %s GROUP BY 1""",
    "team": """
        SELECT m.team_id, count(*) FROM deals_closing c
        JOIN deals_deal d ON d.id = c.deal_id
        LEFT JOIN people_membership m ON m.user_id = d.owner_id AND m.since <= c.closed_on
            AND (m.until IS NULL OR m.until > c.closed_on)
        WHERE c.reopened_at IS NULL AND c.closed_on BETWEEN %s AND %s GROUP BY 1""",
}


def run() -> list[Row]:
    with product(deals=DEALS, worker=True) as running:
        return [*_reach(), *_refreshes(running), *_engine(running)]


def _reach() -> list[Row]:
    """From the submission's commit to the number on the dashboard, through the real worker."""
    from trends.services import rebuild

    rebuild()
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


def _refreshes(running: Product) -> list[Row]:
    from deals.models import Closing
    from debriefs.models import Debrief

    latest = list(
        Debrief.objects.submitted()
        .order_by("-pk")
        .values_list("closing__deal_id", flat=True)[:10_000]
    )
    every = list(Closing.objects.current().values_list("deal_id", flat=True))
    sizes = {"1 debrief": latest[:1], "100 debriefs": latest[:100], "10,000 debriefs": latest}
    spent: dict[str, list[float]] = {
        name: [] for name in ("rebuild", "probe", "every deal", *sizes)
    }
    _gate(latest[:1])
    for _ in range(ROUNDS):
        spent["rebuild"].append(_cost(running, _rebuild))
        for name, ids in sizes.items():
            _change(ids)
            spent[name].append(_cost(running, partial(_refresh, ids)))
        _change(every)
        spent["every deal"].append(_cost(running, partial(_refresh, every)))
        spent["probe"].append(_cost(running, _rebuild))
    middle = {name: statistics.median(each) for name, each in spent.items()}
    sure = abs(middle["probe"] / middle["rebuild"] - 1) <= NOISE_LIMIT
    whole = (middle["rebuild"] + middle["probe"]) / 2
    return [
        for_the_record("a rebuild", whole, "CPU ms"),
        for_the_record("a refresh for 1 debrief", middle["1 debrief"], "CPU ms"),
        at_least("1 debrief: times cheaper", whole / middle["1 debrief"], 20, "", sure=sure),
        at_least("100 debriefs: times cheaper", whole / middle["100 debriefs"], 20, "", sure=sure),
        at_least("10,000: times cheaper", whole / middle["10,000 debriefs"], 1, "", sure=sure),
        at_most(
            "a refresh of every deal to a rebuild",
            middle["every deal"] / whole,
            1.1,
            "times",
            sure=sure,
        ),
    ]


def _gate(deal_ids: list[int]) -> None:
    """The refresh writes what a rebuild writes, byte for byte; else no figure counts."""
    from trends.models import Block

    _refresh(deal_ids)
    months = Block.objects.filter(deals__gt=0)
    before = {block.name: bytes(block.content) for block in months}
    _rebuild()
    if before != {block.name: bytes(block.content) for block in months.all()}:
        raise RuntimeError("a refresh differs from a rebuild")


def _rebuild() -> None:
    """Without any block: every byte is built and written."""
    from trends.models import Block
    from trends.services import rebuild

    Block.objects.all().delete()
    rebuild()


def _refresh(deal_ids: list[int]) -> None:
    from trends.services import Touched, bring_up_to_date

    bring_up_to_date(Touched(frozenset(deal_ids)))


def _change(deal_ids: list[int]) -> None:
    """Another amount for each, so that the refresh has something to write."""
    from django.db import connection
    from django.db.models import F

    from deals.models import Closing

    changed = Closing.objects.current().filter(deal__in=deal_ids).exclude(amount=None)
    changed.update(amount=F("amount") + 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM deals_closing")


def _engine(running: Product) -> list[Row]:
    """Six widgets over twelve months: the engine's answers against GROUP BY on the source."""
    _same_numbers()
    blocks, kept, sql = [], [], []
    for _ in range(ROUNDS):
        blocks.append(_cost(running, _fresh_answers))
        kept.append(_cost(running, _answers))
        sql.append(_cost(running, _group_by))
    fresh, again, grouped = (statistics.median(each) for each in (blocks, kept, sql))
    return [
        for_the_record("six widgets by GROUP BY", grouped, "CPU ms"),
        for_the_record("six widgets by the engine, worked out", fresh, "CPU ms"),
        for_the_record("six widgets by the engine, asked again", again, "CPU ms"),
        at_least("the engine: times cheaper than GROUP BY", grouped / fresh, 8, ""),
    ]


def _queries() -> list[object]:
    from trends.query import TrendQuery

    return [
        TrendQuery(measure=measure, by=(name,), since=SINCE, until=UNTIL)
        for name, measure in WIDGETS
    ]


def _answers() -> list[object]:
    from trends.engine import run_many

    return list(run_many(_queries(), None))  # type: ignore[arg-type]


def _fresh_answers() -> None:
    from trends.snapshot import store

    store.current().answers.clear()
    _answers()


def _group_by() -> dict[str, int]:
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name, sql in _GROUP_BY.items():
            cursor.execute(sql, [SINCE, UNTIL])
            found[name] = sum(row[1] for row in cursor.fetchall() if row[0] not in (None, ""))
    return found


def _same_numbers() -> None:
    sums = _group_by()
    for (name, _), answer in zip(WIDGETS, _answers(), strict=True):
        found = sum(row.n for row in answer.rows if row.keys[0].id is not None)  # type: ignore[attr-defined]
        if found != sums[name]:
            raise RuntimeError(f"by {name} the engine counts {found}, GROUP BY {sums[name]}")


def _cost(running: Product, action: Callable[[], object]) -> float:
    """CPU milliseconds of this process and the product's services."""
    roots = [os.getpid(), *running.roots]
    before = cpu.tree(roots)
    action()
    return cpu.between(before, cpu.tree(roots)) / 1e6
