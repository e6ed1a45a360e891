"""The debriefs of one closing stand side by side; where they disagree is said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from deals.models import Closing
from debriefs.models import Debrief
from debriefs.services.drafts import begin_debrief
from people.models import User
from playbook.said import Measured, Said, Topic
from playbook.side_by_side import SideBySide, Verdict, side_by_side, verdict_on
from tests.factories import (
    DebriefRequestFactory,
    DebriefVersionFactory,
    LossReasonFactory,
    TemplateVersionFactory,
    UserFactory,
    closed_deal,
    submitted_debrief,
)
from tests.playbook.test_detail import DEFINITION

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
Write = Callable[..., Debrief]


@pytest.fixture
def closing(rep: User) -> Closing:
    return closed_deal(owner=rep, name="Rollout")


@pytest.fixture
def write(closing: Closing) -> Write:
    template = TemplateVersionFactory.create(definition=DEFINITION, number=7)

    def make(author: User, *, reasons: list[str], **said: Any) -> Debrief:
        cited = [LossReasonFactory.create(key=key, name=key.title()) for key in reasons]
        return submitted_debrief(
            closing=closing, author=author, template_version=template, reasons=cited, **said
        )

    return make


@pytest.fixture
def both(write: Write, rep: User, teammate: User) -> tuple[Debrief, Debrief]:
    """The owner and a colleague: same value, other reason, timing on other sides."""
    owners = write(
        rep,
        reasons=["price", "terms"],
        answers={
            "value_roi": {"rating": "no", "text": "Late.", "audience": "company"},
            "objections": {"rating": "yes", "audience": "sales"},
            "for_my_coach": {"rating": "", "text": "Afraid.", "audience": "private"},
        },
        factors={"timing": -2, "budget": -1},
    )
    seconds = write(
        teammate,
        reasons=["access"],
        answers={
            "value_roi": {"rating": "no", "text": "Clear.", "audience": "company"},
            "objections": {"rating": "partly", "audience": "sales"},
        },
        factors={"timing": 1, "budget": -2},
    )
    return owners, seconds


def page_of(closing: Closing, viewer: User, **asked: bool) -> SideBySide:
    page = side_by_side(closing.pk, viewer, **asked)
    assert page is not None
    return page


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(("floor", "told"), [(5, True), (6, False)])
def test_a_share_of_agreement_is_told_from_as_many_topics_on_as_any_share(
    closing: Closing, outsider: User, settings: Any, floor: int, told: bool, signed_in: SignIn
) -> None:
    settings.ENV = settings.ENV.model_copy(update={"fewest_deals": floor})
    page = signed_in(outsider).get(reverse("playbook:side_by_side", args=[closing.pk]))
    assert ("judged alike (20%)" in page.content.decode()) is told


def verdicts(page: SideBySide) -> dict[str, Verdict]:
    return {line.topic.label: line.verdict for part in page.parts for line in part.lines}


def test_the_readers_own_comes_first_then_the_owners(
    closing: Closing, both: tuple[Debrief, Debrief], rep: User, teammate: User, outsider: User
) -> None:
    for viewer, names in (
        (rep, ["Rita Rep", "Theo Teammate"]),
        (teammate, ["Theo Teammate", "Rita Rep"]),
        (outsider, ["Rita Rep", "Theo Teammate"]),
    ):
        assert [voice.author for voice in page_of(closing, viewer).voices] == names


@pytest.mark.usefixtures("both")
def test_disagreements_are_marked_and_counted(closing: Closing, outsider: User) -> None:
    page = page_of(closing, outsider)
    assert verdicts(page) == {
        "Primary reason": Verdict.DISAGREE,
        "Second reason": Verdict.NONE,
        "Was our value clear?": Verdict.AGREE,
        "Did we turn objections?": Verdict.DEGREE,
        "Timing": Verdict.DISAGREE,
        "Budget": Verdict.DEGREE,
    }
    assert (page.judged, page.agreed, page.by_degree, page.disagreed) == (5, 1, 2, 2)
    differing = page_of(closing, outsider, only_differing=True)
    assert list(verdicts(differing)) == [
        "Primary reason",
        "Did we turn objections?",
        "Timing",
        "Budget",
    ]
    assert (differing.judged, differing.agreed) == (5, 1)


@pytest.mark.usefixtures("both")
def test_each_reads_as_far_as_the_audience_goes(
    closing: Closing, manager: User, outsider: User, partner: User
) -> None:
    assert "What would help you?" in verdicts(page_of(closing, manager))
    assert "What would help you?" not in verdicts(page_of(closing, outsider))
    for_partner = page_of(closing, partner)
    assert [voice.author for voice in for_partner.voices] == ["Debrief 1", "Debrief 2"]
    assert verdicts(for_partner) == {"Was our value clear?": Verdict.AGREE}


def topic(measured: Measured) -> Topic:
    return Topic("key", "Label", "Part", measured)


def at(*places: float) -> list[Said]:
    return [Said(judgement=str(place), words="x", place=place) for place in places]


@pytest.mark.parametrize(
    ("measured", "said", "verdict"),
    [
        (Measured.NEAR, at(2, 2, 2), Verdict.AGREE),
        (Measured.NEAR, at(2, 1), Verdict.DEGREE),
        (Measured.NEAR, at(2, 1, 0), Verdict.DISAGREE),
        (Measured.NEAR, [*at(2), Said("does_not_apply", "x")], Verdict.DISAGREE),
        (Measured.NEAR, [*at(2), Said("", "Don't know")], Verdict.NONE),
        (Measured.SIGN, at(-2, -1, 0), Verdict.DEGREE),
        (Measured.SIGN, at(-1, 1), Verdict.DISAGREE),
        (Measured.SAME, [Said("a", "A"), Said("b", "B")], Verdict.DISAGREE),
        (Measured.NOT, [Said(text="a"), Said(text="b")], Verdict.NONE),
    ],
)
def test_how_far_judgements_agree(measured: Measured, said: list[Said], verdict: Verdict) -> None:
    assert verdict_on(topic(measured), said) is verdict


def test_what_limits_independence_is_said(
    closing: Closing, both: tuple[Debrief, Debrief], rep: User, teammate: User
) -> None:
    owners, seconds = both
    first = owners.submitted_at
    assert first is not None
    Debrief.objects.filter(pk=owners.pk).update(begun_at=first - timedelta(hours=1))
    Debrief.objects.filter(pk=seconds.pk).update(
        begun_at=first + timedelta(hours=1), submitted_at=first + timedelta(hours=2)
    )

    def notes() -> list[tuple[str, ...]]:
        return [voice.notes for voice in page_of(closing, rep).voices]

    assert notes() == [(), ("Begun when another's could already be read",)]
    DebriefRequestFactory.create(
        closing=closing, person=teammate, requested_at=first - timedelta(hours=2)
    )
    assert notes() == [(), ()]
    amended = DebriefVersionFactory.create(debrief=owners, submitted_at=timezone.now())
    Debrief.objects.filter(pk=owners.pk).update(current_version=amended)
    assert notes() == [("Amended since: version 2",), ()]


@pytest.mark.usefixtures("both")
def test_whoever_owes_their_own_is_shown_the_way_and_nothing_else(
    closing: Closing, outsider: User, signed_in: SignIn
) -> None:
    address = reverse("playbook:side_by_side", args=[closing.pk])
    assert signed_in(outsider).get(address).status_code == 200
    begin_debrief(closing, author=outsider)
    refused = signed_in(outsider).get(address)
    assert (refused.status_code, "Late." in refused.content.decode()) == (403, False)


@pytest.mark.usefixtures("both")
def test_the_debriefs_page_and_the_deals_lead_there(
    closing: Closing, both: tuple[Debrief, Debrief], outsider: User, signed_in: SignIn
) -> None:
    address = reverse("playbook:side_by_side", args=[closing.pk])
    client = signed_in(outsider)
    for page in (
        reverse("playbook:detail", args=[both[0].pk]),
        reverse("playbook:of_deal", args=[closing.deal_id]),
    ):
        assert f'href="{address}"' in client.get(page).content.decode()


@pytest.mark.parametrize("views", [1, 3])
def test_it_costs_the_same_however_many_there_are(
    closing: Closing,
    write: Write,
    outsider: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    views: int,
) -> None:
    for _ in range(views):
        write(UserFactory.create(), reasons=["price"], factors={"timing": 1})
    client = signed_in(outsider)
    with django_assert_num_queries(6):  # the person, debriefs, requests, answers, factors, reasons
        page = client.get(reverse("playbook:side_by_side", args=[closing.pk])).context["page"]
    assert len(page.voices) == views
