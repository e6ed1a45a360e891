"""Questions of every kind: typed, refused, kept, and asked only on the path of the answers."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from deals.models import Closing, Outcome
from debriefs.errors import FieldsRefused
from debriefs.kinds import value_words
from debriefs.models import Answer, Debrief, DebriefVersion, Draft
from debriefs.questions import definition_of
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.submission import submit_debrief, submit_draft
from debriefs.submissions import AnswerGiven, DebriefSubmission
from people.models import User
from tests.debriefs.every_kind import FIELDS, VALUES, publish
from tests.debriefs.submissions import BY_PRICE, FIRST, SECOND
from tests.factories import closed_deal

SignIn = Callable[[User], Client]


@pytest.fixture
def debrief(defaults: None, rep: User) -> Debrief:
    """What the rep has begun on a lost deal, on the template with every kind."""
    publish()
    return begin_debrief(closed_deal(owner=rep, name="Harbour roll-out"), author=rep)


@pytest.fixture
def client(rep: User, signed_in: SignIn) -> Client:
    return signed_in(rep)


def save(debrief: Debrief, **changes: str) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={**FIELDS, **changes})


def submitted(debrief: Debrief, by: User) -> DebriefVersion:
    return submit_draft(debrief.closing_id, submission_id=FIRST, by=by)


def refusals(debrief: Debrief, by: User) -> dict[str, str]:
    with pytest.raises(FieldsRefused) as refused:
        submitted(debrief, by)
    return refused.value.errors


def address(name: str, closing: Closing | int) -> str:
    return reverse(f"debriefs:{name}", args=[closing if isinstance(closing, int) else closing.pk])


def test_each_kind_is_kept_in_its_own_shape_and_opened_again_as_it_was_typed(
    debrief: Debrief, rep: User
) -> None:
    save(debrief)
    version = submitted(debrief, rep)
    kept = version.answers.exclude(value=None).values_list("key", "value")
    assert dict(kept) == VALUES
    assert Answer.objects.get(key="portal").text == "e-Vergabe"
    opened = begin_amendment(debrief, by=rep).values
    assert {name: opened[name] for name in FIELDS} == FIELDS


def test_values_read_with_their_labels_units_and_days(debrief: Debrief) -> None:
    questions = {q.key: q for q in definition_of(debrief.template_version_id).questions()}
    assert {key: value_words(questions[key], value) for key, value in VALUES.items()} == {
        "fit": "4 of 5 (1: Not at all, 5: Fully)",
        "procedure": "A tender",
        "people": "IT, The board",
        "bidders": "1,200.5 bidders",
        "due": "28 February 2026",
        "mood": "2 of 5",
    }


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("fit.value", "6", "“How well did we fit?”: “6” is not one of the choices."),
        ("procedure.value", "auction", "“How did they buy?”: “auction” is not one of the choices."),
        ("people.value", "it\nlegal", "“Who decided?”: “legal” is not one of the choices."),
        (
            "portal.text",
            "x" * 251,
            "“Through which portal?” has 251 characters; at most 250 can be kept.",
        ),
        ("fit.text", "Well.", "There is no field “answers.fit.text” in this debrief."),
        ("met_buyer.value", "1", "There is no field “answers.met_buyer.value” in this debrief."),
    ],
)
def test_a_draft_refuses_what_its_question_does_not_offer(
    debrief: Debrief, name: str, value: str, message: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        save(debrief, **{f"answers.{name}": value})
    assert refused.value.errors == {f"answers.{name}": message}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "bidders",
            "a few",
            "“How many bid?”: “a few” is no number such as 1200 or 12.5 (at most 15 and 6 digits).",
        ),
        (
            "bidders",
            "1e3",
            "“How many bid?”: “1e3” is no number such as 1200 or 12.5 (at most 15 and 6 digits).",
        ),
        ("due", "soon", "“When was it due?”: “soon” is no date such as 2026-03-31."),
        ("due", "2026-02-30", "“When was it due?”: “2026-02-30” is no date such as 2026-03-31."),
        ("due", "0026-02-28", "“When was it due?”: “0026-02-28” must lie between 1900 and 2100."),
    ],
)
def test_a_number_or_date_is_kept_as_it_is_typed_and_judged_on_submission(
    debrief: Debrief, rep: User, name: str, value: str, message: str
) -> None:
    save(debrief, **{f"answers.{name}.value": value})
    assert refusals(debrief, rep) == {f"answers.{name}.value": message}


def test_a_number_loses_what_groups_its_digits(debrief: Debrief, rep: User) -> None:
    save(debrief, **{"answers.bidders.value": "12,500.50"})
    assert Draft.objects.get().values["answers.bidders.value"] == "12500.50"
    submitted(debrief, rep)
    assert Answer.objects.get(key="bidders").value == "12500.5"


def test_a_submission_by_a_program_is_held_to_the_kinds_too(debrief: Debrief, rep: User) -> None:
    answers = (
        AnswerGiven("do_differently", text="Ask."),
        AnswerGiven("procedure", value="auction"),
        AnswerGiven("fit", value="4", text="Well."),
        AnswerGiven("met_buyer", value="1"),
    )
    given = DebriefSubmission(answers=answers, reasons=(BY_PRICE,))
    with pytest.raises(FieldsRefused) as refused:
        submit_debrief(debrief, given, submission_id=FIRST, by=rep)
    assert refused.value.errors == {
        "answers.procedure.value": "“How did they buy?”: “auction” is not one of the choices.",
        "answers.fit.text": "“How well did we fit?” takes a value only.",
        "answers.met_buyer.value": "“Did we meet the buyer?” takes a rating and text only.",
    }


def test_what_the_path_does_not_ask_is_kept_while_writing_and_left_out_on_submission(
    debrief: Debrief, rep: User, client: Client
) -> None:
    save(debrief, **{"answers.procedure.value": "direct", "answers.fit_gap.text": "The size."})
    page = client.get(address("check", debrief.closing_id)).content.decode()
    left_out = re.findall(r"left out of what is submitted: “([^<]+)”\.<", page)
    assert left_out == [
        "What did not fit?",
        "How many bid?",
        "When was it due?",
        "Through which portal?",
    ]
    assert "The tender" not in page
    version = submitted(debrief, rep)
    assert set(version.answers.values_list("key", flat=True)) == {
        "met_buyer",
        "fit",
        "procedure",
        "people",
        "do_differently",
        "mood",
    }


def test_only_what_the_path_asks_is_required(debrief: Debrief, rep: User) -> None:
    save(debrief, **{"answers.fit.value": "2", "answers.due.value": ""})
    assert refusals(debrief, rep) == {
        "answers.fit_gap.text": "Please answer “What did not fit?”",
        "answers.due.value": "Please answer “When was it due?”",
    }
    save_draft(
        debrief,
        base_revision=9,
        writer="a",
        changes={"answers.fit.value": "3", "answers.procedure.value": ""},
    )
    assert refusals(debrief, rep) == {
        "answers.procedure.value": "Please answer “How did they buy?”"
    }


def test_the_path_follows_a_corrected_outcome(debrief: Debrief, rep: User) -> None:
    save(debrief, **{"answers.for_my_coach.text": "Closing.", "facts.outcome": "won"})
    assert not submitted(debrief, rep).answers.filter(key="for_my_coach").exists()


def test_boxes_of_one_name_are_joined_and_can_all_be_unchecked(
    client: Client, debrief: Debrief
) -> None:
    path = address("form", debrief.closing_id)
    boxes = {"answers.people.value": ["", "it", "board"]}
    client.post(path, {**boxes, "writer": "a", "revision": "0", "go": "2"})
    assert Draft.objects.get().values == {"answers.people.value": "it\nboard"}
    page = client.get(path).content.decode()
    checked = re.findall(r'name="answers.people.value" value="(\w+)" checked', page)
    assert checked == ["it", "board"]
    client.post(path, {"answers.people.value": "", "writer": "a", "revision": "1", "go": "2"})
    assert Draft.objects.get().values == {"answers.people.value": ""}


def test_without_scripts_a_hidden_step_is_skipped_in_both_directions(
    client: Client, debrief: Debrief
) -> None:
    path = address("form", debrief.closing_id)

    def goes(**sent: str) -> str:
        reply = client.post(path, {"writer": "a", "revision": "9", **sent})
        return reply.headers["Location"].removeprefix(path)

    assert goes(go="after-2") == "?section=4"
    assert goes(go="before-4") == "?section=2"
    assert goes(go="after-2", **{"answers.procedure.value": "tender"}) == "?section=3"
    assert goes(go="after-4") == "?section=5"
    assert goes(go="after-5") == "?section=6"
    assert goes(go="after-6") == "check/"


def test_without_scripts_the_page_shows_the_path_of_the_draft(
    client: Client, debrief: Debrief
) -> None:
    path = address("form", debrief.closing_id)
    page = client.get(path, {"section": "3"}).content.decode()
    assert (
        'id="step-tendering" data-step="3" aria-labelledby="step-tendering-title" tabindex="-1" hidden'
        in page
    )
    assert 'class="debrief-step is-current" id="step-buying"' in page
    assert '<div data-question="fit_gap" hidden>' in page
    assert "Section <span data-place>2</span> of <span data-places>5</span>" in page
    save(debrief, **{"answers.fit.value": "2"})
    page = client.get(path, {"section": "3"}).content.decode()
    assert 'class="debrief-step is-current" id="step-tendering"' in page
    assert '<div data-question="fit_gap">' in page
    assert '<span data-required="fit_gap"><span class="asteriskField"' in page
    assert "Section <span data-place>5</span> of <span data-places>6</span>" in page


def test_a_template_without_rules_sends_none(client: Client, defaults: None, rep: User) -> None:
    page = client.get(address("form", closed_deal(owner=rep))).content.decode()
    assert ("debrief-branching" in page, "data-question" in page) == (False, False)


def test_checking_shows_values_in_words(client: Client, debrief: Debrief) -> None:
    save(debrief)
    page = client.get(address("check", debrief.closing_id)).content.decode()
    for words in ("A tender", "IT, The board", "1,200.5 bidders", "28 February 2026"):
        assert f"<strong>{words}</strong>" in page


def test_a_draft_on_an_older_version_finishes_on_it(debrief: Debrief, rep: User) -> None:
    save(debrief)
    later = publish({"sections": []})
    version = submitted(debrief, rep)
    assert version.debrief.template_version != later
    other = begin_debrief(closed_deal(owner=rep, closing={"outcome": Outcome.WON}), author=rep)
    assert other.template_version == later
    submit_draft(other.closing_id, submission_id=SECOND, by=rep)


def test_the_quick_debrief_asks_what_the_path_requires_and_says_what_it_left_out(
    client: Client, debrief: Debrief
) -> None:
    hidden = {"answers.procedure.value": "direct", "answers.fit.value": "2"}
    save(debrief, **hidden, **{"answers.fit_gap.text": "The size."})
    path = address("quick", debrief.closing_id)
    page = client.get(path).content.decode()
    asked = re.findall(r'id="answers-(\w+)-(?:value|text)"', page)
    assert asked == ["fit_gap", "procedure", "do_differently"]
    sent = {"go": "submit", "submission_id": str(FIRST), "writer": "a", "revision": "9"}
    receipt = client.post(path, sent, follow=True).content.decode()
    left_out = re.findall(r"Left out of what was submitted: “([^”]+)”\.", receipt)
    assert left_out == ["How many bid?", "When was it due?", "Through which portal?"]
    assert "1 question is still open" in receipt
