"""Beginning, saving and discarding drafts, and what two writers hear of each other."""

import pytest
from django.utils import timezone

from deals.models import Closing
from debriefs.errors import AlreadySubmitted, FieldsRefused, NotClosed, NotTheirs
from debriefs.models import Debrief, Draft
from debriefs.services.drafts import (
    Conflict,
    DraftReply,
    begin_debrief,
    discard_draft,
    save_draft,
)
from people.models import User

LESSON = "answers.do_differently.text"
COACH = "answers.for_my_coach.text"


def test_beginning_twice_gives_the_one_debrief(lost: Closing, rep: User) -> None:
    first = begin_debrief(lost, author=rep)
    assert begin_debrief(lost, author=rep) == first
    assert (Debrief.objects.count(), Draft.objects.count()) == (1, 1)


def test_several_people_begin_their_own(lost: Closing, rep: User, manager: User) -> None:
    assert begin_debrief(lost, author=rep) != begin_debrief(lost, author=manager)


def test_a_deal_opened_again_has_nothing_to_debrief(lost: Closing, rep: User) -> None:
    lost.reopened_at = timezone.now()
    lost.save()
    with pytest.raises(NotClosed):
        begin_debrief(lost, author=rep)


def test_a_change_is_kept_with_its_revision_and_writer(debrief: Debrief) -> None:
    reply = save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    assert reply == DraftReply(revision=1, conflicts={}, updates={})
    assert Draft.objects.get().fields == {LESSON: ["Ask earlier.", 1, "a"]}


def test_a_lost_reply_makes_no_conflict_with_oneself(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask"})
    reply = save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    assert reply == DraftReply(revision=2, conflicts={}, updates={})


def test_other_fields_of_another_tab_merge_silently(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    reply = save_draft(debrief, base_revision=0, writer="b", changes={COACH: "Openings."})
    assert reply == DraftReply(revision=2, conflicts={}, updates={LESSON: "Ask earlier."})


def test_the_same_field_shows_both_versions_and_overwrites_nothing(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    reply = save_draft(debrief, base_revision=0, writer="b", changes={LESSON: "Call the CFO."})
    assert reply == DraftReply(
        revision=1,
        conflicts={LESSON: Conflict(mine="Call the CFO.", theirs="Ask earlier.")},
        updates={},
    )
    assert Draft.objects.get().values == {LESSON: "Ask earlier."}


def test_a_conflict_is_settled_by_sending_again_on_the_new_revision(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    reply = save_draft(debrief, base_revision=1, writer="b", changes={LESSON: "Call the CFO."})
    assert reply == DraftReply(revision=2, conflicts={}, updates={})


def test_both_writing_the_same_is_no_conflict(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Ask earlier."})
    reply = save_draft(debrief, base_revision=0, writer="b", changes={LESSON: "Ask earlier."})
    assert reply == DraftReply(revision=1, conflicts={}, updates={LESSON: "Ask earlier."})


def test_a_post_that_arrives_after_a_later_one_is_ignored(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", sequence=2, changes={LESSON: "Ask earlier."})
    save_draft(debrief, base_revision=0, writer="a", sequence=1, changes={LESSON: "Ask"})
    assert Draft.objects.get().values == {LESSON: "Ask earlier."}


def test_a_text_that_is_too_long_names_its_field_and_saves_nothing(debrief: Debrief) -> None:
    with pytest.raises(FieldsRefused) as refused:
        save_draft(
            debrief, base_revision=0, writer="a", changes={COACH: "Kept?", LESSON: "x" * 100_000}
        )
    assert refused.value.errors == {
        LESSON: "“What would we do differently?” has 100,000 characters; "
        "at most 20,000 can be kept."
    }
    assert Draft.objects.get().values == {}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("answers.mood.text", "Fine", "There is no field “answers.mood.text” in this debrief."),
        ("factors.timing.score", "3", "“Timing”: “3” is not one of the choices."),
        ("factors.timing.score", 2, "“Timing” must be text."),
    ],
)
def test_unknown_fields_and_choices_are_refused(
    debrief: Debrief, name: str, value: object, message: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        save_draft(debrief, base_revision=0, writer="a", changes={name: value})
    assert refused.value.errors == {name: message}


def test_line_ends_and_nul_are_tidied(debrief: Debrief) -> None:
    save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "One\r\ntwo\x00"})
    assert Draft.objects.get().values == {LESSON: "One\ntwo"}


def test_saving_after_submission_says_so(debrief: Debrief) -> None:
    Draft.objects.all().delete()
    with pytest.raises(AlreadySubmitted):
        save_draft(debrief, base_revision=0, writer="a", changes={LESSON: "Late."})


def test_discarding_an_unsubmitted_debrief_leaves_nothing(debrief: Debrief, rep: User) -> None:
    discard_draft(debrief, by=rep)
    assert (Debrief.objects.count(), Draft.objects.count()) == (0, 0)


def test_only_the_author_discards(debrief: Debrief, manager: User) -> None:
    with pytest.raises(NotTheirs):
        discard_draft(debrief, by=manager)
    assert Draft.objects.count() == 1
