"""Random histories of the reason list, from the services through the outbox to the answers."""

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.trends.oracle import Oracle
from tests.trends.plain_rights import PlainRights
from tests.trends.test_engine_against_plain_counting import assert_equal
from tests.trends.world import World, build_world, change_reasons, say_what_was_meant
from trends.check import check
from trends.engine import run
from trends.query import Judgement, ListReading, TrendQuery
from trends.services import catch_up, rebuild

HISTORIES = 15


@pytest.mark.django_db
@settings(
    max_examples=HISTORIES,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32))
def test_after_a_random_history_told_by_events_all_readings_agree_with_the_debriefs(
    seed: int,
) -> None:
    with transaction.atomic():
        world = build_world(seed, deals=25)
        rebuild()
        for _ in range(2):
            change_reasons(world, 6)
            say_what_was_meant(world, 3)
            catch_up()
        assert check().differences == []
        assert_totals_agree(world)
        transaction.set_rollback(True)


def assert_totals_agree(world: World) -> None:
    """In each reading and judgement: as many debriefs, citing ones and primary reasons."""
    oracle = Oracle()
    choices: list[dict[str, list[str | None]]] = [{}, {"outcome": ["lost"]}, {"product": [None]}]
    filters = world.random.choice(choices)
    for judgement in Judgement:
        found = {}
        for reading in ListReading:
            asked = TrendQuery(reading=reading, judgement=judgement).with_filters(filters)
            lost = [fact for fact in oracle.chosen(asked) if fact.outcome != "won"]
            citing = [fact for fact in lost if oracle.cited(fact, asked)]
            for by in ("reason", "reason_group"):
                primary = run(replace(asked, measure="primary", by=(by,)), None)
                mentions = run(replace(asked, measure="mentions", by=(by,)), None)
                assert sum(row.n for row in primary.rows) == primary.total.n == len(citing)
                assert mentions.total.n == len(citing)
                assert mentions.total.of == len([f for f in lost if f.debrief == "submitted"])
                query = replace(asked, measure="mentions", by=(by,))
                assert_equal(query, oracle, PlainRights(oracle, None, 5), world.random)
            found[reading] = (len(citing), sum(len(oracle.cited(fact, asked)) for fact in lost))
        assert found[ListReading.TODAY] == found[ListReading.RECORDED]
