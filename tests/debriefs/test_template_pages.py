"""The template editor as a browser without scripts uses it."""

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deals.models import Closing
from debriefs.models import Debrief, Draft, QuestionTemplate, TemplateVersion
from debriefs.questions import Comparison, Effect, TemplateDefinition, default_version
from debriefs.services import templates
from people.models import User
from tests.debriefs.submissions import FIELDS

SignIn = Callable[[User], Client]


@pytest.fixture
def client(admin: User, signed_in: SignIn) -> Client:
    return signed_in(admin)


@pytest.fixture
def draft(defaults: None) -> TemplateVersion:
    return templates.begin_draft(QuestionTemplate.objects.get(is_default=True))


def address(name: str, draft: TemplateVersion, **more: object) -> str:
    return reverse(f"debriefs:{name}", kwargs={"template_id": draft.template_id, **more})


def post(client: Client, path: str, draft: TemplateVersion, **sent: object) -> HttpResponse:
    """Posts the form of a page that was opened on the draft as it stands in `draft`."""
    return client.post(path, {"revision": draft.revision, **sent})  # type: ignore[return-value]


def stands(draft: TemplateVersion) -> TemplateDefinition:
    draft.refresh_from_db()
    return TemplateDefinition.from_json(draft.definition)


def keys(definition: TemplateDefinition, section: int) -> list[str]:
    return [question.key for question in definition.sections[section].questions]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_many_templates(
    client: Client, defaults: None, rows: int
) -> None:
    for number in range(rows):
        templates.create_template(f"Template {number}")
    path = reverse("debriefs:template_list")
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    ours = [each for each in queries if "django_session" not in each["sql"]]
    assert len(ours) == 8


def test_the_first_change_begins_the_next_version(client: Client, defaults: None) -> None:
    template = default_version().template
    reply = client.post(reverse("debriefs:template_begin", args=[template.pk]))
    draft = TemplateVersion.objects.drafts().get()
    assert reply.headers["Location"] == address("template_draft", draft)
    assert b"Draft of version 2" in client.get(address("template_draft", draft)).content


def test_a_button_moves_a_question_and_says_where_it_stands(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_move", draft)
    reply = client.post(path, {"revision": "0", "shift": "priorities up"}, follow=True)
    assert keys(stands(draft), 0) == ["pain_points", "priorities", "decision_makers"]
    said = "is now 2 of 3 in “The client&#x27;s side”."
    assert said in reply.content.decode()


def test_a_drop_moves_a_question_into_another_section(
    client: Client, draft: TemplateVersion
) -> None:
    sent = {"key": "priorities", "section": "offer", "place": "1"}
    post(client, address("template_move", draft), draft, **sent)
    assert keys(stands(draft), 1) == ["value_roi", "priorities", "objections", "positioning"]


def test_a_stale_move_is_refused_with_the_draft_as_it_stands(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_move", draft)
    client.post(path, {"revision": "0", "shift": "priorities up"})
    reply = client.post(path, {"revision": "0", "shift": "pain_points down"}, follow=True)
    assert "Somebody changed this draft since you opened the page" in reply.content.decode()
    assert keys(stands(draft), 0) == ["pain_points", "priorities", "decision_makers"]


def test_a_question_is_added_with_what_its_kind_needs(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_question_add", draft, section="offer")
    assert b"Several choices" in client.get(path).content
    sent = {"kind": "choice", "text": "Who wrote the offer?", "new_options": "Sales\nA partner\n"}
    assert post(client, path, draft, **sent).status_code == 302
    made = stands(draft).sections[1].questions[-1]
    assert (made.key, [(o.key, o.label) for o in made.options]) == (
        "who_wrote_the_offer",
        [("sales", "Sales"), ("a_partner", "A partner")],
    )


def test_a_choice_without_choices_is_refused_beside_its_field(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_question_add", draft, section="offer")
    reply = post(client, path, draft, kind="choice", text="Which?", new_options="Only one")
    assert reply.status_code == 422
    assert "Give at least two choices." in reply.content.decode()


def test_choices_are_reworded_taken_out_and_put_in_order(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_question_add", draft, section="offer")
    post(client, path, draft, kind="choice", text="Who?", new_options="A\nB\nC")
    draft.refresh_from_db()
    sent = {
        "kind": "choice", "text": "Who?", "option_a": "Ay", "place_a": "3",
        "option_b": "", "place_b": "2", "option_c": "C", "place_c": "1", "new_options": "B",
    }  # fmt: skip
    post(client, address("template_question", draft, key="who"), draft, **sent)
    options = stands(draft).sections[1].questions[-1].options
    assert [(o.key, o.label) for o in options] == [("c", "C"), ("a", "Ay"), ("b_2", "B")]


def test_rewording_asks_whether_it_asks_the_same(client: Client, draft: TemplateVersion) -> None:
    path = address("template_question", draft, key="objections")
    sent = {"kind": "rating", "text": "Did their objections help us?"}
    reply = post(client, path, draft, **sent)
    assert (reply.status_code, "Say whether it still asks the same" in reply.content.decode()) == (
        422,
        True,
    )
    post(client, path, draft, **sent, meaning="new")
    assert keys(stands(draft), 1) == ["value_roi", "did_their_objections_help_us", "positioning"]


def test_a_form_opened_before_somebody_elses_change_keeps_its_words_and_asks_again(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_question", draft, key="objections")
    client.post(address("template_move", draft), {"revision": "0", "shift": "priorities up"})
    sent = {"kind": "rating", "text": "Reworded?", "meaning": "same"}
    reply = post(client, path, draft, **sent)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert ("Reworded?</textarea>" in page, 'name="revision" value="1"' in page) == (True, True)
    draft.refresh_from_db()
    assert post(client, path, draft, **sent).status_code == 302
    assert stands(draft).wording("objections") == "Reworded?"


def test_sections_and_factors_are_added_and_changed(client: Client, draft: TemplateVersion) -> None:
    path = address("template_section_add", draft)
    post(client, path, draft, title="The buyer", audience="company", intro="")
    draft.refresh_from_db()
    path = address("template_section", draft, key="the_buyer")
    post(client, path, draft, title="The buyers", audience="sales", intro="Who?")
    draft.refresh_from_db()
    path = address("template_factor_add", draft, section="the_buyer")
    post(client, path, draft, name="Trust", help="")
    draft.refresh_from_db()
    path = address("template_factor", draft, key="trust")
    post(client, path, draft, name="Their trust", help="In us")
    made = stands(draft).sections[-1]
    assert (made.title, made.audience, made.intro) == ("The buyers", "sales", "Who?")
    assert [(f.key, f.name, f.help) for f in made.factors] == [("trust", "Their trust", "In us")]


def test_retiring_tells_which_conditions_look_at_it(client: Client, draft: TemplateVersion) -> None:
    path = address("template_rule_add", draft, target="positioning")
    sent = {"effect": "show", "comparison": "one_of", "values": ["no"]}
    post(client, f"{path}?on=objections", draft, **sent)
    path = address("template_part_retire", draft, key="objections")
    assert "These conditions look at it" in client.get(path).content.decode()
    draft.refresh_from_db()
    post(client, path, draft)
    assert keys(stands(draft), 1) == ["value_roi", "positioning"]
    page = client.get(address("template_draft", draft)).content.decode()
    assert "The rule looks at “objections”, which is not in this template." in page


def test_a_condition_is_built_of_selects_and_grows_by_one_at_a_time(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_rule_add", draft, target="positioning")
    choice = client.get(path).content.decode()
    assert "How the deal ended" in choice
    assert 'value="adaptability"' not in choice
    sent = {"effect": "hide", "comparison": "one_of", "values": ["won", "postponed"]}
    post(client, f"{path}?on=outcome", draft, **sent)
    draft.refresh_from_db()
    path = address("template_rule", draft, place=0)
    sent = {"effect": "show", "match": "any", "comparison": "answered"}
    post(client, f"{path}?on=objections", draft, **sent)
    (rule,) = stands(draft).rules
    assert (rule.effect, rule.target, rule.match) == (Effect.SHOW, "positioning", "any")
    assert [(c.on, c.comparison, c.values) for c in rule.conditions] == [
        ("outcome", Comparison.ONE_OF, ("won", "postponed")),
        ("objections", Comparison.ANSWERED, ()),
    ]
    post(client, path, draft, remove="0")
    assert [each.on for each in stands(draft).rules[0].conditions] == ["objections"]
    post(client, path, draft, remove="rule")
    assert stands(draft).rules == ()


def test_publishing_shows_the_difference_and_then_publishes(
    client: Client, draft: TemplateVersion
) -> None:
    post(client, address("template_part_retire", draft, key="objections"), draft)
    draft.refresh_from_db()
    path = address("template_publish", draft)
    page = client.get(path).content.decode()
    assert ("Nothing stands in the way." in page, "Retired" in page) == (True, True)
    assert post(client, path, draft).status_code == 302
    assert default_version().number == 2


def test_publishing_what_can_not_be_is_refused_with_the_checks(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_section_add", draft)
    post(client, path, draft, title="Empty", audience="sales", intro="")
    draft.refresh_from_db()
    reply = post(client, address("template_publish", draft), draft)
    assert reply.status_code == 422
    assert "The section “Empty” is empty." in reply.content.decode()
    assert default_version().number == 1


def test_the_scope_is_set_on_its_page_and_not_of_the_default(
    client: Client, draft: TemplateVersion
) -> None:
    assert client.get(address("template_scope", draft)).status_code == 404
    large = templates.create_template("Large")
    sent = {"outcomes": ["won"], "amount_from": "50000", "amount_currency": "EUR"}
    post(client, address("template_scope", large), large, **sent)
    page = client.get(address("template_draft", large)).content.decode()
    assert "Won deals of 50,000 EUR and more" in page


def test_an_old_version_is_exported_and_published_again(
    client: Client, draft: TemplateVersion
) -> None:
    post(client, address("template_publish", draft), draft)
    exported = client.get(address("version_export", draft, number=1))
    assert json.loads(exported.content)["key"] == "debrief"
    assert exported.headers["Content-Disposition"] == 'attachment; filename="debrief-1.json"'
    client.post(address("version_restore", draft, number=1))
    assert default_version().number == 3


def test_a_file_comes_in_and_a_bad_one_is_refused_by_path(client: Client, defaults: None) -> None:
    path = reverse("debriefs:template_import")
    good = templates.export_version(default_version())
    bad = good.replace(b'"rating"', b'"rated"', 1)
    reply = client.post(path, {"file": SimpleUploadedFile("bad.json", bad)})
    assert reply.status_code == 422
    assert "definition.sections[0].questions[0].kind" in reply.content.decode()
    reply = client.post(path, {"file": SimpleUploadedFile("good.json", good)})
    assert reply.status_code == 302
    assert TemplateVersion.objects.drafts().get().number == 2


def test_the_preview_alone_may_stand_in_a_frame_of_our_own_pages(
    client: Client, draft: TemplateVersion
) -> None:
    framed = client.get(address("template_preview_form", draft)).headers
    around = client.get(address("template_preview", draft)).headers
    editor = client.get(address("template_draft", draft)).headers
    policies = [each["Content-Security-Policy"] for each in (framed, around, editor)]
    assert ["frame-ancestors 'self'" in each for each in policies] == [True, False, False]
    assert ["frame-src 'self'" in each for each in policies] == [False, True, False]
    assert [each["X-Frame-Options"] for each in (framed, around, editor)] == [
        "SAMEORIGIN", "DENY", "DENY",
    ]  # fmt: skip


def test_a_trial_says_what_submitting_would_refuse_and_writes_nothing(
    client: Client, draft: TemplateVersion, lost: Closing
) -> None:
    path = address("template_preview_form", draft)
    refused = client.post(path, {"go": "check", "facts.outcome": "no_decision"}).content.decode()
    assert "Choose the reason that weighed most." in refused
    assert "Please answer “What would we do differently?”" in refused
    accepted = client.post(path, {**FIELDS, "go": "check"}).content.decode()
    assert "This could be submitted as it stands. Nothing was saved." in accepted
    assert (Debrief.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_trial_goes_on_step_by_step_with_what_was_typed(
    client: Client, draft: TemplateVersion
) -> None:
    path = address("template_preview_form", draft)
    page = client.post(path, {**FIELDS, "go": "after-1"}).content.decode()
    assert 'class="debrief-step is-current" id="step-client"' in page
    assert "Meet the finance head before the offer.</textarea>" in page
