"""Answers of every kind as readers see them: in words, within their audience, found by search."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from debriefs.models import Debrief
from debriefs.services.defaults import install_defaults
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.submission import submit_draft
from people.models import User
from playbook.debrief_page import debrief_page
from playbook.models import PlaybookEntry
from playbook.search import matching, snippets
from playbook.services import refresh_entries
from playbook.versions import Change, versions_page
from tests.debriefs.every_kind import FIELDS, publish
from tests.debriefs.submissions import FIRST, SECOND
from tests.factories import closed_deal


@pytest.fixture
def debrief(db: None, rep: User) -> Debrief:
    install_defaults()
    publish()
    made = begin_debrief(closed_deal(owner=rep), author=rep)
    save_draft(made, base_revision=0, writer="a", changes=FIELDS)
    submit_draft(made.closing_id, submission_id=FIRST, by=rep)
    refresh_entries([made.closing.deal_id])
    made.refresh_from_db()
    return made


def values(debrief: Debrief, viewer: User) -> dict[str, str]:
    page = debrief_page(debrief, viewer)
    return {reply.key: reply.value for part in page.sections for reply in part.replies}


OPEN = {
    "met_buyer": "",
    "fit": "4 of 5 (1: Not at all, 5: Fully)",
    "procedure": "A tender",
    "people": "IT, The board",
}
SALES = {"bidders": "1,200.5 bidders", "due": "28 February 2026", "portal": ""}


def test_each_reader_sees_labels_units_and_days_of_what_is_meant_for_them(
    debrief: Debrief, rep: User, teammate: User, partner: User
) -> None:
    assert values(debrief, rep) == {**OPEN, **SALES, "mood": "2 of 5"}
    assert values(debrief, teammate) == {**OPEN, **SALES}
    assert values(debrief, partner) == OPEN


def test_the_page_of_a_debrief_shows_no_keys(
    debrief: Debrief, rep: User, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(rep).get(reverse("playbook:detail", args=[debrief.pk])).content.decode()
    assert '<span class="reply-value">IT, The board</span>' in page
    assert ">tender<" not in page


def test_the_difference_between_versions_is_told_in_words(debrief: Debrief, rep: User) -> None:
    begin_amendment(debrief, by=rep)
    changes = {"answers.people.value": "finance", "answers.procedure.value": "direct"}
    save_draft(debrief, base_revision=9, writer="b", changes=changes)
    submit_draft(debrief.closing_id, submission_id=SECOND, by=rep)
    page = versions_page(debrief, rep, earlier=1, later=2)
    assert page is not None
    changed = [each for each in page.compared if each.change is not Change.SAME]
    assert [(e.topic.label, e.then.words or e.then.text, e.now.words) for e in changed] == [
        ("How did they buy?", "A tender", "Direct talks"),
        ("Who decided?", "IT, The board", "Finance"),
        ("How many bid?", "1,200.5 bidders", ""),
        ("When was it due?", "28 February 2026", ""),
        ("Through which portal?", "e-Vergabe", ""),
    ]


@pytest.mark.parametrize("words", ["board", "tender", "vergabe"])
def test_search_finds_the_labels_of_what_was_chosen(
    debrief: Debrief, teammate: User, words: str
) -> None:
    found = matching(PlaybookEntry.objects.all(), words, viewer=teammate)
    assert [entry.debrief_id for entry in found] == [debrief.pk]
    assert "<mark>" in snippets([debrief.pk], words, viewer=teammate)[debrief.pk]


def test_search_reads_no_choice_that_is_meant_for_others(debrief: Debrief, partner: User) -> None:
    found = matching(PlaybookEntry.objects.all(), "vergabe", viewer=partner)
    assert list(found) == []
    assert snippets([debrief.pk], "vergabe", viewer=partner) == {}
