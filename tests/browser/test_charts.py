"""Charts in a real browser: accessible, as wide as their place, one stop for the Tab key when large."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from common.charts import (
    SHARE,
    Annotation,
    Bar,
    Bars,
    Cell,
    Columns,
    Dot,
    Dots,
    Forest,
    HeatCell,
    HeatTable,
    Lines,
    Odds,
    Period,
    Point,
    Reference,
    Series,
    figure,
    sparkline,
)
from tests.browser.axe import violations

pytestmark = pytest.mark.browser

STATIC = Path(settings.BASE_DIR) / "static"
STYLES = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/theme.css",
    "css/components.css",
    "css/charts.css",
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def show(page: Page, *drawings: str, theme: str = "light") -> None:
    body = "".join(drawings)
    page.set_content(
        f'<!doctype html><html lang="en" data-bs-theme="{theme}"><head><title>Charts</title></head>'
        f'<body><main class="container-page"><h1>Charts</h1>{body}</main></body></html>'
    )
    for style in STYLES:
        page.add_style_tag(path=STATIC / style)
    page.add_script_tag(path=STATIC / "js/reflection.js", type="module")


def over_time(count: int) -> list[Series]:
    return [
        Series(
            f"Reason {i}", [Point(j % 5 + 1, f"Reason {i}, {j}", f"#{i}-{j}") for j in range(12)]
        )
        for i in range(count)
    ]


def one_of_each() -> list[str]:
    months = [Period(f"Month {i}", f"M{i}", is_partial=i == 11) for i in range(12)]
    bars = [
        Bar(f"Reason {i}", 0.1 * i, "w", f"#b{i}", "3 of 9", 0, 0.1 * i + 0.05) for i in range(1, 5)
    ]
    stages = [Bar("Proposal", 12, "w", "#p", "n = 20", undebriefed=8)]
    dots = [Dot("Contoso", 0.4, "w", "#d", "4 of 10", 0.2, 0.6)]
    odds = [Odds("Price cited", 2.1, 1.2, 3.9, "w", "8 of 20, 4 of 21", (Cell("8"),), "#o")]
    cells = [[HeatCell(i * j, "w", f"#h{i}{j}") for i in range(7)] for j in range(3)]
    return [
        figure(Bars("bars", "Reasons", "Shares", bars, SHARE), csv_href="/x.csv"),
        figure(Bars("stages", "Stages", "Counts", stages)),
        figure(Dots("dots", "Win rate", "Where met", dots, reference=Reference(0.5, "All 50%"))),
        figure(Forest("forest", "Odds", "d", odds, "won", "lost", columns=("Lost",))),
        figure(Columns("columns", "Over time", "d", months, over_time(6))),
        figure(
            Lines(
                "lines", "Lines", "d", months, over_time(8), annotations=[Annotation(4, "Huddle")]
            )
        ),
        HeatTable("heat", "Heat", "d", "Reason", list("ABCDEFG"), list("XYZ"), cells).html(),
        sparkline([1, 2, 3], "Up to 3"),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_chart_is_accessible_and_fits_a_phone(page: Page, theme: str) -> None:
    show(page, *one_of_each(), theme=theme)
    for summary in page.locator("details summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_large_chart_is_one_stop_and_arrows_move_within_it(page: Page) -> None:
    bars = [Bar(f"Reason {i}", i + 1, f"Reason {i}", f"#{i}") for i in range(61)]
    show(page, figure(Bars("bars", "Reasons", "d", bars)))
    page.wait_for_selector("svg.chart a[tabindex='-1']", state="attached")
    visited = []
    for key in ("Tab", "ArrowDown", "End", "ArrowDown", "Home", "Tab"):
        page.keyboard.press(key)
        visited.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert visited == ["#0", "#1", "#60", "#60", "#0", None]


def test_a_small_chart_leaves_the_tab_key_alone(page: Page) -> None:
    show(page, figure(Bars("bars", "Reasons", "d", [Bar("Price", 1, "Price", "#price")])))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#price"
    assert page.locator("svg.chart a[tabindex]").count() == 0
