"""Wins against losses: imported attributes against an independent computation, reasons and
questions against plain counting, and what is said of too few deals."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from io import StringIO
from math import log
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from scipy.stats import chi2_contingency, fisher_exact
from scipy.stats.contingency import relative_risk

from deals.models import Closing, Outcome
from people.models import User
from tests.factories import LossReasonFactory, closed_deal, submitted_debrief
from tests.trends.salvirt import MAPPING, WHOLE, made_up, rows_of
from tests.trends.test_dashboard_pages import listed
from trends.association import Sides, benjamini_hochberg, fisher, ratio, strength
from trends.contrasts import Contrast, Contrasts, contrasts
from trends.query import TrendQuery
from trends.services import rebuild

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

PAGE = "/dashboard/wins-against-losses/?since=2017-01-01&until=2017-12-31"
EVERYTHING = TrendQuery(since=date(2017, 1, 1), until=date(2026, 12, 31))


@pytest.fixture(params=["made up", "whole"])
def imported(request: pytest.FixtureRequest, tmp_path: Path) -> list[dict[str, str]]:
    if request.param == "whole" and not WHOLE.exists():
        pytest.skip(f"{WHOLE} isn't on this machine")
    path = WHOLE if request.param == "whole" else made_up(tmp_path)
    with StringIO() as unread:
        call_command("import_deals", str(path), mapping=MAPPING, stdout=unread)
    rebuild()
    return rows_of(path)


def attributes_of(rows: list[dict[str, str]]) -> list[str]:
    return [name for name in rows[0] if name not in ("Product", "Seller", "Status")]


def table_of(rows: list[dict[str, str]], name: str) -> dict[str, tuple[int, int]]:
    """By value how many were lost and how many won, counted from the file."""
    found = Counter((row[name], row["Status"]) for row in rows)
    values = sorted({row[name] for row in rows})
    return {value: (found[value, "Lost"], found[value, "Won"]) for value in values}


def by_value(found: Contrasts) -> dict[tuple[str, str], Contrast]:
    every = (*found.findings, *found.by_chance, *found.too_few)
    return {(each.dimension.removeprefix("attribute:"), each.key.label): each for each in every}


def test_the_mapping_brings_every_column_and_row(imported: list[dict[str, str]]) -> None:
    assert Closing.objects.count() == len(imported)
    lost = sum(row["Status"] == "Lost" for row in imported)
    assert Closing.objects.exclude(outcome=Outcome.WON).count() == lost
    assert {closing.closed_on for closing in Closing.objects.all()} == {date(2017, 12, 31)}


def test_counts_ratios_and_intervals_agree_with_scipy(imported: list[dict[str, str]]) -> None:
    found = by_value(contrasts(EVERYTHING, None))
    lost = sum(row["Status"] == "Lost" for row in imported)
    won = len(imported) - lost
    chances = {}
    for name in attributes_of(imported):
        for value, (in_losses, in_wins) in table_of(imported, name).items():
            each = found.pop((name, value))
            assert each.sides == Sides(in_losses, lost, in_wins, won)
            if in_losses + in_wins < 5:
                assert (each.ratio, each.q) == (None, None)
                continue
            chances[name, value] = fisher_exact(
                [[in_losses, lost - in_losses], [in_wins, won - in_wins]]
            ).pvalue
            if in_losses and in_wins:
                expected = relative_risk(in_losses, lost, in_wins, won)
                interval = expected.confidence_interval(0.95)
                assert each.ratio is not None
                assert each.ratio.value == pytest.approx(expected.relative_risk)
                assert (each.ratio.low, each.ratio.high) == pytest.approx(tuple(interval))
    assert found == {}
    assert fisher_of(imported) == pytest.approx(chances)


def fisher_of(rows: list[dict[str, str]]) -> dict[tuple[str, str], float]:
    found = by_value(contrasts(EVERYTHING, None))
    return {key: fisher(each.sides) for key, each in found.items() if each.sides.n >= 5 and rows}


def test_the_five_strongest_attributes_are_those_of_an_independent_computation(
    imported: list[dict[str, str]],
) -> None:
    strengths = contrasts(EVERYTHING, None).attributes
    ranked = [each.dimension.removeprefix("attribute:") for each in strengths]
    by_v = {name: corrected_v(table_of(imported, name)) for name in attributes_of(imported)}
    assert {each.dimension.removeprefix("attribute:"): each.value for each in strengths} == (
        pytest.approx(by_v)
    )
    assert ranked[:5] == sorted(by_v, key=lambda name: -by_v[name])[:5]
    if len(imported) > 400:
        information = {name: told(table_of(imported, name)) for name in by_v}
        assert ranked[:5] == sorted(by_v, key=lambda name: -information[name])[:5]
        assert ranked[:5] == ["Up_sale", "Client", "Competitors", "Source", "Att_t_client"]


def corrected_v(table: dict[str, tuple[int, int]]) -> float:
    """Cramér's V by scipy's chi-squared, with the correction of Bergsma (2013) by hand."""
    if len(table) < 2:
        return 0.0
    n, rows = sum(map(sum, table.values())), len(table)
    chi = chi2_contingency(list(table.values()), correction=False).statistic
    phi = max(0.0, chi / n - (rows - 1) / (n - 1))
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), 2 - 1 / (n - 1)) - 1
    return float((phi / smaller) ** 0.5)


def told(table: dict[str, tuple[int, int]]) -> float:
    """The mutual information of a column and the outcome, in nats."""
    n = sum(map(sum, table.values()))
    sides = [sum(row[side] for row in table.values()) for side in (0, 1)]
    return sum(
        row[side] / n * log(row[side] * n / (sum(row) * sides[side]))
        for row in table.values()
        for side in (0, 1)
        if row[side]
    )


def test_values_with_too_few_deals_are_no_findings(imported: list[dict[str, str]]) -> None:
    found = contrasts(EVERYTHING, None)
    few = by_value(found)
    for key, n in ((("Client", "Past"), 4), (("Needs_def", "Poor"), 1)):
        assert few[key] in found.too_few
        assert (few[key].sides.n, few[key].ratio) == (n, None)
    assert all(each.sides.n >= 5 for each in found.findings)
    assert found.findings[0].q is not None
    assert found.findings[0].q < 0.001


def test_the_page_opens_as_many_deals_as_each_side_counts(
    imported: list[dict[str, str]], admin: User, signed_in: SignIn
) -> None:
    client = signed_in(admin)
    page = client.get(PAGE).content.decode()
    figure = page[
        page.index('id="findings"') : page.index("</figure>", page.index('id="findings"'))
    ]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", figure)
    assert rows
    for row in rows[:4]:
        for address, n in re.findall(r'<a href="([^"]+)"[^>]*>([\d,]+) of', row):
            assert listed(client, address.replace("&amp;", "&")) == int(n.replace(",", ""))


def test_the_table_says_of_each_comparison_how_it_reads(
    imported: list[dict[str, str]], admin: User, signed_in: SignIn
) -> None:
    address = reverse("trends:contrasts_table")
    answer = signed_in(admin).get(address, {"since": "2017-01-01", "until": "2017-12-31"})
    rows = {
        (row["kind"], row["what"]): row for row in csv.DictReader(StringIO(answer.content.decode()))
    }
    past = rows["attribute:Client", "Past"]
    assert (past["times as often in losses"], past["q"], past["reading"]) == ("", "", "too few")
    up_sale = rows["attribute:Up_sale", "Yes"]
    assert up_sale["reading"] == "finding"
    assert float(up_sale["times as often, like with like"]) == pytest.approx(
        float(up_sale["times as often in losses"]), rel=1e-3
    )


def test_the_table_of_attributes_holds_their_strengths(
    imported: list[dict[str, str]], admin: User, signed_in: SignIn
) -> None:
    address = reverse("trends:contrasts_attributes")
    answer = signed_in(admin).get(address, {"since": "2017-01-01", "until": "2017-12-31"})
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    shown = [each.dimension for each in contrasts(EVERYTHING, None).attributes]
    assert [f"attribute:{row['attribute']}" for row in rows] == shown
    assert {row["attribute"] for row in rows} == set(attributes_of(imported))
    assert f'href="{address}' in signed_in(admin).get(PAGE).content.decode()


def test_a_file_of_one_segment_size_and_year_is_all_alike(imported: list[dict[str, str]]) -> None:
    """Its deals bring none of them, so that like with like is over all deals."""
    found = contrasts(EVERYTHING, None)
    lost = sum(row["Status"] == "Lost" for row in imported)
    assert (found.matching.losses, found.matching.alone, found.matching.strata) == (lost, 0, 1)
    for each in (*found.findings, *found.by_chance):
        assert each.matched.ratio is not None
        assert each.ratio is not None
        assert each.matched.ratio.value == pytest.approx(each.ratio.value)
        assert (each.matched.ratio.low, each.matched.ratio.high) == pytest.approx(
            (each.ratio.low, each.ratio.high)
        )


def test_reasons_are_compared_among_the_debriefs_that_cite_any(rep: User) -> None:
    price, terms = (LossReasonFactory.create(name=name) for name in ("Price", "Terms"))
    for place in range(8):
        lost = closed_deal(owner=rep)
        submitted_debrief(closing=lost, reasons=[price if place < 6 else terms])
        won = closed_deal(owner=rep, closing={"outcome": Outcome.WON})
        cited = [[price], [terms]][place % 2] if place < 6 else []
        submitted_debrief(closing=won, reasons=cited)
    closed_deal(owner=rep)
    rebuild()
    found = by_value(contrasts(TrendQuery(), None))
    assert found["reason", "Price"].sides == Sides(6, 8, 3, 6)
    assert found["reason", "Terms"].sides == Sides(2, 8, 3, 6)


def test_an_attribute_of_many_values_is_left_out_and_named(rep: User) -> None:
    for number in range(31):
        deal = closed_deal(owner=rep).deal
        deal.attributes.create(key="Ticket", value=f"T-{number}")
        deal.attributes.create(key="Lead", value="Fair")
    rebuild()
    found = contrasts(TrendQuery(), None)
    assert found.left_out == ("Ticket",)
    assert {each.dimension for each in found.too_few} == {"attribute:Lead"}


@pytest.mark.parametrize(
    ("sides", "chance"),
    [
        (Sides(0, 10, 5, 10), fisher_exact([[0, 10], [5, 5]]).pvalue),
        (Sides(5, 5, 5, 5), 1.0),
        (Sides(300_000, 600_000, 100_000, 400_000), 0.0),
        (Sides(3, 4, 1, 4), fisher_exact([[3, 1], [1, 3]]).pvalue),
    ],
)
def test_the_exact_test_holds_from_few_deals_to_a_million(sides: Sides, chance: float) -> None:
    assert fisher(sides) == pytest.approx(chance, abs=1e-12)


def test_a_side_without_any_still_has_an_interval() -> None:
    found = ratio(Sides(10, 50, 0, 50))
    assert found.value == pytest.approx((10.5 / 50.5) / (0.5 / 50.5))
    assert found.low > 1
    assert found.high > 100


def test_a_column_of_many_values_is_not_strong_by_chance() -> None:
    assert strength([(1, 1)] * 20) == 0.0
    assert strength([(1, 0), (0, 1)] * 3) < strength([(3, 0), (0, 3)])
    assert strength([(5, 0)]) == 0.0


def test_false_findings_are_held_over_all_comparisons() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.5]) == pytest.approx(
        [0.04, 0.16 / 3, 0.16 / 3, 0.5]
    )
    assert benjamini_hochberg([]) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_however_much_is_compared(
    admin: User,
    rep: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        won = {"closed_on": date(2017, 5, 1), "outcome": Outcome.WON}
        for closing in (won, {"closed_on": date(2017, 5, 1)}):
            deal = closed_deal(owner=rep, closing=closing).deal
            deal.attributes.create(key=f"Key {number}", value="Yes")
    rebuild()
    client = signed_in(admin)
    client.get(PAGE)
    with django_assert_num_queries(5):
        client.get(PAGE)
