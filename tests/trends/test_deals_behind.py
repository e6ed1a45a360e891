"""The list of deals behind a number: its pages, and what they cost."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deals.models import Closing
from people.models import User
from tests.factories import LossReasonFactory, closed_deal, submitted_debrief
from trends.engine import drill
from trends.query import TrendQuery
from trends.services import rebuild
from trends.snapshot import store

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

LATEST = date(2026, 3, 2)


def closed(owner: User, day: date) -> Closing:
    return closed_deal(owner=owner, closing={"closed_on": day})


def test_pages_go_on_over_months_and_among_deals_of_one_day(rep: User) -> None:
    days = [LATEST - timedelta(days=days) for days in (0, 0, 0, 1, 2, 2, 40)]
    made = [closed(rep, day).pk for day in days]
    rebuild()
    pages, after = [], None
    while True:
        page = drill(TrendQuery("lost"), {}, None, after=after, limit=2)
        assert page.total == len(made)
        pages.append(page.closing_ids)
        after = page.after
        if after is None:
            break
    third, second, first = sorted(made[:3])[::-1]
    assert pages[:2] == [(third, second), (first, made[3])]
    assert [pk for page in pages[2:] for pk in page] == [made[5], made[4], made[6]]


@pytest.mark.parametrize(("number", "found"), [(10**12, 2), (0, 1), (-(10**30), 1)])
def test_a_place_that_no_deal_has_begins_where_it_would_stand(
    rep: User, number: int, found: int
) -> None:
    for day in (LATEST, LATEST - timedelta(days=1), LATEST - timedelta(days=50)):
        closed(rep, day)
    rebuild()
    after = (LATEST - timedelta(days=1), number)
    assert len(drill(TrendQuery("lost"), {}, None, after=after).closing_ids) == found


@pytest.mark.parametrize("deals", [1, 3])
def test_the_page_costs_the_same_however_many_deals_stand_behind_the_number(
    rep: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    deals: int,
) -> None:
    reason = LossReasonFactory.create(name="Price")
    for _ in range(deals):
        submitted_debrief(closing=closed(rep, LATEST), reasons=[reason])
    rebuild()
    client = signed_in(rep)
    client.get(reverse("trends:deals"))
    store.current()
    # The person asking, the tally's versions, deals, debriefs.
    with django_assert_num_queries(4):
        page = client.get(reverse("trends:deals"), {"measure": "lost"}).content.decode()
    assert page.count('<td data-label="Primary reason">Price</td>') == deals
