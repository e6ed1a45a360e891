"""Any two versions of a debrief are held against each other, each read by its own audiences."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deals.facts import facts_of
from debriefs.models import Audience, Debrief
from people.models import User
from playbook.versions import Change, Piece, VersionsPage, pieces, versions_page
from tests.factories import (
    AnswerFactory,
    CitedReasonFactory,
    DebriefVersionFactory,
    LossReasonFactory,
    StageFactory,
    TemplateVersionFactory,
    closed_deal,
    submitted_debrief,
)
from tests.playbook.test_detail import DEFINITION

pytestmark = pytest.mark.django_db


@pytest.fixture
def debrief(rep: User) -> Debrief:
    """Three versions: the rep rates anew, then widens what was for the coach and drops a factor."""
    price, terms = LossReasonFactory.create(name="Price"), LossReasonFactory.create(name="Terms")
    made = submitted_debrief(
        closing=closed_deal(owner=rep, name="Rollout"),
        template_version=TemplateVersionFactory.create(definition=DEFINITION, number=7),
        reasons=[price],
        answers={
            "value_roi": {"text": "The sheet came late.", "rating": "no", "audience": "company"},
            "for_my_coach": {"text": "I was afraid.", "rating": "", "audience": "private"},
        },
        factors={"timing": -2},
    )
    first = made.current_version
    assert first is not None
    first.facts = facts_of(made.closing)
    first.save()
    for reason, coach in ((price, "I was afraid."), (terms, "I was unsure.")):
        made.current_version = DebriefVersionFactory.create(debrief=made, facts=first.facts)
        CitedReasonFactory.create(version=made.current_version, reason=reason)
        said = {"rating": "partly", "text": "The sheet came too late.", "audience": "company"}
        AnswerFactory.create(version=made.current_version, key="value_roi", **said)
        AnswerFactory.create(
            version=made.current_version,
            key="for_my_coach",
            rating="",
            text=coach,
            audience=Audience.PRIVATE if reason == price else Audience.COMPANY,
        )
    made.save()
    return made


def compared(debrief: Debrief, viewer: User, earlier: int, later: int) -> VersionsPage:
    page = versions_page(debrief, viewer, earlier=earlier, later=later)
    assert page is not None
    return page


def lines(page: VersionsPage) -> list[tuple[str, Change, tuple[str, str], tuple[str, str]]]:
    return [
        (
            each.topic.label,
            each.change,
            (each.then.words, each.then.text),
            (each.now.words, each.now.text),
        )
        for each in page.compared
    ]


def test_each_question_is_the_same_changed_added_or_removed(debrief: Debrief, rep: User) -> None:
    page = compared(debrief, rep, 1, 3)
    assert lines(page) == [
        ("Primary reason", Change.CHANGED, ("Price (the buyer said it)", ""), ("Terms (the buyer said it)", "")),
        ("Was our value clear?", Change.CHANGED, ("No", "The sheet came late."), ("Partly", "The sheet came too late.")),
        ("What would help you?", Change.CHANGED, ("", "I was afraid."), ("", "I was unsure.")),
        ("Timing", Change.REMOVED, ("Hurt us a lot", ""), ("", "")),
    ]  # fmt: skip
    assert page.changed == 4
    backwards = compared(debrief, rep, 3, 1)
    assert [each.change for each in backwards.compared][-1] == Change.ADDED
    assert {each.change for each in compared(debrief, rep, 2, 2).compared} == {Change.SAME}


def test_what_was_private_in_its_version_stays_so(
    debrief: Debrief, outsider: User, manager: User
) -> None:
    def coached(viewer: User, earlier: int, later: int) -> tuple[str, str]:
        page = compared(debrief, viewer, earlier, later)
        found = [each for each in page.compared if each.topic.key == "for_my_coach"]
        return (found[0].then.text, found[0].now.text) if found else ("", "")

    assert coached(manager, 2, 3) == ("I was afraid.", "I was unsure.")
    assert coached(outsider, 2, 3) == ("", "I was unsure.")
    assert coached(outsider, 1, 2) == ("", "")


def test_facts_stand_as_either_version_had_them_and_as_they_are(
    debrief: Debrief, rep: User
) -> None:
    debrief.closing.stage = StageFactory.create(name="Legal")
    debrief.closing.save()
    changed = [fact for fact in compared(debrief, rep, 1, 3).facts if fact.has_changed]
    assert [(fact.label, fact.then, fact.now, fact.today) for fact in changed] == [
        ("Stage", "Proposal", "Proposal", "Legal")
    ]


@pytest.mark.parametrize(
    ("then", "now", "marked"),
    [
        ("too late", "far too late", ["far "]),
        ("", "all new", ["all new"]),
        ("gone", "", []),
        ("same", "same", []),
    ],
)
def test_words_that_the_other_lacks_are_marked(then: str, now: str, marked: list[str]) -> None:
    found = pieces(now, then)
    assert "".join(piece.text for piece in found) == now
    assert [piece.text for piece in found if piece.is_marked] == marked


def test_a_very_long_text_is_replaced_as_a_whole() -> None:
    long = "word " * 2_001
    assert pieces(long, "word") == (Piece(long, is_marked=True),)


@pytest.mark.parametrize(
    ("address", "status", "numbers"),
    [
        ("", 200, (2, 3)),
        ("?from=1", 200, (1, 3)),
        ("?from=1&to=2", 200, (1, 2)),
        ("?from=9", 404, None),
        ("?to=0", 404, None),
        ("?from=x", 404, None),
    ],
)
def test_the_address_says_which(
    debrief: Debrief,
    rep: User,
    signed_in: Callable[[User], Client],
    address: str,
    status: int,
    numbers: tuple[int, int] | None,
) -> None:
    response = signed_in(rep).get(reverse("playbook:versions", args=[debrief.pk]) + address)
    assert response.status_code == status
    if numbers:
        page = response.context["page"]
        assert (page.earlier.number, page.later.number) == numbers


def test_it_costs_the_same_however_many_versions(
    debrief: Debrief,
    rep: User,
    signed_in: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(rep)
    alone = submitted_debrief(closing=closed_deal(owner=rep))
    for each in (alone, debrief):
        with django_assert_num_queries(9):
            client.get(reverse("playbook:versions", args=[each.pk]))
