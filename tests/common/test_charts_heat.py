"""The heat table is a table first: headings, links in words, shades in equal steps."""

import pytest

from common.charts import HeatCell, HeatTable
from common.charts.heat import shade


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (1, 1), (10, 1), (11, 2), (30, 3), (59, 6), (60, 6)]
)
def test_shades_go_in_equal_steps_to_the_highest(value: int, level: int) -> None:
    assert shade(value, 60) == level


def test_nothing_is_shaded_where_all_is_zero() -> None:
    assert shade(0, 0) == 0


def test_each_crossing_has_its_headings_and_a_link_in_words() -> None:
    cell = HeatCell(3, "Price, Enterprise: 3 of 9", "/d?a=1&b=2")
    table = HeatTable("h", "T", "D", "Reason", ["Enterprise"], ["Price"], [[cell]])
    html = table.html()
    assert '<th scope="col" class="num">Enterprise</th>' in html
    assert '<th scope="row">Price</th>' in html
    assert (
        '<td class="num heat-6" title="Price, Enterprise: 3 of 9">'
        '<a href="/d?a=1&amp;b=2" aria-label="Price, Enterprise: 3 of 9">3</a></td>'
    ) in html


def test_an_empty_crossing_is_a_dash_without_a_link() -> None:
    table = HeatTable("h", "T", "D", "Reason", ["<b>"], ["<i>"], [[HeatCell(None, "none")]])
    assert '<td class="num heat-0">–</td>' in table.html()
    assert "<b>" not in table.html()
