"""What `notices` is told of requests, and that it ends."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from deals.models import Closing
from debriefs.models import DebriefRequest, Draft, LossReason
from debriefs.services.drafts import begin_debrief
from debriefs.services.reasons import Description, describe_reason, retire_reason
from debriefs.services.reminders import ESCALATED, REQUESTED, REVIEW, keep_escalations
from debriefs.services.requests import dismiss_request, open_requests
from debriefs.services.submission import submit_debrief
from debriefs.subscribers import end_reminders, follow_reviews
from debriefs.tasks import keep_escalations as escalate
from debriefs.tasks import keep_reviews, repair_reminders
from notices.models import Notice
from outbox.models import Event
from people.models import Team, User
from people.queries import managers_above
from tests.debriefs.submissions import FIRST, quick
from tests.factories import ManagerFactory, MembershipFactory, UserFactory, closed_deal

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATE = MONDAY + timedelta(days=9, hours=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def asked(owner: User, name: str = "Harbour roll-out") -> Closing:
    closing = closed_deal(owner=owner, name=name, closing={"closed_on": date(2026, 11, 23)})
    open_requests([closing.pk])
    return closing


def open_notices(kind: str = REQUESTED) -> list[tuple[str, str]]:
    notices = Notice.objects.filter(kind=kind, ended_at=None).order_by("person__username", "pk")
    return list(notices.values_list("person__username", "text"))


def test_a_request_reminds_with_a_link_to_the_form_until_reminders_end(rep: User) -> None:
    closing = asked(rep)
    notice = Notice.objects.get()
    account = closing.deal.account
    assert account is not None
    request = DebriefRequest.objects.get()
    assert notice.text == f"Debrief “Harbour roll-out” ({account.name})"
    assert notice.path == reverse("debriefs:form", args=[closing.pk])
    assert (notice.due_at, notice.shown_from, notice.shown_until) == (
        request.due_at,
        MONDAY,
        request.reminded_until,
    )


def test_it_ends_with_a_dismissal(rep: User) -> None:
    asked(rep)
    assert len(open_notices()) == 1
    dismiss_request(DebriefRequest.objects.get(), because="A test order.", by=rep)
    assert open_notices() == []


def test_it_ends_when_the_debrief_is_submitted(defaults: None, rep: User) -> None:
    closing = asked(rep)
    debrief = begin_debrief(closing, author=rep)
    Draft.objects.update(saved_at=MONDAY)  # the database's clock stands elsewhere
    submit_debrief(debrief, quick(), submission_id=FIRST, by=rep)
    for event in Event.objects.filter(kind="debrief.submitted"):
        end_reminders([event])
        end_reminders([event])
    assert open_notices() == []


def test_it_follows_a_deal_that_is_renamed_or_opened_again(rep: User) -> None:
    closing = asked(rep)
    closing.deal.name = "Harbour II"
    closing.deal.save(update_fields=["name"])
    changed = Event(kind="deal.changed", payload={"deal_ids": [closing.deal_id]})
    end_reminders([changed])
    assert "Harbour II" in open_notices()[0][1]
    Closing.objects.update(reopened_at=MONDAY)
    end_reminders([changed])
    assert open_notices() == []


def test_what_an_error_left_is_repaired(rep: User) -> None:
    asked(rep)
    Notice.objects.all().delete()
    repair_reminders()
    repair_reminders()
    assert len(open_notices()) == 1
    DebriefRequest.objects.update(done_at=MONDAY)
    repair_reminders()
    assert open_notices() == []


@pytest.mark.parametrize("closings", [1, 40])
def test_an_import_of_many_costs_as_much_as_one(
    rep: User, closings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [
        closed_deal(owner=rep, closing={"closed_on": date(2026, 11, 23)}).pk
        for _ in range(closings)
    ]
    with django_assert_num_queries(9):
        open_requests(ids)
    assert len(open_notices()) == closings


def test_a_manager_gets_one_line_for_all_that_is_late(
    rep: User, teammate: User, manager: User, outsider: User, other_manager: User
) -> None:
    for owner, name in ((rep, "One"), (rep, "Two"), (teammate, "Three"), (outsider, "Four")):
        asked(owner, name)
    keep_escalations(at=LATE - timedelta(hours=2))
    assert open_notices(ESCALATED) == []
    keep_escalations(at=LATE)
    keep_escalations(at=LATE)
    words = "waited long in your teams: remind, hand over, or let go"
    assert open_notices(ESCALATED) == [
        ("manager", f"3 debriefs have {words}"),
        ("other_manager", f"1 debrief has {words}"),
    ]
    assert set(Notice.objects.filter(kind=ESCALATED).values_list("path", flat=True)) == {
        f"{reverse('debriefs:mine')}#teams-title"
    }


def test_the_line_ends_when_nothing_is_late_or_reminders_have_ended(
    rep: User, manager: User, monday: time_machine.Traveller
) -> None:
    asked(rep)
    monday.move_to(LATE)
    escalate()
    assert len(open_notices(ESCALATED)) == 1
    end = DebriefRequest.objects.get().reminded_until
    assert end is not None
    monday.move_to(end)
    escalate()
    assert open_notices(ESCALATED) == []


def test_a_managers_own_request_goes_to_the_manager_above(
    company: Team, manager: User, team: Team
) -> None:
    head = ManagerFactory.create(username="head")
    Team.objects.filter(pk=company.pk).update(manager=head)
    asked(manager)
    keep_escalations(at=LATE)
    assert [who for who, _ in open_notices(ESCALATED)] == ["head"]


def test_who_has_nobody_above_is_left_out(
    manager: User, team: Team, rep: User, admin: User
) -> None:
    gone = MembershipFactory.create(
        team__manager=UserFactory.create(is_active=False, role="manager")
    ).user
    people = [rep.pk, manager.pk, admin.pk, gone.pk]
    assert managers_above(people) == {rep.pk: manager.pk}


@pytest.mark.parametrize("people", [1, 12])
def test_escalating_costs_the_same_for_however_many(
    team: Team, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for person in UserFactory.create_batch(people):
        MembershipFactory.create(user=person, team=team)
        asked(person)
    with django_assert_num_queries(8):
        keep_escalations(at=LATE)
    assert [text.split(" ")[0] for _, text in open_notices(ESCALATED)] == [str(people)]


def reviewed(key: str, owner: User | None, day: date) -> LossReason:
    LossReason.objects.filter(key=key).update(owner=owner, review_on=day)
    return LossReason.objects.get(key=key)


def test_a_review_of_a_reason_is_in_its_owners_digest_from_its_day_on(
    defaults: None, admin: User, rep: User, monday: time_machine.Traveller
) -> None:
    price = reviewed("price", admin, date(2026, 11, 24))
    terms = reviewed("terms", rep, date(2026, 11, 23))
    reviewed("other", None, date(2026, 11, 20))
    keep_reviews()
    assert [person for person, _ in open_notices(REVIEW)] == ["rep"]
    assert Notice.objects.get().path == reverse("playbook:reason", args=[terms.pk])
    monday.move_to(MONDAY + timedelta(days=1))
    keep_reviews()
    notice = Notice.objects.get(person=admin)
    assert notice.path == reverse("debriefs:reason_describe", args=[price.pk])
    assert notice.text.startswith("Review the loss reason “Price”")
    assert notice.shown_until - notice.shown_from == timedelta(days=14)


def test_a_review_ends_when_it_is_put_off_or_the_reason_leaves_the_list(
    defaults: None, admin: User
) -> None:
    price, terms = (reviewed(key, admin, date(2026, 11, 23)) for key in ("price", "terms"))
    keep_reviews()
    assert len(open_notices(REVIEW)) == 2
    later = Description(price.definition, price.example, admin, date(2027, 5, 1))
    describe_reason(price, later, by=admin)
    retire_reason(terms, by=admin)
    follow_reviews([Event(payload={})])
    assert open_notices(REVIEW) == []


@pytest.mark.parametrize("reasons", [1, 5])
def test_keeping_reviews_costs_the_same_for_however_many(
    defaults: None, admin: User, reasons: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = list(LossReason.objects.ordinary().values_list("key", flat=True)[:reasons])
    for key in keys:
        reviewed(key, admin, date(2026, 11, 23))
    with django_assert_num_queries(6):  # with a savepoint and its release
        keep_reviews()
    assert len(open_notices(REVIEW)) == len(keys)
