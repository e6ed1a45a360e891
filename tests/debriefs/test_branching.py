"""Which questions are shown and required, by the rules of a template."""

from typing import Any

import pytest

from debriefs.branching import holds, path_of
from debriefs.questions import Comparison, Condition, TemplateDefinition


def asks(key: str, kind: str = "rating", **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "text": f"{key}?", **more}


def definition(*rules: dict[str, Any]) -> TemplateDefinition:
    sections = [
        {"key": "one", "title": "One", "audience": "sales", "questions": [asks("a"), asks("b")]},
        {"key": "two", "title": "Two", "audience": "sales", "questions": [asks("c", "long_text")]},
        {"key": "three", "title": "Three", "audience": "sales", "questions": [asks("d", "number")]},
    ]
    return TemplateDefinition.from_json({"sections": sections, "rules": list(rules)})


def rule(on: str, value: str, effect: str, target: str) -> dict[str, Any]:
    conditions = [{"on": on, "comparison": "one_of", "values": [value]}]
    return {"conditions": conditions, "effect": effect, "target": target}


def shown(*rules: dict[str, Any], outcome: str = "won", **answers: str) -> set[str]:
    fields = {"a": "rating", "b": "rating", "c": "text", "d": "value"}
    values = {f"answers.{key}.{fields[key]}": value for key, value in answers.items()}
    return set(path_of(definition(*rules), values, outcome=outcome).questions)


def test_without_rules_everything_is_shown() -> None:
    assert shown() == {"a", "b", "c", "d"}


def test_a_question_with_a_show_rule_waits_for_it() -> None:
    only_after_no = rule("a", "no", "show", "b")
    assert shown(only_after_no) == {"a", "c", "d"}
    assert shown(only_after_no, a="no") == {"a", "b", "c", "d"}


def test_hide_wins_over_show() -> None:
    both = (rule("a", "no", "show", "b"), rule("outcome", "won", "hide", "b"))
    assert "b" not in shown(*both, a="no")
    assert "b" in shown(*both, a="no", outcome="no_decision")


def test_what_was_typed_into_a_hidden_question_decides_nothing() -> None:
    rules = (rule("a", "no", "hide", "b"), rule("b", "yes", "hide", "c"))
    assert shown(*rules, b="yes") == {"a", "b", "d"}
    assert shown(*rules, a="no", b="yes") == {"a", "c", "d"}


def test_a_jump_hides_what_lies_between() -> None:
    assert shown(rule("a", "no", "jump", "three"), a="no") == {"a", "b", "d"}


def test_a_section_takes_its_questions_along() -> None:
    assert shown(rule("outcome", "won", "hide", "one")) == {"c", "d"}


def test_a_rule_may_require_what_is_shown() -> None:
    asked = definition(rule("a", "no", "require", "b"))
    values = {"answers.a.rating": "no"}
    assert path_of(asked, values, outcome="won").required == {"b"}
    assert path_of(asked, {}, outcome="won").required == set()


@pytest.mark.parametrize(
    ("comparison", "answer", "values", "expected"),
    [
        ("one_of", "x\ny", ("y",), True),
        ("one_of", "", ("",), False),
        ("none_of", "x", ("y",), True),
        ("none_of", "", ("y",), False),
        ("at_least", "10", ("9",), True),
        ("at_least", "8.5", ("9",), False),
        ("at_most", "2026-03-01", ("2026-02-28",), False),
        ("at_most", "2026-02-30", ("2026-12-31",), False),
        ("at_least", "many", ("9",), False),
        ("at_least", "2026-03-01", ("9",), False),
        ("answered", "0", (), True),
        ("unanswered", "", (), True),
    ],
)
def test_how_a_condition_compares(
    comparison: str, answer: str, values: tuple[str, ...], expected: bool
) -> None:
    assert holds(Condition("q", Comparison(comparison), values), answer) is expected


def test_a_definition_is_written_as_it_was_read() -> None:
    written = {
        "sections": [
            {
                "key": "one",
                "title": "One",
                "audience": "company",
                "questions": [
                    asks("size", "number", unit="seats", skill="discovery"),
                    asks("pick", "choices", options=[{"key": "x", "label": "X"}], required=True),
                    asks("fit", "scale", low="Not at all", high="Fully", help="Your view."),
                ],
                "factors": [{"key": "timing", "name": "Timing"}],
            }
        ],
        "rules": [{**rule("size", "5", "require", "fit"), "match": "any"}],
    }
    assert TemplateDefinition.from_json(written).as_json() == written


def test_a_private_answer_decides_nothing_that_others_see() -> None:
    written = definition(rule("a", "no", "show", "b"), rule("a", "no", "jump", "three")).as_json()
    written["sections"][0]["audience"] = "private"
    written["sections"][0]["questions"].pop()
    written["sections"][1]["questions"].append(asks("b"))
    values = {"answers.a.rating": "no"}
    path = path_of(TemplateDefinition.from_json(written), values, outcome="won")
    assert path.questions == {"a", "c", "d"}
    written["sections"][1]["audience"] = "private"
    path = path_of(TemplateDefinition.from_json(written), values, outcome="won")
    assert path.questions == {"a", "d"}
