"""The page of one debrief says everything that its reader may read, and nothing else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from deals.facts import facts_of
from debriefs.models import Answer, CitedReason, Debrief, FactorScore
from people.models import User
from playbook.debrief_page import debrief_page
from tests.factories import (
    ClosingFactory,
    CompetitorFactory,
    LossReasonFactory,
    StageFactory,
    TemplateVersionFactory,
    closed_deal,
    submitted_debrief,
)

pytestmark = pytest.mark.django_db

DEFINITION = {
    "sections": [
        {
            "key": "offer",
            "title": "Our offer",
            "audience": "company",
            "questions": [
                {"key": "value_roi", "kind": "rating", "text": "Was our value clear?"},
                {"key": "objections", "kind": "rating", "text": "Did we turn objections?"},
                {"key": "do_differently", "kind": "long_text", "text": "What would we change?"},
                {"key": "for_my_coach", "kind": "long_text", "text": "What would help you?"},
            ],
        },
        {
            "key": "factors",
            "title": "Factors",
            "audience": "sales",
            "factors": [{"key": "timing", "name": "Timing"}, {"key": "budget", "name": "Budget"}],
        },
    ]
}


@pytest.fixture
def debrief(rep: User) -> Debrief:
    template = TemplateVersionFactory.create(definition=DEFINITION, number=7)
    rival = CompetitorFactory.create(name="Norvik")
    made = submitted_debrief(
        closing=closed_deal(
            owner=rep, name="Rollout", competitors=[rival], closing={"winner": rival}
        ),
        template_version=template,
        reasons=[LossReasonFactory.create(name="Price"), LossReasonFactory.create(name="Terms")],
        answers={
            "value_roi": {"text": "Sheet came late.", "rating": "no", "audience": "company"},
            "objections": {"text": "Answered all.", "rating": "yes", "audience": "sales"},
            "do_differently": {"text": "Call finance first.", "rating": "", "audience": "company"},
            "for_my_coach": {"text": "I was afraid.", "rating": "", "audience": "private"},
        },
        factors={"timing": -2, "budget": 1},
    )
    CitedReason.objects.filter(version=made.current_version, rank=1).update(quote="Too dear.")
    return made


def texts(debrief: Debrief, viewer: User) -> list[tuple[str, str, str]]:
    page = debrief_page(debrief, viewer)
    return [(r.question, r.rating_words, r.text) for s in page.sections for r in s.replies]


def test_the_author_reads_everything(debrief: Debrief, rep: User) -> None:
    page = debrief_page(debrief, rep)
    assert page.lesson == "Call finance first."
    assert [(r.name.text, r.basis, r.quote) for r in page.reasons] == [
        ("Price", "The buyer said it", "Too dear."),
        ("Terms", "The buyer said it", ""),
    ]
    assert texts(debrief, rep) == [
        ("Was our value clear?", "No", "Sheet came late."),
        ("Did we turn objections?", "Yes", "Answered all."),
        ("What would help you?", "", "I was afraid."),
    ]
    assert [reply.only for reply in page.sections[0].replies] == ["", "Sales", "You and your coach"]
    assert page.factors is not None
    assert "Timing: hurt us a lot" in page.factors


def test_a_colleague_reads_all_but_what_is_private(debrief: Debrief, outsider: User) -> None:
    assert texts(debrief, outsider) == [
        ("Was our value clear?", "No", "Sheet came late."),
        ("Did we turn objections?", "Yes", "Answered all."),
    ]


def test_a_partner_reads_what_is_for_the_company(debrief: Debrief, partner: User) -> None:
    page = debrief_page(debrief, partner)
    assert texts(debrief, partner) == [("Was our value clear?", "No", "Sheet came late.")]
    assert (page.reasons, page.factors, page.author, page.versions) == ((), None, "", ())
    assert page.withheld == 1
    assert "Owner" not in {fact.label for fact in page.facts}


def test_facts_are_todays_with_what_they_were(debrief: Debrief, rep: User) -> None:
    version = debrief.current_version
    assert version is not None
    version.facts = facts_of(debrief.closing)
    version.save()
    debrief.closing.stage = StageFactory.create(name="Legal")
    debrief.closing.save()
    page = debrief_page(debrief, rep)
    assert [(f.label, f.now[0].text, f.then) for f in page.changed_facts] == [
        ("Stage", "Legal", "Proposal")
    ]


def test_other_views_and_other_closings_are_linked(
    debrief: Debrief, rep: User, teammate: User
) -> None:
    second = submitted_debrief(
        closing=debrief.closing, author=teammate, template_version=debrief.template_version
    )
    debrief.closing.reopened_at = debrief.submitted_at
    debrief.closing.save()
    again = submitted_debrief(
        closing=ClosingFactory.create(deal=debrief.closing.deal),
        template_version=debrief.template_version,
    )
    page = debrief_page(debrief, rep)
    assert [view.debrief_id for view in page.same_closing] == [second.pk]
    assert [view.debrief_id for view in page.other_closings] == [again.pk]
    assert (page.is_reopened, page.counts) == (True, True)
    assert debrief_page(second, rep).counts is False


def test_what_people_wrote_is_never_markup(
    debrief: Debrief, rep: User, signed_in: Callable[[User], Client]
) -> None:
    hostile = '<script>alert("x")</script>'
    Answer.objects.update(text=hostile)
    CitedReason.objects.update(quote=hostile, text=hostile)
    FactorScore.objects.update(note=hostile)
    body = signed_in(rep).get(reverse("playbook:detail", args=[debrief.pk])).content.decode()
    assert hostile not in body
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in body
