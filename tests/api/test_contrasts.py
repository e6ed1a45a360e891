"""Wins against losses through the API."""

from collections.abc import Callable
from datetime import date

import pytest

from deals.models import Outcome
from people.models import User
from tests.api.conftest import ApiClient
from tests.factories import closed_deal
from trends.services import rebuild

Calling = Callable[[User], ApiClient]


@pytest.fixture
def tally(rep: User) -> None:
    """Six of eight losses and two of eight wins come from fairs; one loss stands alone."""
    for outcome, fairs in ((Outcome.LOST_TO_COMPETITOR, 6), (Outcome.WON, 2)):
        for place in range(8):
            closing = {"closed_on": date(2026, 5, 2), "outcome": outcome}
            deal = closed_deal(owner=rep, account__segment="Small", closing=closing).deal
            deal.attributes.create(key="Lead", value="Fair" if place < fairs else "Call")
    alone = closed_deal(
        owner=rep, account__segment="Large", closing={"closed_on": date(2026, 5, 2)}
    )
    alone.deal.attributes.create(key="Lead", value="Call")
    rebuild()


@pytest.mark.usefixtures("tally")
def test_each_comparison_says_its_counts_and_both_ratios(rep: User, calling: Calling) -> None:
    told = calling(rep).get("/trends/contrasts", since="2026-05", until="2026-05").json()
    fair = next(row for row in told["rows"] if row["label"] == "Fair")
    assert [fair[name] for name in ("dimension", "lost", "of_lost", "won", "of_won")] == [
        "attribute:Lead", 6, 9, 2, 8
    ]  # fmt: skip
    assert fair["ratio"]["value"] == pytest.approx((6 / 9) / (2 / 8))
    assert fair["like_with_like"]["value"] == pytest.approx((6 / 8) / (2 / 8))
    assert (fair["lost_without_comparable_win"], fair["reading"]) == (1, "chance")
    assert (told["lost"], told["lost_without_comparable_win"], told["strata"]) == (9, 1, 1)
    assert [each["attribute"] for each in told["attributes"]] == ["Lead"]


@pytest.mark.usefixtures("tally")
def test_filters_choose_the_deals(rep: User, calling: Calling) -> None:
    told = calling(rep).get("/trends/contrasts", segment="Large").json()
    assert (told["lost"], told["lost_without_comparable_win"]) == (1, 1)
    assert {row["reading"] for row in told["rows"]} == {"too_few"}


@pytest.mark.usefixtures("tally")
@pytest.mark.parametrize("name", ["by", "measure", "compare"])
def test_what_it_asks_by_itself_is_refused(rep: User, calling: Calling, name: str) -> None:
    answer = calling(rep).get("/trends/contrasts", **{name: "lost"})
    assert answer.status_code == 422
