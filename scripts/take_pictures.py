"""Take pictures of the running product: every page named, phone and laptop, light and dark.

    python scripts/take_pictures.py http://localhost:8000 manager@demo PASSWORD OUT_DIR /dashboard/ /playbook/

For people who look at pages before they call them done, and for the picture in the README.
"""

import argparse
import re
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {"phone": 390, "laptop": 1280}
THEMES = ("light", "dark")
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("username")
    parser.add_argument("password")
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--above-the-fold", action="store_true", help="not the whole page")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for (name, width), theme in product(WIDTHS.items(), THEMES):
            page = signed_in(browser, options, width=width, theme=theme)
            for path in options.paths:
                page.goto(options.base + path, wait_until="networkidle")
                target = options.folder / f"{slug(path)}-{name}-{theme}.png"
                page.screenshot(path=str(target), full_page=not options.above_the_fold)
                print(target)
            page.context.close()


def signed_in(browser: Browser, options: argparse.Namespace, *, width: int, theme: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": theme, "url": options.base}])
    page = context.new_page()
    page.goto(f"{options.base}/accounts/login/")
    page.fill("input[name=login]", options.username)
    page.fill("input[name=password]", options.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def slug(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"


if __name__ == "__main__":
    main()
