"""The difference between two versions, question by question."""

import pytest

from debriefs.differences import Change, Detail, differences
from debriefs.questions import TemplateDefinition
from tests.debriefs.templates import asks, defined, rule, section, small


def changed(old: TemplateDefinition, new: TemplateDefinition) -> dict[str, list[Change]]:
    return {each.key: list(each.changes) for each in differences(old, new)}


def test_a_version_is_no_different_from_itself() -> None:
    assert differences(small(rule("show", "b")), small(rule("show", "b"))) == []


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (asks("a"), asks("a", text="Other?"), Detail(Change.REWORDED, "A?", "Other?")),
        (asks("a"), asks("a", required=True), Detail(Change.REQUIRED, "optional", "required")),
        (asks("a"), asks("a", "scale"), Detail(Change.KIND, "Rating: yes, partly, no",
                                               "Scale from 1 to 5")),
        (asks("a"), asks("a", help="Why."), Detail(Change.HELP, "", "Why.")),
        (asks("a"), asks("a", skill="closing"), Detail(Change.SKILL, "", "closing")),
        (asks("a", "choice", options=[{"key": "x", "label": "X"}]),
         asks("a", "choice", options=[{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}]),
         Detail(Change.OPTIONS, "X", "X, Y")),
    ],
)  # fmt: skip
def test_what_changed_about_a_question_is_told_as_it_was_and_is(
    old: dict[str, str], new: dict[str, str], change: Detail
) -> None:
    (found,) = differences(defined(section("one", old)), defined(section("one", new)))
    assert (found.key, found.details) == ("a", (change,))


def test_added_and_retired_ones_are_named_the_retired_ones_last() -> None:
    new = defined(section("one", asks("n"), asks("b")), section("two", asks("c", "long_text")))
    assert list(changed(small(), new).items()) == [("n", [Change.ADDED]), ("a", [Change.RETIRED])]


def test_one_that_moved_past_others_is_the_one_that_moved() -> None:
    five = [asks(key) for key in "abcde"]
    old = defined(section("one", *five))
    assert changed(old, defined(section("one", *five[1:], five[0]))) == {"a": [Change.MOVED]}


def test_one_in_another_section_tells_where_it_was_and_its_readers() -> None:
    old = defined(
        section("one", asks("a"), asks("b")), section("two", asks("c"), audience="company")
    )
    new = defined(
        section("one", asks("a")), section("two", asks("c"), asks("b"), audience="company")
    )
    (found,) = differences(old, new)
    assert found.details == (
        Detail(Change.MOVED, "One", "Two"),
        Detail(Change.AUDIENCE, "Sales", "The whole company"),
    )


def test_conditions_are_told_in_words() -> None:
    (found,) = differences(small(), small(rule("show", "b", "a", "no", "partly")))
    assert found.details == (
        Detail(Change.CONDITIONS, "", "Show “B?” if “A?” is one of “No”, “Partly”."),
    )
