"""Every answer equals plain counting over the same rows, on random small companies."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.intervals import wilson
from common.periods import Period
from tests.trends.oracle import TIME, Expected, Oracle
from tests.trends.world import DAYS, FIRST_DAY, World, build_world
from trends.engine import drill, facets, run
from trends.errors import TrendError
from trends.measures import MEASURES
from trends.query import Judgement, ListReading, TrendQuery
from trends.results import Row
from trends.services import rebuild

QUERIES_PER_WORLD = 16
ASKED = (
    "month", "week", "quarter", "outcome", "reason", "reason_group", "competitor", "winner",
    "stage", "segment", "industry", "country", "region", "product", "team", "rep", "factor",
    "question", "unmet_need", "rival_strength", "debrief", "attribute:size",
    "untested_reason", "price_check",
)  # fmt: skip
SIZES = ("known", "unknown", "..0.015", "0.01..10", "1..12345.67", "7.765..", "12345..99999999.999")


@pytest.mark.django_db
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), deals=st.integers(0, 60))
def test_random_questions_about_random_companies(seed: int, deals: int) -> None:
    with transaction.atomic():
        world = build_world(seed, deals=deals)
        rebuild()
        oracle = Oracle()
        asked = 0
        while asked < QUERIES_PER_WORLD:
            query = random_query(world, oracle)
            if query is not None:
                asked += 1
                assert_equal(query, oracle, world.random)
        transaction.set_rollback(True)


def random_query(world: World, oracle: Oracle) -> TrendQuery | None:
    random = world.random
    by = tuple(random.sample(ASKED, random.choice([0, 1, 1, 2, 2])))
    try:
        query = TrendQuery(
            measure=random.choice(list(MEASURES)),
            by=by,
            since=FIRST_DAY + timedelta(days=random.randrange(DAYS))
            if random.random() < 0.4
            else None,
            reading=random.choice(list(ListReading)),
            judgement=random.choice(list(Judgement)),
        )
    except TrendError:
        return None
    if query.since and random.random() < 0.7:
        query = replace(query, until=query.since + timedelta(days=random.randrange(150)))
    for name in random.sample(ASKED[3:], random.choice([0, 0, 1, 1, 2, 3])):
        values = sorted({v for f in oracle.facts for v in oracle.values(f, name, query)}, key=str)
        if values:
            chosen = random.sample(values, min(len(values), random.choice([1, 1, 2])))
            query = query.with_filters({name: chosen})
    if random.random() < 0.2:
        query = query.with_filters({"amount": random.sample(SIZES, random.choice([1, 2]))})
    return query


def assert_equal(query: TrendQuery, oracle: Oracle, random: Random) -> None:
    if "attribute:size" in (*query.by, *dict(query.filters)) and not any(
        "size" in f.attributes for f in oracle.facts
    ):
        with pytest.raises(TrendError, match="No deal has an attribute called “size”"):
            run(query, None)
        return
    result = run(query, None)
    expected = oracle.rows(query)
    found = {tuple(key.id for key in row.keys): row for row in result.rows}
    assert len(found) == len(result.rows)
    for ids, row in found.items():
        wanted = expected.pop(ids, None)
        if wanted is None:
            assert row.n == 0
            assert row.unknown == 0
            assert any(name in TIME for name in query.by)
            continue
        assert as_expected(row) == wanted, (query, ids)
        assert_interval(row)
    assert not expected, query
    wanted_total = oracle.total(query)
    assert (result.total.n, result.total.value or 0) == (wanted_total.n, wanted_total.value or 0)
    chosen = oracle.chosen(query)
    assert result.coverage.closed == len(chosen)
    assert result.coverage.debriefed == len([f for f in chosen if f.debrief == "submitted"])
    assert result.coverage.dismissed == len([f for f in chosen if f.debrief == "dismissed"])
    for row in random.sample(result.rows, min(3, len(result.rows))):
        assert_drill(query, row, oracle)


def as_expected(row: Row) -> Expected:
    return Expected(row.n, row.value, row.of, row.unknown, row.too_few, row.in_wins, row.untested)


def assert_interval(row: Row) -> None:
    """From n = 5 on, a rate or share has its Wilson interval."""
    if row.in_wins is None and row.share is not None and row.of and row.of >= 5:
        assert (row.low, row.high) == wilson(round(row.share * row.of), row.of)
    elif row.in_wins is None:
        assert (row.low, row.high) == (None, None)


def assert_drill(query: TrendQuery, row: Row, oracle: Oracle) -> None:
    """Page by page, the deals behind a number are as many as it says."""
    cell = {name: key.id for name, key in zip(query.by, row.keys, strict=True)}
    found: list[int] = []
    page = drill(query, cell, None, limit=4)
    found += page.closing_ids
    while page.after:
        page = drill(query, cell, None, after=page.after, limit=4)
        found += page.closing_ids
    ids = tuple(key.id for key in row.keys)
    assert found == oracle.behind(query, ids), (query, ids)
    assert page.total == len(found) == row.n


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_facets_count_deals_without_their_own_filter(seed: int) -> None:
    with transaction.atomic():
        world = build_world(seed, deals=30)
        rebuild()
        oracle = Oracle()
        product = str(world.products[-1].pk)
        query = TrendQuery(filters=(("debrief", ("submitted",)), ("product", (product,))))
        names = ("product", "reason", "competitor", "outcome", "stage", "region")
        for name, found in facets(query, names, None).items():
            chosen = oracle.chosen(query.with_filters({name: ()}) if name == "product" else query)
            wanted: dict[str | None, int] = {}
            for fact in chosen:
                for value in oracle.values(fact, name, query):
                    wanted[value] = wanted.get(value, 0) + 1
            assert {facet.key.id: facet.count for facet in found} == wanted
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_the_compared_period_is_answered_like_any_other(seed: int) -> None:
    with transaction.atomic():
        world = build_world(seed, deals=50)
        rebuild()
        other = Period(FIRST_DAY, FIRST_DAY + timedelta(days=70))
        query = TrendQuery(
            measure=world.random.choice(["lost", "win_rate", "lost_amount"]),
            by=("stage",),
            since=FIRST_DAY + timedelta(days=71),
            until=FIRST_DAY + timedelta(days=150),
            compare=other,
        )
        result = run(query, None)
        alone = {row.keys[0].id: row for row in run(query.over(other), None).rows}
        for row in result.rows:
            assert row.compared is not None
            before = alone.get(row.keys[0].id)
            assert row.compared.n == (before.n if before else 0)
            assert (row.compared.value or 0) == ((before.value if before else None) or 0)
        transaction.set_rollback(True)
