"""The tally through the API."""

from collections.abc import Callable
from datetime import date

import pytest

from people.models import User
from tests.api.conftest import ApiClient
from tests.factories import ProductFactory, closed_deal
from trends.services import rebuild

Calling = Callable[[User], ApiClient]


@pytest.fixture
def tally(db: None) -> None:
    for product, outcome, day in (
        ("GTX Pro", "won", 1),
        ("GTX Pro", "lost_to_competitor", 2),
        ("GTX Basic", "won", 3),
    ):
        closed_deal(
            product=ProductFactory.create(name=product),
            closing={"outcome": outcome, "closed_on": date(2026, 5, day)},
        )
    rebuild()


def test_a_row_names_each_dimension_asked_for(admin: User, tally: None, calling: Calling) -> None:
    answer = calling(admin).get(
        "/trends", by="product", measure="deals", since="2026-05", until="2026-05"
    )
    assert answer.status_code == 200
    told = answer.json()
    assert [(row["product"], row["n"], row["value"]) for row in told["rows"]] == [
        ("GTX Pro", 2, 2),
        ("GTX Basic", 1, 1),
    ]
    assert told["period"] == {"since": "2026-05-01", "until": "2026-05-31"}
    assert told["coverage"]["closed"] == 3
    assert told["total"] == {"n": 3, "value": 3}


def test_two_dimensions_and_filters(admin: User, tally: None, calling: Calling) -> None:
    answer = (
        calling(admin).get("/trends", by="month,outcome", measure="deals", product="GTX Pro").json()
    )
    assert [(row["month"], row["outcome"], row["n"]) for row in answer["rows"] if row["n"]] == [
        ("2026-05", "Won", 1),
        ("2026-05", "Lost to a competitor", 1),
    ]
    assert answer["filters"] == {"product": ["GTX Pro"]}


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"by": "weather"}, 422, "by"),
        ({"measure": "luck"}, 422, "measure"),
        ({"by": "reason", "measure": "win_rate"}, 422, "measure"),
        ({"since": "yesterday"}, 422, "since"),
        ({"colour": "red"}, 422, "colour"),
        ({"by": "rep"}, 403, "rep"),
    ],
)
def test_what_cannot_be_asked_is_named(
    rep: User, tally: None, calling: Calling, query: dict[str, str], status: int, field: str
) -> None:
    answer = calling(rep).get("/trends", **query)
    assert answer.status_code == status
    assert [each["field"] for each in answer.json()["problems"]] == [field]


def test_partners_see_totals_without_team_and_rep(
    partner: User, tally: None, calling: Calling
) -> None:
    api = calling(partner)
    assert api.get("/trends", by="product").status_code == 200
    assert api.get("/trends", by="team").status_code == 403
