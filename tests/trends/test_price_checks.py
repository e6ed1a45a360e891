"""A price that nobody tested says so in every count by reason, and opens exactly those deals."""

import csv
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from debriefs.models import CitedReason, LossReason, ReasonJudgement, TextCode, TextCoding
from people.models import User
from playbook.record_charts import record_of
from tests.factories import LossReasonFactory, closed_deal, submitted_debrief
from trends.engine import run
from trends.errors import TrendError
from trends.presentation import as_json
from trends.query import Judgement, TrendQuery
from trends.results import Untested
from trends.services import rebuild

pytestmark = pytest.mark.django_db

FAILED = {"gap_known": "no", "is_untested": True}
PASSED = {
    "gap_known": "yes",
    "gap_percent": "12.5",
    "budget_owner_met": "yes",
    "won_at_equal_price": "yes",
}
DAY = date(2026, 10, 1)


@pytest.fixture
def price() -> LossReason:
    return LossReasonFactory.create(name="Price level", asks_price_checks=True)


@pytest.fixture
def debriefs(price: LossReason) -> list[CitedReason]:
    """Price untested twice, tested once, from before the checks once; and a loss without it."""
    other = LossReasonFactory.create(name="Timing")
    cited = []
    for given in (FAILED, FAILED, PASSED, {}):
        debrief = submitted_debrief(
            reasons=[price, other], closing=closed_deal(closing={"closed_on": DAY})
        )
        citation = CitedReason.objects.get(version=debrief.current_version, rank=1)
        CitedReason.objects.filter(pk=citation.pk).update(**given)
        cited.append(citation)
    submitted_debrief(reasons=[other], closing=closed_deal(closing={"closed_on": DAY}))
    rebuild()
    return cited


def untested(query: TrendQuery) -> dict[str, Untested | None]:
    return {row.keys[-1].label: row.untested for row in run(query, None).rows}


@pytest.mark.parametrize("measure", ["mentions", "lost", "primary"])
def test_counts_by_reason_tell_their_untested_part(
    measure: str, debriefs: list[CitedReason]
) -> None:
    found = untested(TrendQuery(measure, ("reason",)))
    assert found["Price level"] == Untested(2, 2)
    assert found["Timing"] == Untested(0, 0)


def test_lost_amounts_by_reason_tell_their_untested_part(debriefs: list[CitedReason]) -> None:
    found = untested(TrendQuery("lost_amount", ("month", "reason")))
    assert found["Price level"] == Untested(2, Decimal("2000.00"))


def test_deals_are_divided_by_how_the_checks_went(
    debriefs: list[CitedReason], price: LossReason
) -> None:
    query = TrendQuery("mentions", ("price_check",))
    assert {row.keys[0].id: row.n for row in run(query, None).rows} == {
        "untested": 2,
        "tested": 1,
        None: 2,
    }
    cites_price = run(query.where(reason=price.pk), None)
    assert {row.keys[0].id: row.n for row in cites_price.rows}[None] == 1
    assert run(TrendQuery("won").where(price_check="untested"), None).total.n == 0
    with pytest.raises(TrendError, match="Codes and price checks stand in debriefs only"):
        TrendQuery("coverage", ("price_check",))


def test_a_manager_s_reasons_keep_the_checks_of_the_author(
    debriefs: list[CitedReason], price: LossReason, admin: User
) -> None:
    first, _, _, unasked = debriefs
    for citation, reasons in ((first, [LossReason.objects.get(name="Timing")]), (unasked, [price])):
        judged = ReasonJudgement.objects.create(
            version=citation.version, judged_by=admin, agrees=False
        )
        for rank, reason in enumerate(reasons, start=1):
            judged.reasons.create(rank=rank, reason=reason)
    rebuild()
    confirmed = TrendQuery("mentions", ("reason",), judgement=Judgement.CONFIRMED)
    assert untested(confirmed)["Price level"] == Untested(1, 1)
    assert untested(TrendQuery("mentions", ("reason",)))["Price level"] == Untested(2, 2)


def test_the_api_the_csv_and_the_command_tell_it(
    debriefs: list[CitedReason], signed_in: Callable[[User], Client], admin: User
) -> None:
    client = signed_in(admin)
    answer = as_json(run(TrendQuery("mentions", ("reason",)), admin))
    assert {row["reason"]: row["untested"] for row in answer["rows"]} == {
        "Price level": {"n": 2, "value": 2},
        "Timing": {"n": 0, "value": 0},
    }
    table = client.get("/dashboard/table.csv?by=reason&measure=mentions").content.decode()
    told = {each["Reason"]: each["untested"] for each in csv.DictReader(StringIO(table))}
    assert told == {"Price level": "2", "Timing": "0"}
    out = StringIO()
    call_command("trends", by="reason", measure="mentions", stdout=out)
    assert re.search(r"^reason +n +mentions +95 % +untested$", out.getvalue(), re.MULTILINE)
    assert re.search(r"^Price level +4 +4 .* 2$", out.getvalue(), re.MULTILINE)
    out = StringIO()
    call_command("trends", where=["price_check=untested"], json=True, stdout=out)
    assert json.loads(out.getvalue())["total"]["n"] == 2


def test_the_dashboard_s_bar_has_an_untested_part_that_opens_its_deals(
    debriefs: list[CitedReason], signed_in: Callable[[User], Client], admin: User
) -> None:
    client = signed_in(admin)
    page = client.get("/dashboard/?since=2026-09-01&until=2026-10-31").content.decode()
    bars = page.split('id="top-reasons"')[1].split("</figure>")[0]
    found = re.search(
        r'<a href="([^"]+)"[^>]*><title>Price level, untested: 2 of 4</title>.*?fill="url\(#top-reasons-t1\)"',
        bars,
    )
    assert found is not None
    behind = client.get(unescape(found[1])).content.decode()
    assert ">2 deals" in behind
    assert "Reason, untested: Price level" in behind
    assert '<th scope="col" class="num">Untested</th>' in bars
    choices = client.get("/dashboard/choices/?choices=price_check").content.decode()
    assert 'name="price_check" value="untested"' in choices


def test_the_reason_s_own_page_tells_it(
    debriefs: list[CitedReason], price: LossReason, admin: User
) -> None:
    record = record_of("reason", price.pk, admin)
    tile = record.tiles[-1]
    assert (tile.label, tile.value, tile.n) == ("Untested", "2", "of 4 lost")
    assert "2026-Q4: 2 lost and untested" in record.charts[0]
    timing = record_of("reason", LossReason.objects.get(name="Timing").pk, admin)
    assert "Untested" not in [each.label for each in timing.tiles]


def test_needs_and_strengths_are_drawn_and_offered_once_something_is_coded(
    debriefs: list[CitedReason], signed_in: Callable[[User], Client], admin: User
) -> None:
    client, address = signed_in(admin), "/dashboard/reasons/?since=2026-09-01&until=2026-10-31"

    def choices() -> str:
        return str(client.get(address, {"choices": "unmet_need"}).content.decode())

    before = client.get(address).content.decode()
    assert 'id="unmet-needs"' not in before
    assert 'name="unmet_need"' not in choices()
    code = TextCode.objects.create(of_text="unmet_need", name="Offline use")
    TextCoding.objects.create(
        version=debriefs[0].version, of_text="unmet_need", code=code, made_by=admin
    )
    rebuild()
    after = client.get(address).content.decode()
    assert "<title>Offline use: 1 of 5 debriefed losses</title>" in after
    assert f'name="unmet_need" value="{code.pk}"' in choices()
