"""Each edit of a template, and which keys it keeps, makes and never uses again."""

from collections.abc import Iterator

import pytest

from debriefs.edits import (
    AddFactor,
    AddQuestion,
    AddRule,
    AddSection,
    ChangeFactor,
    ChangeQuestion,
    ChangeRule,
    ChangeSection,
    Edit,
    KeyHistory,
    Meaning,
    Move,
    Retire,
    Shift,
    keys_of,
    new_key,
)
from debriefs.errors import FieldsRefused
from debriefs.models import Audience
from debriefs.questions import Option, Question, QuestionKind, TemplateDefinition
from tests.debriefs.templates import asks, defined, rule, section, small

SMALL = small()
PUBLISHED = KeyHistory(frozenset(keys_of(SMALL)), frozenset(keys_of(SMALL)))


def outline(definition: TemplateDefinition) -> dict[str, list[str]]:
    return {
        section.key: [q.key for q in section.questions] + [f.key for f in section.factors]
        for section in definition.sections
    }


def after(*edits: Edit, to: TemplateDefinition = SMALL) -> TemplateDefinition:
    for edit in edits:
        to = edit.on(to, PUBLISHED)
    return to


def refused(edit: Edit) -> Iterator[str]:
    with pytest.raises(FieldsRefused) as refusal:
        after(edit)
    yield from refusal.value.errors


def worded(text: str, kind: QuestionKind = QuestionKind.RATING, key: str = "a") -> Question:
    return Question(key, kind, text)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Who decided, and when?", "who_decided_and_when"),
        ("Größe des Budgets?", "groe_des_budgets"),
        ("Client feedback", "client_feedback_3"),
        ("5 whys", "q_5_whys"),
        ("価格", "q"),
        ("word " * 30, "word_word_word_word_word_word_word_word"),
    ],
)
def test_a_key_is_made_from_the_words_and_never_used_twice(words: str, key: str) -> None:
    assert new_key(words, {"client_feedback", "client_feedback_2"}) == key


def test_sections_are_added_at_the_end_and_changed_in_place() -> None:
    changed = after(
        AddSection("The buyer", Audience.COMPANY), ChangeSection("one", "First", Audience.PRIVATE)
    )
    assert outline(changed) == {"one": ["a", "b"], "two": ["c"], "the_buyer": []}
    assert [(s.title, s.audience) for s in changed.sections] == [
        ("First", "private"), ("Two", "sales"), ("The buyer", "company"),
    ]  # fmt: skip


def test_a_question_is_added_to_its_section_under_a_new_key() -> None:
    options = (Option("", "A mail"), Option("", "A call"))
    asked = Question("", QuestionKind.CHOICE, "How did we hear?", options=options)
    changed = after(AddQuestion("two", asked))
    made = list(changed.questions())[-1]
    assert (made.key, [option.key for option in made.options]) == (
        "how_did_we_hear", ["a_mail", "a_call"],
    )  # fmt: skip
    assert outline(changed)["two"] == ["c", "how_did_we_hear"]


def test_the_same_meaning_in_other_words_keeps_the_key() -> None:
    changed = after(ChangeQuestion(worded("Other words?"), Meaning.SAME))
    assert (outline(changed), changed.wording("a")) == (outline(SMALL), "Other words?")


def test_another_meaning_takes_the_place_under_a_new_key_and_rules_follow() -> None:
    ruled = small(rule("show", "b", "a"), rule("show", "c", "b"))
    changed = after(ChangeQuestion(worded("Another thing?"), Meaning.NEW), to=ruled)
    assert outline(changed) == {"one": ["another_thing", "b"], "two": ["c"]}
    assert [(each.conditions[0].on, each.target) for each in changed.rules] == [
        ("another_thing", "b"), ("b", "c"),
    ]  # fmt: skip


def test_rewording_what_debriefs_may_have_answered_asks_which_it_is() -> None:
    assert list(refused(ChangeQuestion(worded("Other words?")))) == ["meaning"]
    unpublished = KeyHistory(frozenset("abc"))
    changed = ChangeQuestion(worded("Other words?")).on(SMALL, unpublished)
    assert (outline(changed), changed.wording("a")) == (outline(SMALL), "Other words?")


def test_another_kind_is_always_another_question() -> None:
    changed = after(ChangeQuestion(worded("A?", QuestionKind.SCALE), Meaning.SAME))
    assert outline(changed)["one"] == ["a_2", "b"]


def test_a_retired_choice_never_lends_its_key() -> None:
    choice = defined(section("one", asks("a", "choice", options=[{"key": "x", "label": "X"}])))
    history = KeyHistory(options={"a": frozenset({"x", "y"})})
    options = (Option("x", "Ex"), Option("", "Y"))
    edit = ChangeQuestion(Question("a", QuestionKind.CHOICE, "A?", options=options))
    made = next(edit.on(choice, history).questions())
    assert made.options == (Option("x", "Ex"), Option("y_2", "Y"))


def test_factors_are_added_reworded_and_given_another_meaning() -> None:
    grid = defined(section("grid", factors=[{"key": "timing", "name": "Timing"}]))
    history = KeyHistory(frozenset({"timing"}), frozenset({"timing"}))
    assert outline(AddFactor("grid", "Budget").on(grid, history)) == {"grid": ["timing", "budget"]}
    same = ChangeFactor("timing", "Our timing", meaning=Meaning.SAME).on(grid, history)
    assert (outline(same), same.wording("timing")) == ({"grid": ["timing"]}, "Our timing")
    other = ChangeFactor("timing", "Their timing", meaning=Meaning.NEW).on(grid, history)
    assert outline(other) == {"grid": ["their_timing"]}


def test_retiring_takes_the_rules_about_it_and_leaves_those_that_look_at_it() -> None:
    ruled = small(rule("show", "a", "outcome", "won"), rule("show", "b", "a"))
    changed = after(Retire("a"), to=ruled)
    assert outline(changed) == {"one": ["b"], "two": ["c"]}
    assert [each.target for each in changed.rules] == ["b"]
    assert outline(after(Retire("one"))) == {"two": ["c"]}


@pytest.mark.parametrize(
    ("edit", "outlined"),
    [
        (Move("a", 1, "one"), {"one": ["b", "a"], "two": ["c"]}),
        (Move("a", 0, "two"), {"one": ["b"], "two": ["a", "c"]}),
        (Move("two", 0), {"two": ["c"], "one": ["a", "b"]}),
        (Shift("b", -1), {"one": ["b", "a"], "two": ["c"]}),
        (Shift("a", -1), {"one": ["a", "b"], "two": ["c"]}),
        (Shift("b", 1), {"one": ["a"], "two": ["b", "c"]}),
        (Shift("c", -1), {"one": ["a", "b", "c"], "two": []}),
        (Shift("c", 1), {"one": ["a", "b"], "two": ["c"]}),
        (Shift("one", 1), {"two": ["c"], "one": ["a", "b"]}),
        (Shift("one", -1), {"one": ["a", "b"], "two": ["c"]}),
    ],
)
def test_things_move_within_and_between_sections(
    edit: Edit, outlined: dict[str, list[str]]
) -> None:
    changed = after(edit)
    assert list(outline(changed).items()) == list(outlined.items())


def test_rules_are_added_changed_and_removed() -> None:
    first, second = small(rule("show", "b"), rule("hide", "c")).rules
    assert after(AddRule(first)).rules == (first,)
    assert after(AddRule(first), ChangeRule(0, second)).rules == (second,)
    assert after(AddRule(first), ChangeRule(0)).rules == ()


@pytest.mark.parametrize(
    "edit",
    [
        ChangeSection("gone", "T", Audience.SALES),
        AddQuestion("gone", worded("Q?")),
        ChangeQuestion(worded("Q?", key="gone")),
        ChangeFactor("gone", "F"),
        Retire("gone"),
        Move("gone", 0, "one"),
        Move("a", 0, "gone"),
        Shift("gone", 1),
    ],
)
def test_what_is_gone_can_not_be_changed(edit: Edit) -> None:
    assert list(refused(edit)) == ["key"]


def test_a_rule_that_is_gone_can_not_be_changed() -> None:
    assert list(refused(ChangeRule(0))) == ["rule"]
