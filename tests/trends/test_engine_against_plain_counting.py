"""Every answer equals plain counting over the same rows, on random small companies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.periods import Period
from deals.models import Closing
from debriefs.models import DebriefRequest
from people.models import Role, Team, User
from tests.trends.oracle import SAID, TIME, Oracle
from tests.trends.plain_measures import Expected
from tests.trends.plain_rights import Allowed, PlainRights
from tests.trends.world import DAYS, FIRST_DAY, World, build_world
from trends import groups
from trends.engine import drill, facets, run
from trends.errors import TrendError, TrendRefused
from trends.groups import SMALLEST_GROUP
from trends.measures import MEASURES
from trends.query import Judgement, ListReading, TrendQuery
from trends.results import Row
from trends.services import rebuild

WORLDS, QUESTIONS = 40, 128
ASKED = (
    "month", "week", "quarter", "outcome", "reason", "reason_group", "competitor", "winner",
    "stage", "segment", "industry", "country", "region", "product", "team", "rep", "factor",
    "question", "unmet_need", "rival_strength", "debrief", "attribute:size",
    "untested_reason", "price_check",
)  # fmt: skip
SIZES = ("known", "unknown", "..0.015", "0.01..10", "1..12345.67", "7.765..", "12345..99999999.999")


@pytest.mark.django_db
@settings(
    max_examples=WORLDS,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), deals=st.integers(0, 60))
def test_random_questions_about_random_companies(
    seed: int, deals: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WORLDS times QUESTIONS: any measure, reading, judgement, currency, floor and viewer."""
    random = Random(seed)
    fewest, smallest = random.choice([2, 5, 5, 8]), random.choice([2, 3, 5])
    currency = random.choice(["USD", "EUR", "JPY", "KWD"])
    changed = {"reporting_currency": currency, "fewest_deals": fewest}
    settings.ENV = settings.ENV.model_copy(update=changed)
    monkeypatch.setattr(groups, "SMALLEST_GROUP", smallest)
    with transaction.atomic():
        world = build_world(seed, deals=deals)
        viewers = people_of_all_kinds(world)
        ask_for_second_views(world)
        rebuild()
        oracle = Oracle(fewest)
        everyone = [PlainRights(oracle, viewer, smallest) for viewer in viewers]
        asked = 0
        while asked < QUESTIONS:
            plain = random.choice(everyone)
            query = random_query(world, plain.oracle)
            if query is not None:
                asked += 1
                assert_equal(query, plain.oracle, plain, world.random)
        transaction.set_rollback(True)


def people_of_all_kinds(world: World) -> list[User | None]:
    """Nobody (the system), a partner, an admin, and reps of whom some manage teams."""
    partner, admin, *reps = world.people
    User.objects.filter(pk=partner.pk).update(role=Role.PARTNER)
    User.objects.filter(pk=admin.pk).update(role=Role.ADMIN)
    for team in Team.objects.order_by("pk"):
        team.manager = world.some([admin, *reps], 0.4)
        team.save(update_fields=["manager"])
    return [None, None, *User.objects.filter(pk__in=[each.pk for each in world.people])]


def ask_for_second_views(world: World) -> None:
    """Of some closings somebody who hasn't written yet is asked what they think, too."""
    due = datetime(2026, 6, 1, tzinfo=UTC)
    for closing in Closing.objects.order_by("pk"):
        person = world.random.choice(world.people)
        answered = closing.debriefs.filter(author=person, current_version__isnull=False)
        if world.random.random() < 0.3 and not answered.exists():
            DebriefRequest.objects.get_or_create(
                closing=closing, person=person, defaults={"due_at": due}
            )


def random_query(world: World, oracle: Oracle) -> TrendQuery | None:
    random = world.random
    names = random.choice([ASKED, SAID, (*SAID, *ASKED), ("team", "region", *ASKED[:3])])
    by = tuple(random.sample(sorted(set(names)), random.choice([0, 1, 1, 1, 2, 2])))
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
    for name in random.sample(ASKED[3:], random.choice([0, 0, 0, 1, 1, 2, 3])):
        values = sorted({v for f in oracle.facts for v in oracle.values(f, name, query)}, key=str)
        if values:
            chosen = random.sample(values, min(len(values), random.choice([1, 1, 2])))
            query = query.with_filters({name: chosen})
    if random.random() < 0.2:
        query = query.with_filters({"amount": random.sample(SIZES, random.choice([1, 2]))})
    return query


def assert_equal(query: TrendQuery, oracle: Oracle, plain: PlainRights, random: Random) -> None:
    """The engine's answer is the plain one, or both refuse."""
    if "attribute:size" in (*query.by, *dict(query.filters)) and not any(
        "size" in f.attributes for f in oracle.facts
    ):
        with pytest.raises(
            (TrendError, TrendRefused), match=r"attribute called “size”|person|team"
        ):
            run(query, plain.viewer)
        return
    allowed = plain.allowed(query)
    if allowed is None:
        with pytest.raises(TrendRefused):
            run(query, plain.viewer)
        return
    result = run(query, plain.viewer)
    expected = oracle.rows(allowed.query)
    found = {tuple(key.id for key in row.keys): row for row in result.rows}
    assert len(found) == len(result.rows)
    for ids, row in found.items():
        wanted = expected.pop(ids, None)
        if wanted is None:
            assert row.n == 0
            assert row.unknown == 0
            assert any(name in TIME for name in query.by)
            continue
        assert_row(row, wanted, query)
    assert not expected, query
    if query.measure == "lift":
        assert list(result.rows) == sorted(result.rows, key=strongest)
    wanted_total = oracle.total(allowed.query)
    assert (result.total.n, result.total.value or 0) == (wanted_total.n, wanted_total.value or 0)
    chosen = oracle.chosen(allowed.query)
    assert result.coverage.closed == len(chosen)
    assert result.coverage.debriefed == len([f for f in chosen if f.debrief == "submitted"])
    assert result.coverage.dismissed == len([f for f in chosen if f.debrief == "dismissed"])
    for row in random.sample(result.rows, min(3, len(result.rows))):
        assert_drill(query, row, oracle, plain, allowed)


def assert_row(row: Row, wanted: Expected, query: TrendQuery) -> None:
    """Counts, sums and rates to the last digit, ends of intervals up to what floats lose."""
    found = Expected(row.n, row.value, row.of, row.unknown, row.too_few, row.in_wins, row.untested)
    where = (query, row.keys)
    if query.measure == "lift":
        assert found.value == pytest.approx(wanted.value), where
        found = replace(found, value=wanted.value)
    assert found == replace(wanted, interval=(None, None), bounds=(None, None)), where
    ends = [None if end is None else float(end) for end in (row.low, row.high)]
    assert ends == [pytest.approx(end) for end in wanted.interval], where
    assert list(row.bounds or (None, None)) == [pytest.approx(end) for end in wanted.bounds], where
    if wanted.too_few:
        assert (row.share, row.low) == (None, None), where


def strongest(row: Row) -> tuple[bool, float]:
    return row.too_few, -inf if row.value is None else -float(row.value)


def assert_drill(
    query: TrendQuery, row: Row, oracle: Oracle, plain: PlainRights, allowed: Allowed
) -> None:
    """Page by page, the deals behind a number are as many as it says."""
    cell = {name: key.id for name, key in zip(query.by, row.keys, strict=True)}
    ids = tuple(key.id for key in row.keys)
    found: list[int] = []
    page = drill(query, cell, plain.viewer, limit=4)
    found += page.closing_ids
    while page.after:
        page = drill(query, cell, plain.viewer, after=page.after, limit=4)
        found += page.closing_ids
    assert found == oracle.behind(allowed.query, ids), (query, ids)
    assert page.total == len(found) == row.n


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_facets_count_deals_without_their_own_filter(seed: int) -> None:
    with transaction.atomic():
        world = build_world(seed, deals=30)
        viewer = world.random.choice(people_of_all_kinds(world))
        in_sales = viewer is None or viewer.role != Role.PARTNER
        rebuild()
        oracle = PlainRights(Oracle(), viewer, SMALLEST_GROUP).oracle
        product = str(world.products[-1].pk)
        query = TrendQuery(filters=(("debrief", ("submitted",)), ("product", (product,))))
        names = ["product", "reason", "competitor", "outcome", "stage", "region"]
        names += ["team"] if in_sales else []
        for name, found in facets(query, names, viewer).items():
            chosen = oracle.chosen(replace(query.with_filters({name: ()}), by=(name,)))
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
