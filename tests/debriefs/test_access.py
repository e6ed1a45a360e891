"""Who reads what of a debrief, by role, audience and coach."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from deals.models import Closing
from debriefs.access import (
    closing_to_debrief,
    own_debrief,
    own_request,
    visible_debrief,
    work_on,
)
from debriefs.errors import FieldsRefused
from debriefs.models import Answer, Audience, CitedReason, Debrief, FactorScore, LossReason
from debriefs.services.drafts import begin_amendment, begin_debrief, save_draft
from debriefs.services.submission import submit_debrief, submit_draft
from debriefs.submissions import FactorGiven
from people.models import User
from tests.debriefs.submissions import FIELDS, FIRST, SECOND, quick
from tests.factories import (
    SUBMITTED_AT,
    DebriefFactory,
    DebriefRequestFactory,
    submitted_debrief,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def shared(lost: Closing, price: LossReason) -> Debrief:
    """The rep's debrief with one answer for each audience."""
    return submitted_debrief(
        closing=lost,
        reasons=[price],
        answers={
            "for_my_coach": {"audience": Audience.PRIVATE, "rating": "", "text": "Openings."},
            "adaptability": {"audience": Audience.SALES},
            "pain_points": {"audience": Audience.COMPANY},
        },
        factors={"timing": -1},
    )


def read_by(person: User, debrief: Debrief) -> tuple[list[str], int, int]:
    """The answers' keys, and how many factors and reasons, of the version that counts."""
    current = {"version": debrief.current_version_id}
    return (
        sorted(Answer.objects.visible_to(person).filter(**current).values_list("key", flat=True)),
        factors_read_by(person, debrief).count(),
        CitedReason.objects.visible_to(person).filter(**current).count(),
    )


def factors_read_by(person: User, debrief: Debrief) -> QuerySet[FactorScore]:
    return FactorScore.objects.visible_to(person).filter(version=debrief.current_version_id)


def test_each_answer_is_read_by_its_audience(
    shared: Debrief,
    rep: User,
    teammate: User,
    manager: User,
    other_manager: User,
    outsider: User,
    admin: User,
    partner: User,
) -> None:
    everything = (["adaptability", "for_my_coach", "pain_points"], 1, 1)
    sales = (["adaptability", "pain_points"], 1, 1)
    assert {p.username: read_by(p, shared) for p in (rep, manager)} == {
        "rep": everything,
        "manager": everything,
    }
    for person in (teammate, other_manager, outsider, admin):
        assert read_by(person, shared) == sales
    assert read_by(partner, shared) == (["pain_points"], 0, 0)


def test_a_coach_set_on_the_person_takes_the_place_of_the_manager(
    shared: Debrief, rep: User, manager: User, outsider: User
) -> None:
    rep.coach = outsider
    rep.save()
    assert "for_my_coach" in read_by(outsider, shared)[0]
    assert "for_my_coach" not in read_by(manager, shared)[0]


def test_a_partner_sees_a_debrief_only_with_something_for_the_company(
    shared: Debrief, partner: User
) -> None:
    assert visible_debrief(partner, shared.pk) == shared
    Answer.objects.filter(audience=Audience.COMPANY).delete()
    with pytest.raises(Http404):
        visible_debrief(partner, shared.pk)


def test_a_draft_is_seen_by_its_author_alone(
    lost: Closing, rep: User, teammate: User, manager: User, admin: User
) -> None:
    draft = DebriefFactory.create(closing=lost)
    assert visible_debrief(rep, draft.pk) == draft
    for person in (teammate, manager, admin):
        with pytest.raises(Http404):
            visible_debrief(person, draft.pk)


def test_a_submitted_debrief_is_changed_by_its_author_alone(
    shared: Debrief, rep: User, manager: User, partner: User
) -> None:
    assert own_debrief(rep, shared.pk) == shared
    with pytest.raises(PermissionDenied):
        own_debrief(manager, shared.pk)
    with pytest.raises(Http404):
        own_debrief(rep, shared.pk + 1)


def test_anybody_in_sales_may_write_on_a_closed_deal_and_partners_may_not(
    lost: Closing, rep: User, outsider: User, partner: User
) -> None:
    for person in (rep, outsider):
        assert work_on(person, lost.pk).deal_name == "Harbour roll-out"
        assert closing_to_debrief(person, lost.pk) == lost
    for gate in (work_on, closing_to_debrief):
        with pytest.raises(Http404):
            gate(partner, lost.pk)
        with pytest.raises(Http404):
            gate(rep, lost.pk + 1)


def test_a_deal_opened_again_is_for_those_who_have_begun(
    lost: Closing, rep: User, teammate: User
) -> None:
    begin_debrief(lost, author=rep)
    lost.reopened_at = timezone.now()
    lost.save()
    assert work_on(rep, lost.pk).is_writable
    with pytest.raises(Http404):
        work_on(teammate, lost.pk)


def test_facts_are_corrected_by_the_owner_managers_above_and_admins(
    lost: Closing, rep: User, manager: User, admin: User, teammate: User, other_manager: User
) -> None:
    people = (rep, manager, admin, teammate, other_manager)
    assert {p.username for p in people if work_on(p, lost.pk).may_correct} == {
        "rep",
        "manager",
        "admin",
    }


def test_a_request_is_decided_by_the_person_asked_and_managers_above(
    lost: Closing, rep: User, manager: User, teammate: User, admin: User
) -> None:
    request = DebriefRequestFactory.create(closing=lost)
    for person in (rep, manager):
        assert own_request(person, request.pk) == request
    for person in (teammate, admin):
        with pytest.raises(Http404):
            own_request(person, request.pk)


def test_the_first_submitted_counts_until_the_owner_has_submitted(
    lost: Closing, rep: User, teammate: User, manager: User
) -> None:
    counting = Debrief.objects.counting().filter(closing=lost)
    submitted_debrief(closing=lost, author=manager, submitted_at=SUBMITTED_AT + HOUR)
    first = submitted_debrief(closing=lost, author=teammate, submitted_at=SUBMITTED_AT)
    assert counting.get() == first
    owners = submitted_debrief(closing=lost, author=rep, submitted_at=SUBMITTED_AT + 2 * HOUR)
    assert counting.get() == owners


def test_the_author_opens_the_factors_wider_and_only_an_amendment_closes_them_again(
    lost: Closing, rep: User, partner: User
) -> None:
    debrief = begin_debrief(lost, author=rep)
    wide = {"factors.timing.score": "-1", "grids.factors.audience": "company"}
    save_draft(debrief, base_revision=0, writer="a", changes={**FIELDS, **wide})
    submit_draft(lost.pk, submission_id=FIRST, by=rep)
    debrief.refresh_from_db()
    assert [each.key for each in factors_read_by(partner, debrief)] == ["timing"]
    draft = begin_amendment(debrief, by=rep)
    assert draft.values["grids.factors.audience"] == "company"
    save_draft(debrief, base_revision=0, writer="a", changes={"grids.factors.audience": "sales"})
    assert factors_read_by(partner, debrief).count() == 1
    submit_draft(lost.pk, submission_id=SECOND, by=rep)
    debrief.refresh_from_db()
    assert factors_read_by(partner, debrief).count() == 0


def test_factors_can_not_be_kept_from_those_their_section_is_for(lost: Closing, rep: User) -> None:
    debrief = begin_debrief(lost, author=rep)
    given = quick(factors=(FactorGiven("timing", -1, audience="private"),))
    with pytest.raises(FieldsRefused) as refused:
        submit_debrief(debrief, given, submission_id=FIRST, by=rep)
    assert refused.value.errors == {
        "grids.factors.audience": "This section is for sales: it can only be opened wider."
    }
