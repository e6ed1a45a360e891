"""What figures say of their own uncertainty: intervals, floors, unknown amounts, and who is missing."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from deals.models import Outcome
from debriefs.models import LossReason
from people.models import User
from playbook.record_charts import record_of
from tests.factories import LossReasonFactory, closed_deal, submitted_debrief
from trends.engine import run
from trends.presentation import as_json
from trends.query import TrendQuery
from trends.results import Covered
from trends.services import rebuild

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 1)


def closings(*amounts: object, outcome: str = Outcome.NO_DECISION, **deal: Any) -> list[Any]:
    return [
        closed_deal(closing={"closed_on": DAY, "outcome": outcome, "amount": each}, **deal)
        for each in amounts
    ]


@pytest.fixture
def price() -> LossReason:
    return LossReasonFactory.create(name="Price level")


@pytest.fixture
def losses(price: LossReason) -> None:
    """Eight debriefed losses, of which six cite the price, and four that nobody debriefed."""
    timing = LossReasonFactory.create(name="Timing")
    for number, closing in enumerate(closings(*[1000] * 12)):
        if number < 8:
            submitted_debrief(reasons=[price if number < 6 else timing], closing=closing)
    rebuild()


def table(client: Client, address: str) -> list[dict[str, str]]:
    content = client.get(f"/dashboard/table.csv?{address}").content.decode()
    return list(csv.DictReader(StringIO(content)))


def test_a_median_has_the_values_at_its_ranks_as_interval_from_six_on() -> None:
    closings(*range(100, 1000, 100))
    rebuild()
    median = run(TrendQuery("median_amount"), None).total
    assert (median.n, median.value) == (9, Decimal("500.00"))
    assert (median.low, median.high) == (Decimal("200.00"), Decimal("800.00"))


def test_a_median_of_five_values_is_given_without_an_interval() -> None:
    closings(*range(100, 600, 100))
    rebuild()
    median = run(TrendQuery("median_amount"), None).total
    assert (median.value, median.low, median.high) == (Decimal("300.00"), None, None)


def test_medians_show_their_interval_in_the_api_the_csv_the_command_and_on_the_page(
    signed_in: Callable[[User], Client], admin: User
) -> None:
    for days in range(10, 100, 10):
        closed_deal(opened_on=DAY - timedelta(days=days), closing={"closed_on": DAY})
    rebuild()
    total = as_json(run(TrendQuery("cycle_days"), None))["total"]
    assert (total["value"], total["low"], total["high"]) == (50.0, 20.0, 80.0)
    client = signed_in(admin)
    (row,) = table(client, "measure=cycle_days")
    assert (row["95% low"], row["95% high"]) == ("20.000000", "80.000000")
    out = StringIO()
    call_command("trends", measure="cycle_days", stdout=out)
    assert "20.00 to 80.00" in out.getvalue()
    page = client.get("/dashboard/stages/?since=2026-09-01&until=2026-10-31").content.decode()
    assert "95% interval 20 days to 80 days" in page


def test_amounts_tell_their_n_and_the_share_that_is_unknown(
    signed_in: Callable[[User], Client], admin: User
) -> None:
    closings(1000, 1000, 1000, None)
    rebuild()
    total = as_json(run(TrendQuery("lost_amount"), None))["total"]
    assert (total["n"], total["unknown"], total["unknown_share"]) == (3, 1, 0.25)
    client = signed_in(admin)
    (row,) = table(client, "measure=lost_amount")
    assert (row["unknown"], row["unknown share"]) == ("1", "0.250000")
    page = client.get("/dashboard/?since=2026-09-01&until=2026-10-31").content.decode()
    assert "1 of 4 (25%) of unknown value, not in the sum" in page


def test_below_a_floor_that_is_a_setting_there_are_counts_only(
    losses: None, settings: Any, signed_in: Callable[[User], Client], admin: User
) -> None:
    query = TrendQuery("mentions", ("reason",))
    assert [(row.n, row.share) for row in run(query, None).rows] == [(6, 0.75), (2, 0.25)]
    settings.ENV = settings.ENV.model_copy(update={"fewest_deals": 9})
    for row in run(query, None).rows:
        assert (row.too_few, row.share, row.low, row.bounds) == (True, None, None, None)
    rate = run(TrendQuery("coverage").with_filters({"reason": ["Timing"]}), None).total
    assert (rate.n, rate.value, rate.too_few) == (2, None, True)
    assert as_json(run(query, None))["fewest"] == 9
    assert {row["note"] for row in table(signed_in(admin), "by=reason&measure=mentions")} == {
        "too few"
    }


def test_a_share_of_a_reason_says_what_the_missing_debriefs_could_make_of_it(
    losses: None, signed_in: Callable[[User], Client], admin: User
) -> None:
    answer = run(TrendQuery("mentions", ("reason",)), None)
    first = answer.rows[0]
    assert (first.n, first.of, first.covered) == (6, 8, Covered(8, 4))
    assert first.bounds == (6 / 12, 10 / 12)
    row = as_json(answer)["rows"][0]
    assert (row["not_debriefed"], row["share_if_none"], row["share_if_all"]) == (4, 0.5, 10 / 12)
    told = table(signed_in(admin), "by=reason&measure=mentions")[0]
    assert (told["share if none"], told["share if all"]) == ("0.500000", "0.833333")


def test_what_filters_ask_of_debriefs_leaves_the_missing_ones_in(
    losses: None, price: LossReason
) -> None:
    asked = TrendQuery("mentions", ("reason",)).where(reason=price.pk, debrief="submitted")
    answer = run(asked, None)
    assert answer.loss_coverage.missing == 0
    assert (answer.undebriefed, answer.undebriefed_amount) == (4, Decimal("4000.00"))
    assert answer.rows[0].covered == Covered(8, 4)


def test_charts_of_reasons_draw_the_bounds_and_the_losses_not_debriefed(
    losses: None, signed_in: Callable[[User], Client], admin: User
) -> None:
    page = signed_in(admin).get("/dashboard/reasons/?since=2026-09-01&until=2026-10-31")
    figures = page.content.decode().split("<figure")
    for key, bounds in (("top-reasons", "50% to 83%"), ("reason-groups", "67% to 100%")):
        figure = next(each for each in figures if f'id="{key}"' in each)
        assert bounds in figure
        assert 'stroke-dasharray="1.5 3"' in figure
        assert "4 deals lost and not debriefed" in figure
    amounts = next(each for each in figures if 'id="value-by-reason"' in each)
    assert "4 deals lost and not debriefed, USD 4,000" in amounts
    lines = next(each for each in figures if 'id="share-over-time"' in each)
    assert "4 deals lost and not debriefed (33% of 12 lost)" in lines
    crossed = next(each for each in figures if 'id="reason-by-segment"' in each)
    assert 'class="num heat-hatched"' in crossed


def test_a_table_of_stages_by_reason_has_the_losses_not_debriefed_as_a_column(
    losses: None, signed_in: Callable[[User], Client], admin: User
) -> None:
    page = signed_in(admin).get("/dashboard/stages/?since=2026-09-01&until=2026-10-31")
    figures = page.content.decode().split("<figure")
    crossed = next(each for each in figures if 'id="stage-by-reason"' in each)
    headings = re.findall(r'<th scope="col" class="num">([^<]*)</th>', crossed)
    assert headings[-1] == "Not debriefed"
    [cell] = re.findall(r'<td class="num heat-hatched"[^>]*>.*?</td>', crossed)
    assert "Not debriefed, Proposal: 4 deals lost" in cell
    assert 'data-n="4"' in cell


def test_a_chart_of_the_deals_that_cite_a_reason_draws_those_not_debriefed(
    losses: None, price: LossReason, signed_in: Callable[[User], Client], admin: User
) -> None:
    address = f"/dashboard/stages/?since=2026-09-01&until=2026-10-31&reason={price.pk}"
    page = signed_in(admin).get(address).content.decode()
    figure = next(each for each in page.split("<figure") if 'id="stages"' in each)
    assert "4 deals lost and not debriefed" in figure
    assert "4 deals lost and not debriefed" in record_of("reason", price.pk, admin).charts[-1]


def test_a_lift_never_stands_without_its_interval(price: LossReason) -> None:
    for outcome, hits, others in ((Outcome.NO_DECISION, 8, 4), (Outcome.WON, 0, 12)):
        for number, closing in enumerate(closings(*[1000] * (hits + others), outcome=outcome)):
            submitted_debrief(reasons=[price] if number < hits else [], closing=closing)
    rebuild()
    row = run(TrendQuery("lift", ("reason",)), None).rows[0]
    assert (row.n, row.of, row.in_wins) == (8, 12, (0, 12))
    assert (row.value, row.high, row.too_few) == (None, None, False)
    assert row.low is not None
    assert row.low > 1
    out = StringIO()
    call_command("trends", by="reason", measure="lift", stdout=out)
    assert "only in losses" in out.getvalue()
    assert "and more" in out.getvalue()


def test_a_lift_is_of_the_deals_of_which_it_is_known() -> None:
    for outcome in (Outcome.NO_DECISION, Outcome.WON):
        closings(*[1000] * 6, outcome=outcome, account__segment="Large")
        closings(*[1000] * 6, outcome=outcome, account__segment="Small")
        closings(*[1000] * 9, outcome=outcome, account=None)
    rebuild()
    answer = run(TrendQuery("lift", ("segment",)), None)
    assert [(row.keys[0].label, row.of, row.value) for row in answer.rows] == [
        ("Large", 12, 1.0),
        ("Small", 12, 1.0),
    ]
