"""Templates as files: out and in again without a loss, and each fault by its path."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.models import Currency
from debriefs.edits import Retire
from debriefs.errors import FieldsRefused
from debriefs.exchange import FORMAT, LARGEST_FILE, read_file, written
from debriefs.models import Audience, QuestionTemplate, TemplateVersion
from debriefs.questions import (
    Comparison,
    Condition,
    Effect,
    Factor,
    Match,
    Option,
    Question,
    QuestionKind,
    Rule,
    Section,
    TemplateDefinition,
    default_version,
)
from debriefs.services import templates
from people.models import Team, User
from tests.factories import ProductFactory

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
QUESTIONS = st.builds(
    Question,
    key=KEYS,
    kind=st.sampled_from(QuestionKind),
    text=WORDS,
    help=WORDS,
    required=st.booleans(),
    options=st.lists(st.builds(Option, KEYS, WORDS), max_size=3).map(tuple),
    low=WORDS,
    high=WORDS,
    unit=WORDS,
    skill=st.just("") | KEYS,
)
SECTIONS = st.builds(
    Section,
    key=KEYS,
    title=WORDS,
    audience=st.sampled_from(Audience),
    intro=WORDS,
    questions=st.lists(QUESTIONS, max_size=3).map(tuple),
    factors=st.lists(st.builds(Factor, KEYS, WORDS, WORDS), max_size=2).map(tuple),
)
RULES = st.builds(
    Rule,
    conditions=st.lists(
        st.builds(
            Condition, KEYS, st.sampled_from(Comparison), st.lists(WORDS, max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
    effect=st.sampled_from(Effect),
    target=KEYS,
    match=st.sampled_from(Match),
)
DEFINITIONS = st.builds(
    TemplateDefinition.made_of, st.lists(SECTIONS, max_size=3), st.lists(RULES, max_size=3)
)


def file(**changes: Any) -> bytes:
    section = {
        "key": "one",
        "title": "One",
        "audience": "sales",
        "questions": [{"key": "a", "kind": "rating", "text": "A?"}],
    }
    contents: dict[str, Any] = {
        "format": FORMAT,
        "key": "large",
        "name": "Large deals",
        "definition": {"sections": [section]},
    }
    return json.dumps({**contents, **changes}).encode()


def faults(content: bytes) -> dict[str, str]:
    with pytest.raises(FieldsRefused) as refusal:
        read_file(content)
    return refusal.value.errors


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DEFINITIONS)
def test_every_definition_comes_back_from_its_file_as_it_was(
    definition: TemplateDefinition,
) -> None:
    contents = {"format": FORMAT, "key": "k", "name": "N", "definition": definition.as_json()}
    read = read_file(written(contents))
    again = TemplateDefinition.from_json(read.definition.model_dump(mode="json", exclude_none=True))
    assert again == definition
    assert again.as_json() == definition.as_json()


def test_a_template_with_its_scope_comes_back_byte_for_byte(
    defaults: None, team: Team, admin: User
) -> None:
    draft = templates.create_template("Large deals")
    draft = templates.change_scope(
        draft,
        revision=0,
        outcomes=["won", "no_decision"],
        amount_from=Decimal("0.125"),
        amount_below=Decimal(50_000),
        currency=Currency.objects.get(code="EUR"),
        products=[ProductFactory.create(name="Cloud")],
        teams=[team],
    )
    exported = templates.export_version(draft)
    asks_about = json.loads(exported)["asks_about"]
    assert asks_about == {
        "outcomes": ["no_decision", "won"],
        "amount_from": "0.125",
        "amount_below": "50000",
        "currency": "EUR",
        "products": ["Cloud"],
        "teams": [["Example Inc", "North", "Atlas"]],
    }
    templates.discard_draft(draft, revision=1)
    imported = templates.import_template(exported)
    read = TemplateVersion.objects.with_scope().get(pk=imported.pk)
    assert templates.export_version(read) == exported
    assert (imported.number, imported.published_at) == (1, None)


def test_a_file_of_a_known_template_becomes_its_next_draft(defaults: None, admin: User) -> None:
    exported = templates.export_version(default_version())
    imported = templates.import_template(exported)
    assert (imported.template.key, imported.number) == ("debrief", 2)
    assert (imported.based_on, imported.definition) == (
        default_version(),
        default_version().definition,
    )
    templates.edit_draft(imported, Retire("objections"), revision=0)
    with pytest.raises(FieldsRefused) as refusal:
        templates.import_template(exported)
    assert refusal.value.errors == {
        "key": "“Deal debrief” has a draft already: publish or discard it first."
    }


@pytest.mark.parametrize(
    ("asks_about", "field", "message"),
    [
        ({"products": ["Nothing"]}, "asks_about.products[0]", "There is no product “Nothing”."),
        ({"teams": [["A", "B"]]}, "asks_about.teams[0]", "There is no team “A / B”."),
        (
            {"amount_from": "5", "currency": "XXX"},
            "asks_about.currency",
            "“XXX” is no currency known here.",
        ),
        (
            {"amount_from": "5", "amount_below": "4", "currency": "EUR"},
            "asks_about.amount_below",
            "It must be more than the amount it begins at.",
        ),
    ],
)
def test_names_that_this_instance_does_not_know_are_refused(
    defaults: None, asks_about: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(FieldsRefused) as refusal:
        templates.import_template(file(asks_about=asks_about))
    assert refusal.value.errors == {field: message}
    assert not QuestionTemplate.objects.filter(key="large").exists()


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        (b"{", "file", ("This is no JSON file: line 1, column 2: Expecting property name enclosed"
                       " in double quotes.")),
        (b"\xff", "file", "This is no JSON file: its letters are not UTF-8."),
        (b"[" * 100_000, "file", "This is no JSON file: too deep."),
        (b" " * (LARGEST_FILE + 1), "file", "The file is larger than 256 kB."),
        (b"[]", "format", f"This is no exported template: “format” must be “{FORMAT}”."),
        (file(colour="red"), "colour", "There is no such name here."),
        (file(name=""), "name", "It is empty."),
        (file(key="Large!"), "key", "A key is of small letters, digits and _, beginning with a letter."),
        (file(definition={"sections": [{"key": "one", "title": "One"}]}),
         "definition.sections[0].audience", "It is missing."),
        (file(definition={"sections": [{"key": "one", "title": "O\x00", "audience": "sales"}]}),
         "definition.sections[0].title", "Holds the character NUL, which no text can hold."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_the_path_of_each_fault(
    content: bytes, field: str, message: str
) -> None:
    assert faults(content) == {field: message}


def test_a_kind_that_there_is_not_is_named_with_those_there_are() -> None:
    question = {"key": "a", "kind": "ratings", "text": "A?"}
    section = {"key": "one", "title": "One", "audience": "sales", "questions": [question]}
    ((path, message),) = faults(file(definition={"sections": [section]})).items()
    assert path == "definition.sections[0].questions[0].kind"
    assert message.startswith("Input should be 'rating', 'scale', 'choice'")
