"""Server and page agree on what is asked, for random templates with random answers."""

import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from debriefs.branching import answer_field, path_of
from debriefs.forms import branching_of
from debriefs.questions import TemplateDefinition

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).resolve().parents[2] / "static/js/debrief-branching.js"
TEMPLATES = 1_000
OUTCOMES = ["won", "lost_to_competitor", "no_decision"]
KINDS = ["rating", "scale", "choice", "choices", "number", "date", "short_text", "long_text"]
COMPARISONS = ["one_of", "none_of", "at_least", "at_most", "answered", "unanswered"]
# What answers and conditions are drawn from: few, so that they meet, and odd ones between.
TEXTS = [
    *("", "", "yes", "no", "a", "b", "a\nb", "b\n\na", "b\r\na", "3", "03", "3.0", "-3", "- 3"),
    *("10", "9.99", "123456789012345.000001", "123456789012345.000002", "1234567890123456"),
    *("0.1234567", "1e3", "+3", "٣", "3.", ".5", "2026-03-31", "2026-3-31", "2026-02-29"),
    *("2024-02-29", "1900-02-29", "0000-01-01", "0001-01-01", "2026-13-01", "2026-00-10"),
    *("  a  ", "\ta\n", " ", "\x1f", "\x85a", "\ufeff", "\ufeffa", "\u2028a", "a\u2028b", "\u3000"),
]
READ = """async ({source, cases}) => {
  const address = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
  const { pathOf } = await import(address);
  return cases.map(({template, values, outcome}) => {
    const path = pathOf(template, values, outcome);
    return [path.sections, path.questions, path.required].map((keys) => [...keys].sort());
  });
}"""


def template(draw: random.Random) -> dict[str, Any]:
    sections: list[dict[str, Any]] = [
        {
            "key": f"s{place}",
            "title": "",
            "audience": draw.choice(["company", "sales", "private"]),
            "questions": [
                {
                    "key": f"q{place}{number}",
                    "kind": draw.choice(KINDS),
                    "text": "",
                    "required": draw.random() < 0.2,
                }
                for number in range(draw.randint(0, 4))
            ],
        }
        for place in range(draw.randint(1, 6))
    ]
    questions = [question["key"] for section in sections for question in section["questions"]]
    targets = [*questions, *(section["key"] for section in sections), "nowhere"]
    sources = ["outcome", "nowhere", *questions]
    return {"sections": sections, "rules": [_rule(draw, sources, targets) for _ in range(8)]}


def _rule(draw: random.Random, sources: list[str], targets: list[str]) -> dict[str, Any]:
    conditions = [
        {
            "on": draw.choice(sources),
            "comparison": draw.choice(COMPARISONS),
            "values": draw.sample([*TEXTS, *OUTCOMES], draw.randint(0, 4)),
        }
        for _ in range(draw.randint(0, 3))
    ]
    effect = draw.choice(["show", "hide", "require", "jump"])
    sections = [target for target in targets if target.startswith("s")]
    target = draw.choice(sections if effect == "jump" else targets)
    return {
        "conditions": conditions,
        "effect": effect,
        "target": target,
        "match": draw.choice(["all", "any"]),
    }


def test_server_and_page_agree_on_1000_random_templates(browser: Browser) -> None:
    draw = random.Random("branching")
    cases: list[dict[str, Any]] = []
    expected: list[list[list[str]]] = []
    for _ in range(TEMPLATES):
        definition = TemplateDefinition.from_json(template(draw))
        questions = list(definition.questions())
        values = {answer_field(q.kind, q.key): draw.choice(TEXTS) for q in questions}
        outcome = draw.choice(OUTCOMES)
        path = path_of(definition, values, outcome=outcome)
        expected.append([*map(sorted, (path.sections, path.questions, path.required))])
        branching = branching_of(definition)
        cases.append({"template": branching, "values": values, "outcome": outcome})
    page = browser.new_page()
    found = page.evaluate(READ, {"source": SCRIPT.read_text(), "cases": cases})
    page.close()
    different = [
        (case, ours, theirs)
        for case, ours, theirs in zip(cases, expected, found, strict=True)
        if ours != theirs
    ]
    assert different == []
    # The templates are worth comparing: most hide something, many require by rule.
    asked = [sum(len(s["questions"]) for s in case["template"]["sections"]) for case in cases]
    hiding = sum(len(path[1]) < all_ for path, all_ in zip(expected, asked, strict=True))
    assert hiding > TEMPLATES / 2
    assert sum(bool(path[2]) for path in expected) > TEMPLATES / 4
