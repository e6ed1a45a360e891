"""Accessibility as a test: axe-core run inside a page that a browser has open."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text()
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What breaks WCAG 2.2 AA or axe's best practice on `page`: "rule: selector: why" for each element.

    The engine is evaluated by the browser's driver, so the page's content policy stays as it is.
    """
    page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations)",
        WCAG_22_AA,
    )
    return [_line(rule, node) for rule in found for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    reasons = "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
    return f"{rule['id']}: {' '.join(map(str, node['target']))}: {reasons}"
