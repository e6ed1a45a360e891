"""Counting by bits and by kept months: what a snapshot takes over from the last, and what bits can't say."""

import numpy as np
import pytest

from tests.factories import closed_deal
from tests.trends.oracle import Oracle
from tests.trends.plain_rights import PlainRights
from tests.trends.test_engine_against_plain_counting import assert_equal, random_query
from tests.trends.test_tally import edit, together
from tests.trends.world import build_world
from trends import frame_bits
from trends.bitmaps import pack, unpack
from trends.engine import run
from trends.groups import SMALLEST_GROUP
from trends.query import TrendQuery
from trends.services import bring_up_to_date, rebuild


@pytest.mark.parametrize("deals", [0, 1, 63, 64, 65, 200])
def test_bits_are_as_many_as_deals_and_end_with_a_whole_word(deals: int) -> None:
    true = np.random.default_rng(1).random((3, deals)) < 0.5
    words = pack(true)
    assert words.shape == (3, -(-deals // 64))
    assert int(np.bitwise_count(words).sum()) == true.sum()
    assert (np.array([unpack(row, deals) for row in words]) == true).all()


@pytest.mark.django_db
@pytest.mark.parametrize("words_at_once", [1, frame_bits.AT_ONCE])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_taken_over_from_the_last_snapshot_answers_as_plain_counting_does(
    seed: int, words_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_bits, "AT_ONCE", words_at_once)
    world = build_world(seed, deals=40)
    rebuild()
    for _ in range(3):
        bring_up_to_date(together([edit(world) for _ in range(4)]))
        oracle, asked = Oracle(), 0
        everything = PlainRights(oracle, None, SMALLEST_GROUP)
        while asked < 12:
            if query := random_query(world, oracle):
                assert_equal(query, oracle, everything, world.random)
                asked += 1


@pytest.mark.django_db
def test_amounts_too_large_for_bits_are_added_up_all_the_same() -> None:
    for amount in ("12.34", "99999999.99"):
        closed_deal(closing={"amount": amount})
    rebuild()
    query = TrendQuery(measure="lost_amount").where(outcome="lost")
    assert str(run(query, None).total.value) == "100000012.33"
