"""What publishing a template refuses and warns of, each with its place and words."""

from typing import Any

import pytest

from debriefs.checks import KnownKey, question_count, report_on
from debriefs.questions import TemplateDefinition
from debriefs.services.defaults import DEFINITION
from tests.debriefs.templates import asks, defined, rule, section, small


def refusals(definition: TemplateDefinition) -> list[tuple[str, str]]:
    return [(each.where, each.message) for each in report_on(definition).refusals]


def test_the_first_template_of_every_instance_can_be_published() -> None:
    report = report_on(TemplateDefinition.from_json(DEFINITION))
    assert (report.refusals, report.warnings) == ((), ())
    assert question_count(TemplateDefinition.from_json(DEFINITION)) == 12


@pytest.mark.parametrize(
    ("definition", "where", "message"),
    [
        (defined(), "", "There is no question yet."),
        (defined(section("one", asks("a")), section("two")), "two", "The section “Two” is empty."),
        (defined(section("one", asks("a"), asks("a"))), "a", "The key “a” stands 2 times."),
        (defined(section("one", asks("one"))), "one", "The key “one” stands 2 times."),
        (
            defined(section("one", asks("outcome"))),
            "outcome",
            "“outcome” can't be a key: small letters, digits and _, beginning with a letter.",
        ),
        (defined(section("one", asks("a", text=" "))), "a", "The question has no words."),
        (
            defined(section("one", asks("a"), title="")),
            "one",
            "The section has no title.",
        ),
        (
            defined(section("one", asks("a", "choice", options=[{"key": "x", "label": "X"}]))),
            "a",
            "“A?” needs at least 2 choices.",
        ),
        (
            defined(
                section(
                    "one",
                    asks("a", "choices", options=[{"key": k, "label": k[0]} for k in ("x1", "x2")]),
                )
            ),
            "a",
            "“A?” offers the same choice twice.",
        ),
        (small(rule("show", "b", "gone")), "rules.0",
         "The rule looks at “gone”, which is not in this template."),
        (small(rule("show", "gone")), "rules.0",
         "The rule is about “gone”, which is not in this template."),
        (small(rule("show", "a", "c", "x")), "rules.0",
         "The rule about “A?” looks at “C?”, which comes later."),
        (small(rule("show", "a")), "rules.0", "The rule goes in a circle: “A?” → “A?”."),
        (small(rule("jump", "c")), "rules.0", "A jump leads to a section; “C?” is none."),
        (small(rule("jump", "one", "c", "x")), "rules.0", "The jump to “One” leads backwards."),
        (small(rule("jump", "two")), "rules.0", "The jump to “Two” leaves nothing out."),
        (small(rule("require", "two")), "rules.0", "Only a question can be made required."),
        (small(rule("show", "b", "a", "maybe")), "rules.0",
         "“maybe” is no answer to “A?”."),
        (small({"conditions": [{"on": "a", "comparison": "at_least", "values": ["3"]}],
                "effect": "show", "target": "b"}), "rules.0",
         "“A?” can't be compared by size."),
        (small({"conditions": [{"on": "a", "comparison": "one_of"}],
                "effect": "show", "target": "b"}), "rules.0",
         "The rule doesn't say which answer to “A?” it waits for."),
        (small({"conditions": [], "effect": "show", "target": "b"}), "rules.0",
         "The rule has no condition."),
        (defined(section("one", asks("a"), audience="private"), section("two", asks("b")),
                 rules=[rule("show", "b")]), "rules.0",
         "“A?” is private: what others can read must not depend on it."),
        (defined(section("one", asks("d", "date"), asks("b")), rules=[
            {"conditions": [{"on": "d", "comparison": "at_most", "values": ["2026-02-31"]}],
             "effect": "show", "target": "b"}]), "rules.0",
         "The rule doesn't say with which date “D?” is compared."),
    ],
)  # fmt: skip
def test_publishing_refuses(definition: TemplateDefinition, where: str, message: str) -> None:
    assert (where, message) in refusals(definition)


def test_a_circle_is_told_with_the_way_round() -> None:
    found = refusals(small(rule("show", "b", "a"), rule("show", "a", "b")))
    assert found == [
        ("rules.0", "The rule goes in a circle: “B?” → “A?” → “B?”."),
        ("rules.1", "The rule goes in a circle: “A?” → “B?” → “A?”."),
    ]


def test_more_questions_than_people_answer_are_refused_and_a_grid_is_one() -> None:
    grid = {"factors": [{"key": f"f{n}", "name": f"F{n}"} for n in range(9)]}
    questions = [asks(f"q{n}") for n in range(24)]
    assert refusals(defined(section("one", *questions, **grid))) == []
    assert refusals(defined(section("one", *questions, asks("more"), **grid))) == [
        ("", "There are 26 questions; at most 25 get answered.")
    ]


def required(*rules: dict[str, Any]) -> list[str]:
    return [
        where
        for where, _ in refusals(
            defined(
                section("one", asks("a"), asks("n", "number")),
                section("two", asks("b", "long_text", required=True)),
                section("three", asks("c")),
                rules=rules,
            )
        )
    ]


def number(comparison: str, bound: str, effect: str, target: str = "b") -> dict[str, Any]:
    condition = {"on": "n", "comparison": comparison, "values": [bound]}
    return {"conditions": [condition], "effect": effect, "target": target}


@pytest.mark.parametrize(
    ("rules", "unreachable"),
    [
        ([], []),
        ([rule("show", "b", "a", "no")], []),
        ([rule("show", "b", "a", "no"), rule("hide", "two", "a", "no")], ["b"]),
        ([rule("show", "a", "outcome", "won"), rule("show", "b", "a"),
          rule("hide", "b", "outcome", "won")], ["b"]),
        ([rule("show", "b", "outcome", "won"), rule("jump", "three", "outcome", "won")], ["b"]),
        ([number("at_most", "5", "hide"), number("at_least", "10", "hide")], []),
        ([number("at_most", "5", "hide"), number("at_least", "5", "hide"),
          number("answered", "", "show")], ["b"]),
    ],
)  # fmt: skip
def test_a_required_question_that_no_answers_lead_to_is_refused(
    rules: list[dict[str, Any]], unreachable: list[str]
) -> None:
    assert required(*rules) == unreachable


def test_a_key_keeps_its_kind_and_a_retired_one_its_words() -> None:
    known = {
        "a": KnownKey("a factor", frozenset({"A"}), is_live=True),
        "b": KnownKey(
            "a question of the kind “Rating: yes, partly, no”", frozenset({"Old?"}), False
        ),
        "c": KnownKey("a question of the kind “Long text”", frozenset({"C?"}), False),
    }
    assert [(f.where, f.message) for f in report_on(small(), known=known).refusals] == [
        ("a", "The key “a” already stands for a factor; give it another."),
        ("b", ("The key “b” belonged to “Old?”, which was retired;"
              " a key is never used again for something else.")),
    ]  # fmt: skip


def test_too_many_required_questions_are_warned_of() -> None:
    eight = defined(section("one", *(asks(f"q{n}", required=True) for n in range(8))))
    assert [warning.message for warning in report_on(eight).warnings] == [
        (
            "A quick debrief promises 4 required answers; with the outcome, the reason and how we"
            " know it, this template asks for 11."
        ),
        "8 questions are required; above 7, people give up.",
    ]
