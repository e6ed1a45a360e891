"""Bars and dots: exact places, labels that fit, nothing hidden, nothing unescaped."""

import re
import xml.etree.ElementTree as ET

from common.charts import COUNT, SHARE, Bar, Bars, Cell, Dot, Dots, Reference, figure
from common.charts.naming import LINE
from common.charts.rows import FOOT, ROW

LONG = "A required integration was missing from the product that we offered"


def bars(*rows: Bar, unit: object = COUNT) -> Bars:
    return Bars("stages", "Stages", "Where deals are lost", rows, unit)  # type: ignore[arg-type]


def proposal() -> Bar:
    return Bar(
        "Proposal",
        30,
        "Proposal: 30 debriefed, 10 not",
        "/deals/?stage=1",
        "n = 40",
        undebriefed=10,
    )


def rectangles(svg: str) -> list[dict[str, str]]:
    """The visible rectangles of the rows, outside patterns and without the invisible targets."""
    body = svg[svg.index("</defs>") :]
    found = [
        dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<rect ([^>]*)/>", body)
    ]
    return [
        {k: one[k] for k in ("x", "y", "width", "height")} for one in found if one["class"] != "cz"
    ]


def test_the_undebriefed_part_stands_behind_the_value() -> None:
    assert rectangles(bars(proposal()).svg()) == [
        {"x": "0", "y": "22", "width": "75%", "height": "14"},
        {"x": "75%", "y": "22", "width": "25%", "height": "14"},
    ]


def test_a_value_of_zero_keeps_a_hairline() -> None:
    assert rectangles(bars(Bar("Discovery", 0, "Discovery: none")).svg()) == [
        {"x": "0", "y": "22", "width": "1.5", "height": "14"}
    ]


def test_an_unknown_value_draws_no_bar() -> None:
    assert rectangles(bars(Bar("Discovery", None, "Discovery: unknown")).svg()) == []


def test_a_part_of_a_bar_is_textured_with_words_and_a_link_of_its_own() -> None:
    price = Bar(
        *("Price", 8, "Price: 8", "/deals/?reason=1"),
        part=2,
        part_words="Price, untested: 2 of 8",
        part_href="/deals/?untested=1",
    )
    chart = Bars("stages", "Reasons", "Why", [price], value_heading="Losses", part_label="Untested")
    svg = chart.svg()
    assert '<a href="/deals/?untested=1"><title>Price, untested: 2 of 8</title>' in svg
    assert 'fill="url(#stages-t1)" x="0" y="22" width="25%" height="14"' in svg
    assert [sample.label for sample in chart.legend()] == ["Losses", "Untested"]
    assert chart.table().rows[0][-1] == Cell("2", "/deals/?untested=1")


def test_each_row_is_a_link_that_says_what_it_shows() -> None:
    svg = bars(proposal()).svg()
    assert '<a href="/deals/?stage=1"><title>Proposal: 30 debriefed, 10 not</title>' in svg
    assert svg.count("<a ") == 1


def test_an_interval_is_a_whisker_with_caps() -> None:
    row = Bar("Price", 0.4, "Price: 40%", low=0.25, high=0.5)
    svg = bars(row, unit=SHARE).svg()
    assert '<line x1="50%" x2="100%" y1="29" y2="29"/>' in svg
    assert '<line x1="50%" x2="50%" y1="25" y2="33"/>' in svg
    assert '<line x1="100%" x2="100%" y1="25" y2="33"/>' in svg


def test_a_long_label_takes_two_lines_and_what_is_below_moves_down() -> None:
    svg = bars(Bar(LONG, 3, LONG)).svg()
    words = re.findall(r'class="cl"[^>]*y="(\d+)">([^<]*)</text>', svg)
    assert words[:2] == [
        ("15", "A required integration was missing from the product"),
        ("31", "that we offered"),
    ]
    assert 'y="31" text-anchor="end"' in svg
    assert [each["y"] for each in rectangles(svg)] == [str(22 + LINE)]
    assert ET.fromstring(svg).attrib["height"] == str(ROW + LINE + FOOT)


def test_a_label_longer_than_three_lines_is_cut_and_stands_whole_in_the_title() -> None:
    endless = ". ".join([LONG] * 3)
    svg = bars(Bar(endless, 3, endless)).svg()
    assert "…</text>" in svg
    assert f"<title>{endless}</title>" in svg


def test_what_a_phone_is_too_narrow_for_stands_on_a_line_of_its_own() -> None:
    basis = "106 deals, 10 (9%) unknown"
    short, long = (
        Bar("Price", 3, "w", basis=basis),
        Bar("No access to decision-makers", 3, "w", basis=basis),
    )
    wide = Bar(long.label, 3, "w", basis=f"{basis}, 57 untested")
    places = re.findall(r'y="(\d+)" text-anchor="end"><tspan', bars(short, long, wide).svg())
    assert places == ["15", str(ROW + LINE + 15), str(2 * (ROW + LINE) + 15)]


def test_the_value_and_its_n_stand_at_the_right() -> None:
    svg = bars(proposal()).svg()
    (end,) = re.findall(r'<text[^>]*x="100%" y="15" text-anchor="end">(.*?)</text>', svg)
    assert re.sub("<[^>]*>", "", end) == "30 · n = 40"


def test_what_people_typed_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    chart = Bars("k", evil, evil, [Bar(evil, 1, evil, f"/?q={evil}", evil)], row_heading=evil)
    html = figure(chart, csv_href=f"/x.csv?{evil}")
    assert "<script" not in html
    assert '"&gt;' not in html.replace("&quot;", "'")


def test_one_hundred_bars_are_one_hundred_links_in_a_well_formed_drawing() -> None:
    chart = bars(*(Bar(f"Reason {i}", i, f"Reason {i}: {i}", f"/r/{i}") for i in range(100)))
    root = ET.fromstring(chart.svg())
    assert len(root.findall("a")) == 100
    assert root.attrib["height"] == str(100 * ROW + FOOT)


def test_the_drawing_is_named_and_described() -> None:
    root = ET.fromstring(bars(proposal()).svg())
    assert root.attrib["role"] == "group"
    assert root.attrib["aria-labelledby"] == "stages-title stages-desc"
    assert [root[0].text, root[1].text] == ["Stages", "Where deals are lost"]


def test_the_table_holds_the_same_numbers() -> None:
    table = bars(proposal(), Bar("Unknown", None, "Unknown")).table()
    assert table.columns == ("Name", "Value", "n", "Not debriefed")
    assert table.rows == (
        (Cell("Proposal"), Cell("30", "/deals/?stage=1"), Cell("n = 40"), Cell("10")),
        (Cell("Unknown"), Cell("–"), Cell("–"), Cell("0")),
    )


def test_a_legend_appears_only_with_a_hatched_part() -> None:
    assert [sample.label for sample in bars(proposal()).legend()] == ["Value", "Not debriefed"]
    assert bars(Bar("Price", 3, "Price: 3")).legend() == []


def test_a_chart_without_rows_says_so_and_draws_nothing() -> None:
    html = figure(bars(), no_data="No losses in this period.")
    assert '<p class="chart-empty">No losses in this period.</p>' in html
    assert "<svg" not in html


def test_the_table_behind_a_chart_downloads_as_csv() -> None:
    html = figure(bars(proposal()), csv_href="/trends/x.csv?a=1&b=2")
    assert '<a href="/trends/x.csv?a=1&amp;b=2" download>' in html
    assert '<td class="num"><a href="/deals/?stage=1">30</a></td>' in html


def rates(*dots: Dot) -> Dots:
    return Dots("rates", "Win rate", "Where met", dots, reference=Reference(0.55, "All 55%"))


def test_a_dot_stands_at_its_rate_below_the_reference_line() -> None:
    svg = rates(Dot("Northwind", 0.62, "Northwind: 62%", low=0.48, high=0.74)).svg()
    assert 'cx="62%" cy="47" r="6"' in svg
    assert '<line x1="48%" x2="74%" y1="47" y2="47"/>' in svg
    assert 'x1="55%" x2="55%" y1="16" y2="64"' in svg


def test_too_few_deals_for_a_rate_show_their_count_alone() -> None:
    svg = rates(Dot("Fabrikam", None, "Fabrikam: 3 deals", basis="3 deals: too few")).svg()
    assert ">3 deals: too few</text>" in svg
    assert "<circle" not in svg


def test_dots_may_have_an_axis_of_their_own_extent() -> None:
    chart = Dots("lift", "Lift", "d", [Dot("Price", 0.2, "w", low=-0.1, high=0.3)], extent=None)
    assert chart.scale().ticks == (-0.1, 0, 0.1, 0.2, 0.3)
