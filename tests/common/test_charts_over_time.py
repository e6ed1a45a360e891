"""Columns and lines over time: exact places, gaps, the running period, events, speed."""

import re
import time
import xml.etree.ElementTree as ET

from common.charts import (
    Annotation,
    Cell,
    Columns,
    Lines,
    Period,
    Point,
    Series,
    figure,
    sparkline,
)

MONTHS = (Period("October 2026", "Oct 26"), Period("November 2026", "Nov 26", is_partial=True))


def series(label: str, *values: float | None, hatched: bool = False) -> Series:
    points = [Point(value, f"{label} {i}: {value}", f"/d/{i}") for i, value in enumerate(values)]
    return Series(label, points, hatched)


def columns(*parts: Series, stacked: bool = True, **more: object) -> Columns:
    return Columns("c", "Reasons", "By month", MONTHS, parts, is_stacked=stacked, **more)  # type: ignore[arg-type]


def marks(svg: str) -> list[tuple[str, str, str, str]]:
    return re.findall(r'<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/>', svg)


def test_stacked_columns_stand_on_each_other() -> None:
    svg = columns(series("Price", 4, 2), series("Timing", 6, 8)).svg()
    assert marks(svg) == [
        ("15.37%", "152", "32.76%", "88"),
        ("60.87%", "196", "32.76%", "44"),
        ("15.37%", "20", "32.76%", "132"),
        ("60.87%", "20", "32.76%", "176"),
    ]


def test_grouped_columns_stand_side_by_side() -> None:
    svg = columns(series("Price", 4, 2), series("Timing", 8, 6), stacked=False).svg()
    assert marks(svg) == [
        ("15.37%", "130", "16.38%", "110"),
        ("60.87%", "185", "16.38%", "55"),
        ("31.75%", "20", "16.38%", "220"),
        ("77.25%", "75", "16.38%", "165"),
    ]


def test_a_missing_value_is_a_gap_and_zero_a_hairline() -> None:
    svg = columns(series("Win rate", None, 0), stacked=False).svg()
    assert marks(svg) == [("60.87%", "238.5", "32.76%", "1.5")]


def test_an_interval_is_drawn_where_columns_stand_alone() -> None:
    rate = Series("Win rate", [Point(5, "w", "/d", 2.5, 7.5), Point(10, "w", "/d")])
    assert 'x1="31.75%" x2="31.75%" y1="75" y2="185"' in columns(rate, stacked=False).svg()


def test_the_running_period_is_marked_in_the_drawing_and_the_table() -> None:
    chart = columns(series("Price", 4, 2))
    assert chart.svg().count(">so far</text>") == 1
    assert chart.table().rows == (
        (Cell("October 2026"), Cell("4", "/d/0")),
        (Cell("November 2026 (so far)"), Cell("2", "/d/1")),
    )


def test_an_event_stands_before_its_period() -> None:
    svg = columns(series("Price", 4, 2), annotations=[Annotation(1, "New pricing")]).svg()
    assert 'x1="54.5%" x2="54.5%" y1="16" y2="240"' in svg
    assert ">New pricing</text>" in svg


def test_an_event_within_a_period_says_its_words_in_the_drawing_and_the_table() -> None:
    event = Annotation(0.5, "Reworded", "Reworded on 16 Oct 2026: “A” became “B”")
    chart = columns(series("Price", 4, 2), annotations=[event])
    assert (
        '<g role="img"><title>Reworded on 16 Oct 2026: “A” became “B”</title><line' in chart.svg()
    )
    assert 'x1="31.75%" x2="31.75%" y1="16" y2="240"' in chart.svg()
    assert chart.table().columns == ("Period", "Price", "Marked")
    assert [row[-1].text for row in chart.table().rows] == [event.words, ""]


def test_what_is_not_debriefed_is_hatched() -> None:
    chart = columns(series("Price", 4, 2), series("Not debriefed", 1, 5, hatched=True))
    assert '<g class="co" fill="url(#c-h)"' in chart.svg()
    assert [sample.is_hatched for sample in chart.legend()] == [False, True]


def test_series_differ_by_texture_and_not_by_colour_alone() -> None:
    svg = columns(series("A", 1, 1), series("B", 1, 1), series("C", 1, 1)).svg()
    assert re.findall(r'<g[^>]*fill="(url\(#[^"]*\))"', svg) == ["url(#c-t1)", "url(#c-t2)"]


def test_at_most_five_periods_are_named_and_the_last_always() -> None:
    periods = [Period(f"Month {i}", f"M{i}") for i in range(24)]
    chart = Columns("c", "t", "d", periods, [series("A", *range(24))])
    assert re.findall(r">(M\d+)</text>", chart.svg()) == ["M3", "M8", "M13", "M18", "M23"]


def lines(*parts: Series) -> Lines:
    return Lines("l", "Lost", "By month", MONTHS, parts)


def test_a_line_joins_its_points() -> None:
    svg = lines(series("Price", 0, 4)).svg()
    assert '<line x1="31.75%" y1="240" x2="77.25%" y2="20"/>' in svg


def test_a_missing_value_breaks_the_line() -> None:
    svg = lines(series("Price", 4, None)).svg()
    assert svg.count("<a ") == 1
    assert '<line x1="31.75%"' not in svg


def test_lines_differ_by_dash_and_marker() -> None:
    svg = lines(series("A", 1, 2), series("B", 2, 1)).svg()
    assert 'stroke-dasharray="7 3"' in svg
    assert len(set(re.findall(r'<path d="([^"]*)"', svg))) == 2


def test_a_single_period_is_drawn() -> None:
    chart = Lines("l", "t", "d", MONTHS[:1], [series("A", 3)])
    assert len(ET.fromstring(chart.svg()).findall(".//a")) == 1


def test_all_zero_is_drawn_on_the_ground() -> None:
    chart = lines(series("A", 0, 0))
    assert chart.scale().ticks == (0, 1)
    assert '<line x1="31.75%" y1="240" x2="77.25%" y2="240"/>' in chart.svg()


def test_no_period_or_no_series_says_so() -> None:
    assert "Nothing to draw" in figure(lines())
    assert "Nothing to draw" in figure(Columns("c", "t", "d", [], []))


def test_what_people_typed_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    chart = columns(series(evil, 1, 2), series("B", 1, 1), annotations=[Annotation(1, evil)])
    assert "<script" not in figure(chart)


def test_two_years_of_six_series_draw_in_two_milliseconds() -> None:
    periods = [Period(f"Month {i}", f"M{i}") for i in range(24)]
    parts = [series(f"Reason {i}", *(j % 7 + 1 for j in range(24))) for i in range(6)]
    chart = Columns("c", "t", "d", periods, parts)
    assert min(seconds_to_draw(chart) for _ in range(20)) < 0.002


def seconds_to_draw(chart: Columns) -> float:
    began = time.process_time()
    chart.svg()
    return time.process_time() - began


def test_a_sparkline_breaks_at_gaps_and_marks_its_end() -> None:
    svg = sparkline([0, 4, None, 2, 4], "Lost deals, up to 4")
    assert 'd="M4 28L32 4M88 16L116 4"' in svg
    assert 'cx="116" cy="4" r="3"' in svg
    assert 'role="img" aria-label="Lost deals, up to 4"' in svg


def test_a_sparkline_needs_two_values() -> None:
    assert sparkline([None, 3], "Lost deals") == ""
