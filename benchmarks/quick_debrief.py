"""The quick debrief by keyboard, written by a script at the pace of a person."""

import shutil
import time
from dataclasses import dataclass

from benchmarks.counting import ANSWER, ASK
from benchmarks.harness import Product, Request

LESSON = (
    "Ask for the finance head in the first call, and bring the figures of a customer of their size"
    " to the second one."
)
KEYS = ("2", "Tab", "1", "Tab")
# Of somebody who knows the deal: reading and deciding, for each of the four fields, and a key.
SECONDS_TO_DECIDE = 8.0
SECONDS_FOR_A_KEY = 0.25
FIELDS = 4


@dataclass(frozen=True)
class Script:
    keys: int
    statements: int
    minutes: float


def quick_debrief(running: Product, form: str) -> Script | None:
    """Fill and submit the quick form of a closing; None where there is no Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        return None
    statements = running.send(Request(f"{form}quick/"), **{ASK: "1"}).headers[ANSWER]
    waited = _in_a_browser(running, f"{form}quick/", chromium)
    pressed = len(KEYS) + 1
    person = FIELDS * SECONDS_TO_DECIDE + (pressed + len(LESSON)) * SECONDS_FOR_A_KEY
    return Script(pressed, int(statements), (waited + person) / 60)


def _in_a_browser(running: Product, path: str, chromium: str) -> float:
    """Seconds that the page takes to open, to take the keys and to show the receipt."""
    from playwright.sync_api import sync_playwright

    origin = f"http://localhost:{running.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(base_url=origin)
        context.add_cookies(
            [
                {"name": name, "value": value, "url": origin}
                for name, value in running.cookies.items()
            ]
        )
        page = context.new_page()
        began = time.perf_counter()
        page.goto(path)
        page.locator("#debrief-form[data-ready]").wait_for()
        for key in KEYS:
            page.keyboard.press(key)
        page.keyboard.type(LESSON)
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/receipt/")
        waited = time.perf_counter() - began
        browser.close()
    return waited
