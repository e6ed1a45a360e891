"""The life of a template: drafted, edited under a revision, published, restored, retired."""

from decimal import Decimal
from typing import Any

import pytest

from deals.models import Closing, Currency
from debriefs.checks import Report
from debriefs.edits import AddQuestion, AddSection, ChangeQuestion, Meaning, Move, Retire
from debriefs.errors import (
    FieldsRefused,
    PublishingRefused,
    TemplateMovedOn,
    TemplateNotRetired,
)
from debriefs.models import Audience, QuestionTemplate, TemplateVersion
from debriefs.queries.traits import version_for
from debriefs.questions import Question, QuestionKind, TemplateDefinition, default_version
from debriefs.scopes import Scope
from debriefs.services import templates
from debriefs.services.drafts import begin_debrief, save_draft
from debriefs.services.submission import submit_draft
from outbox.models import Event
from people.models import Team, User
from tests.debriefs.submissions import FIELDS, FIRST
from tests.factories import ProductFactory

LESSON = "What would we do differently?"


@pytest.fixture
def template(defaults: None) -> QuestionTemplate:
    return QuestionTemplate.objects.get(is_default=True)


@pytest.fixture
def draft(template: QuestionTemplate) -> TemplateVersion:
    return templates.begin_draft(template)


def keys(version: TemplateVersion) -> list[str]:
    return [question.key for question in TemplateDefinition.of(version).questions()]


def told() -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(kind="template.published")]


def edited(draft: TemplateVersion, *edits: Any) -> TemplateVersion:
    for edit in edits:
        draft = templates.edit_draft(draft, edit, revision=draft.revision)
    return draft


def findings(draft: TemplateVersion) -> dict[str, list[str]]:
    report: Report = templates.draft_report(draft)
    return {
        "refused": [finding.message for finding in report.refusals],
        "warned": [finding.message for finding in report.warnings],
    }


def test_a_draft_begins_as_a_copy_and_there_is_one(template: QuestionTemplate) -> None:
    draft = templates.begin_draft(template)
    assert (draft.number, draft.published_at, draft.based_on) == (2, None, default_version())
    assert draft.definition == default_version().definition
    assert templates.begin_draft(template) == draft


def test_each_edit_takes_the_draft_to_its_next_revision(draft: TemplateVersion) -> None:
    changed = templates.edit_draft(draft, Retire("objections"), revision=0)
    assert (changed.revision, "objections" in keys(changed)) == (1, False)
    assert "objections" in keys(default_version())


def test_a_stale_edit_is_refused_and_changes_nothing(draft: TemplateVersion) -> None:
    moved = templates.edit_draft(draft, Move("value_roi", 2, "offer"), revision=0)
    with pytest.raises(TemplateMovedOn):
        templates.edit_draft(draft, Move("value_roi", 0, "client"), revision=0)
    draft.refresh_from_db()
    assert (draft.definition, draft.revision) == (moved.definition, 1)


def test_a_refused_edit_leaves_the_revision(draft: TemplateVersion) -> None:
    with pytest.raises(FieldsRefused):
        templates.edit_draft(draft, Retire("gone"), revision=0)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_a_published_version_can_not_be_edited(draft: TemplateVersion, admin: User) -> None:
    published = templates.publish_draft(draft, revision=0, by=admin)
    with pytest.raises(TemplateMovedOn):
        templates.edit_draft(published, Retire("objections"), revision=published.revision)


def test_publishing_freezes_numbers_and_tells(draft: TemplateVersion, admin: User) -> None:
    before = default_version()
    draft = edited(draft, Retire("objections"))
    published = templates.publish_draft(draft, revision=1, by=admin)
    before.refresh_from_db()
    assert default_version() == published
    assert (published.number, published.published_by) == (2, admin)
    assert before.retired_at is not None
    assert told() == [{"template_id": draft.template_id, "version": 2}]


def test_publishing_a_stale_draft_is_refused(draft: TemplateVersion, admin: User) -> None:
    edited(draft, Retire("objections"))
    with pytest.raises(TemplateMovedOn):
        templates.publish_draft(draft, revision=0, by=admin)
    assert default_version().number == 1


def test_publishing_an_unsound_draft_is_refused_with_every_finding(
    draft: TemplateVersion, admin: User
) -> None:
    draft = edited(draft, AddSection("Empty", Audience.SALES), AddSection("Void", Audience.SALES))
    with pytest.raises(PublishingRefused) as refusal:
        templates.publish_draft(draft, revision=2, by=admin)
    assert [(each.where, each.message) for each in refusal.value.findings] == [
        ("empty", "The section “Empty” is empty."),
        ("void", "The section “Void” is empty."),
    ]
    assert (default_version().number, told()) == (1, [])


def test_debriefs_begun_before_finish_on_their_version_and_new_ones_take_the_new(
    lost: Closing, won: Closing, rep: User, admin: User
) -> None:
    begun = begin_debrief(lost, author=rep)
    draft = templates.begin_draft(begun.template_version.template)
    question = Question("", QuestionKind.SHORT_TEXT, "Who signed?", required=True)
    draft = edited(draft, AddQuestion("client", question), Retire("next_time"))
    published = templates.publish_draft(draft, revision=2, by=admin)
    save_draft(begun, base_revision=0, writer="a", changes=FIELDS)
    submitted = submit_draft(lost.pk, submission_id=FIRST, by=rep)
    assert submitted.debrief.template_version.number == 1
    assert begin_debrief(won, author=rep).template_version == published


def test_a_retired_key_is_never_given_again(draft: TemplateVersion, admin: User) -> None:
    published = templates.publish_draft(edited(draft, Retire("objections")), revision=1, by=admin)
    again = Question("", QuestionKind.LONG_TEXT, "Objections")
    draft = edited(templates.begin_draft(published.template), AddQuestion("next_time", again))
    assert keys(draft)[-2:] == ["objections_2", "for_my_coach"]


def test_a_retired_key_that_comes_back_as_something_else_is_refused(
    template: QuestionTemplate, draft: TemplateVersion, admin: User
) -> None:
    templates.publish_draft(edited(draft, Retire("objections")), revision=1, by=admin)
    draft = templates.begin_draft(template)
    definition = TemplateDefinition.of(draft).as_json()
    asked = {"key": "objections", "kind": "rating", "text": "Did they object?"}
    definition["sections"][0]["questions"].append(asked)
    TemplateVersion.objects.filter(pk=draft.pk).update(definition=definition)
    draft.refresh_from_db()
    assert findings(draft)["refused"] == [
        (
            "The key “objections” belonged to “Did we turn the client's objections into"
            " openings?”, which was retired; a key is never used again for something else."
        )
    ]


def test_an_old_version_is_published_again_under_a_new_number(
    template: QuestionTemplate, draft: TemplateVersion, admin: User
) -> None:
    first = default_version()
    templates.publish_draft(edited(draft, Retire("objections")), revision=1, by=admin)
    restored = templates.restore_version(first, by=admin)
    assert (default_version(), restored.number, restored.based_on) == (restored, 3, first)
    assert (restored.definition, restored.published_by) == (first.definition, admin)
    assert [each["version"] for each in told()] == [2, 3]


def test_a_draft_that_is_open_stays_when_an_old_version_comes_back(
    template: QuestionTemplate, draft: TemplateVersion, admin: User
) -> None:
    first = default_version()
    templates.publish_draft(draft, revision=0, by=admin)
    open_draft = templates.begin_draft(template)
    templates.restore_version(first, by=admin)
    open_draft.refresh_from_db()
    assert (open_draft.number, open_draft.published_at) == (4, None)
    assert templates.publish_draft(open_draft, revision=0, by=admin).number == 4


def test_discarding_removes_the_draft_and_a_template_that_was_never_published(
    draft: TemplateVersion,
) -> None:
    templates.discard_draft(draft, revision=0)
    templates.discard_draft(templates.create_template("Large deals"), revision=0)
    assert [(each.template.name, each.number) for each in TemplateVersion.objects.all()] == [
        ("Deal debrief", 1)
    ]


def large(draft: TemplateVersion, amount: int = 50_000, **scope: Any) -> TemplateVersion:
    return templates.change_scope(
        draft,
        revision=draft.revision,
        amount_from=Decimal(amount),
        currency=Currency.objects.get(code="EUR"),
        **scope,
    )


def test_a_new_template_asks_about_its_scope_once_it_is_published(
    won: Closing, admin: User
) -> None:
    draft = templates.create_template("Won deals")
    assert (draft.template.key, draft.number) == ("won_deals", 1)
    draft = templates.change_scope(draft, revision=0, outcomes=["won"])
    assert version_for(won.pk) == default_version().pk
    templates.publish_draft(draft, revision=1, by=admin)
    assert version_for(won.pk) == draft.pk
    templates.retire_template(draft.template, by=admin)
    assert version_for(won.pk) == default_version().pk
    assert templates.begin_draft(draft.template).outcomes == ["won"]


def test_the_scope_is_kept_with_everything_it_names(template: QuestionTemplate, team: Team) -> None:
    cloud = ProductFactory.create(name="Cloud")
    draft = templates.create_template("Large")
    draft = large(draft, outcomes=["won"], products=[cloud], teams=[team])
    read = TemplateVersion.objects.with_scope().get(pk=draft.pk)
    assert Scope.of(read) == Scope(
        frozenset({"won"}),
        Decimal(50_000),
        None,
        "EUR",
        frozenset({cloud.pk}),
        frozenset({team.pk}),
    )


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ({"amount_from": Decimal(5)}, "amount_currency"),
        ({"amount_from": Decimal(5), "amount_below": Decimal(5)}, "amount_below"),
    ],
)
def test_amounts_need_a_currency_and_an_order(
    defaults: None, scope: dict[str, Any], field: str
) -> None:
    draft = templates.create_template("Large")
    currency = None if field == "amount_currency" else Currency.objects.get(code="EUR")
    with pytest.raises(FieldsRefused) as refusal:
        templates.change_scope(draft, revision=0, currency=currency, **scope)
    assert list(refusal.value.errors) == [field]


def test_the_default_has_no_scope_and_every_other_template_one(
    draft: TemplateVersion,
) -> None:
    draft = templates.change_scope(draft, revision=0, outcomes=["won"])
    assert findings(draft)["refused"] == [
        "The default asks about every deal that is left: it has no scope."
    ]
    assert findings(templates.create_template("Large"))["refused"] == [
        "Say which deals it asks about; the default asks about all others."
    ]


def test_deals_that_two_templates_ask_about_are_named_with_the_one_that_comes_first(
    defaults: None, team: Team, admin: User
) -> None:
    first = large(templates.create_template("Large deals"))
    templates.publish_draft(first, revision=1, by=admin)
    second = templates.create_template("Wins of Atlas")
    second = templates.change_scope(second, revision=0, outcomes=["won"], teams=[team])
    assert findings(second) == {
        "refused": [],
        "warned": [
            (
                "Won deals of 50,000 EUR and more in Atlas are asked about by both “Large deals”"
                " and “Wins of Atlas”: “Large deals” is tried first."
            )
        ],
    }
    templates.shift_template(second.template, by=-1)
    assert findings(second)["warned"][0].endswith("“Wins of Atlas” is tried first.")


def test_a_template_that_could_never_ask_is_refused(defaults: None, admin: User) -> None:
    templates.publish_draft(large(templates.create_template("Large")), revision=1, by=admin)
    huge = large(templates.create_template("Huge"), 90_000)
    assert findings(huge)["refused"] == [
        (
            "“Huge” could never ask: “Large”, which is tried first, asks about all deals of 90,000"
            " EUR and more already."
        )
    ]
    templates.shift_template(huge.template, by=-1)
    assert findings(huge)["refused"] == []


def test_sizes_that_only_the_default_is_left_for_are_named(defaults: None, admin: User) -> None:
    templates.publish_draft(large(templates.create_template("Large")), revision=1, by=admin)
    small = templates.create_template("Small")
    euro = Currency.objects.get(code="EUR")
    small = templates.change_scope(small, revision=0, amount_below=Decimal(20_000), currency=euro)
    assert findings(small)["warned"] == [
        "All deals of 20,000 to below 50,000 EUR are left to the default."
    ]


def test_the_default_is_not_retired(template: QuestionTemplate, admin: User) -> None:
    with pytest.raises(TemplateNotRetired):
        templates.retire_template(template, by=admin)
    assert default_version().number == 1


def test_rewording_is_asked_of_published_questions_only(draft: TemplateVersion) -> None:
    lesson = TemplateDefinition.of(draft).section_of("do_differently").questions[0]
    reworded = Question(lesson.key, lesson.kind, "What will we do differently?", required=True)
    with pytest.raises(FieldsRefused) as refusal:
        templates.edit_draft(draft, ChangeQuestion(reworded), revision=0)
    assert list(refusal.value.errors) == ["meaning"]
    same = edited(draft, ChangeQuestion(reworded, Meaning.SAME))
    assert "do_differently" in keys(same)
