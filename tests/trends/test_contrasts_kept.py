"""Wins against losses where sums of months are kept, cut and filtered, and once the page is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from deals.models import Outcome
from people.models import User
from tests.factories import closed_deal
from tests.trends.oracle import Oracle
from tests.trends.test_matching import plain_tables
from tests.trends.world import build_world
from trends.amounts import spans_around
from trends.association import Sides
from trends.contrasts import contrasts
from trends.engine import run
from trends.query import TrendQuery
from trends.services import rebuild

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

PAGE = "/dashboard/wins-against-losses/?since=2026-01-01&until=2026-05-31"


def sum_of(tables: list[tuple[int, int, int, int]]) -> Sides:
    return Sides(*(sum(table[at] for table in tables) for at in range(4)))


def slices() -> list[TrendQuery]:
    """All the time, a period that cuts months at both ends, and filters that take many deals and few."""
    whole = TrendQuery("lift")
    days = run(TrendQuery("deals", ("month",)), None).rows
    first, last = days[1].keys[0].id, days[-2].keys[0].id
    cut = TrendQuery(
        "lift", since=date.fromisoformat(f"{first}-11"), until=date.fromisoformat(f"{last}-19")
    )
    found = [whole, cut]
    for name in ("segment", "product", "reason"):
        values = [row.keys[0].id for row in run(TrendQuery("lost", (name,)), None).rows]
        found += [whole.with_filters({name: values[1:]}), cut.with_filters({name: values[:1]})]
    return found


@pytest.mark.parametrize("seed", range(3))
def test_each_slice_agrees_with_plain_counting_whatever_was_asked_before(seed: int) -> None:
    build_world(seed, deals=150)
    rebuild()
    oracle = Oracle(5)
    compared = 0
    for query in slices():
        median = run(replace(query, measure="median_amount"), None).total.value or 0
        spans = [each.in_minor(oracle.decimals) for each in spans_around(Decimal(median))]
        found = contrasts(query, None)
        for each in (*found.findings, *found.by_chance, *found.too_few):
            tables = plain_tables(oracle, query, each, spans)
            assert each.sides == sum_of(tables), (query, each)
            both = [table for table in tables if table[1] and table[3]]
            assert each.matched.sides == sum_of(both), (query, each)
            compared += 1
    assert compared > 100


def close(rep: User, *, lost: int, won: int) -> None:
    for outcome, times in ((Outcome.LOST_TO_COMPETITOR, lost), (Outcome.WON, won)):
        for _ in range(times):
            closing = {"closed_on": date(2026, 3, 5), "outcome": outcome}
            deal = closed_deal(owner=rep, account__segment="Small", closing=closing).deal
            deal.attributes.create(key="Lead", value="Fair")
    rebuild()


def test_a_page_that_was_kept_is_drawn_again_once_the_tally_has_changed(
    admin: User, rep: User, signed_in: SignIn
) -> None:
    close(rep, lost=6, won=7)
    client = signed_in(admin)
    assert [client.get(PAGE).content.decode().count("6 of 6") for _ in range(2)] == [1, 1]
    close(rep, lost=3, won=0)
    page = client.get(PAGE).content.decode()
    assert (page.count("6 of 6"), page.count("9 of 9")) == (0, 1)


def test_a_period_that_runs_still_is_said_to(rep: User, signed_in: SignIn) -> None:
    close(rep, lost=1, won=1)
    client = signed_in(rep)
    running, over = (
        client.get(f"/dashboard/wins-against-losses/{period}").content.decode()
        for period in ("", "?since=2026-01-01&until=2026-05-31")
    )
    assert ("still running" in running, "still running" in over) == (True, False)
